"""Subscription bombing: thousands of forms in other people's names, so that their mailboxes fill up.

The attacker is the strongest there is: a network of its own for each form, every proof of work done, every
field as a browser sends it, and as many lists as there are. What holds is counted by address.
"""

import datetime as dt
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from mailer import outbox
from mailer.sandbox import ledger
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.transports.sendgrid import SendGrid
from mailer.web.tickets import Demand
from subscribers import answering, brakes
from subscribers.models import List, Request, Subscriber
from tests.stage import a_list
from tests.web.form import Answer, a_ticket, hidden, is_asked, proof_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

# What differs between databases shows in fewer, too.
SIGN_UPS = {"sqlite": 10_000, "postgresql": 2_000}
VICTIMS = [f"victim{number:02}@example.org" for number in range(50)]
LISTS = ["space-digest", "field-notes", "orbit-weekly"]
# The proofs are real, but quick to find: the attacker's machines are not what is tested.
USUAL, RAISED = Demand(difficulty=1, wait=10), Demand(difficulty=2, wait=60)
# So many come without a ticket of the flood; the others have one each from a form before.
IN_FULL = 500
TYPE = "application/x-www-form-urlencoded"
# Workers answer what has come in so many sign-ups.
BEAT = 1_000


@pytest.fixture(autouse=True)
def _quick_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tickets", "subscribing"):
        monkeypatch.setattr(f"mailer.web.{module}.USUAL", USUAL)
        monkeypatch.setattr(f"mailer.web.{module}.RAISED", RAISED)


class Bots:
    """An attacker with a network for each form."""

    def __init__(self, lists: list[List]) -> None:
        self.client = Client()
        self.lists = lists
        self.raised = 0

    def sign_up(self, number: int) -> bool:
        """Fill in a form, and again where it then asks for more; return whether it was taken."""
        newsletter = self.lists[number % len(self.lists)]
        answer = self._post(newsletter, number, USUAL, a_ticket(newsletter, difficulty=USUAL.difficulty))
        if not is_asked(answer):
            self.raised += 1
            answer = self._post(newsletter, number, RAISED, hidden(answer)["ticket"])
        return is_asked(answer)

    def sign_up_with_more(self, number: int) -> bool:
        """Fill in a form with the dearer ticket that an earlier one has brought in the flood."""
        newsletter = self.lists[number % len(self.lists)]
        ticket = a_ticket(newsletter, difficulty=RAISED.difficulty, wait=RAISED.wait)
        return is_asked(self._post(newsletter, number, RAISED, ticket))

    def _post(self, newsletter: List, number: int, demand: Demand, ticket: str) -> Answer:
        form = {
            "email": VICTIMS[number % len(VICTIMS)],
            "site": "",
            "lang": "en",
            "ticket": ticket,
            "proof": proof_of(ticket, demand.difficulty),
        }
        network = f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.7"
        path = f"/subscribe/{newsletter.slug}"
        answer: Answer = self.client.post(path, urlencode(form), content_type=TYPE, REMOTE_ADDR=network)
        return answer


def answer_all(now: dt.datetime) -> None:
    for number in answering.waiting(most=10_000):
        answering.answer(number, at=now)


def deliver_all(transport: SendGrid, now: dt.datetime) -> None:
    for number in outbox.due(now=now, most=10_000):
        outbox.deliver(number, transport, now=now)


@pytest.mark.timeout(400)  # ten thousand forms take 30 s on a machine that has nothing else to do
def test_thousands_of_forms_in_fifty_names_are_fifty_letters(tmp_path: Path, settings: Settings) -> None:
    assert settings.CONFIGURATION.sandboxed
    forms = SIGN_UPS[connection.vendor]
    bots = Bots([a_list(slug) for slug in LISTS])
    with Sandbox(
        tmp_path / "sandbox", host="127.0.0.1", port=0, webhook_url=None, manner=Manner()
    ) as sandbox:
        transport = SendGrid("SG.any", sandbox.url, 20)
        taken = 0
        for number in range(forms):
            taken += bots.sign_up(number) if number < IN_FULL else bots.sign_up_with_more(number)
            if number % BEAT == BEAT - 1:
                answer_all(dt.datetime.now(dt.UTC))
                deliver_all(transport, dt.datetime.now(dt.UTC))
        letters = Counter(copy.address for copy in ledger.copies(tmp_path / "sandbox"))
    assert taken == forms
    assert bots.raised == IN_FULL - brakes.QUIET_HOUR
    assert letters == Counter(VICTIMS)
    assert Request.objects.count() == len(VICTIMS) * len(LISTS)
    assert not Subscriber.objects.exists()
