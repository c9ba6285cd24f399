"""Letters to one person on their way out: asked for on a page, answered, confirmed, fired or kept back."""

import datetime as dt
import json
from typing import Any

from mailer import outbox
from mailer.models import Batch, Send
from mailer.transports.sendgrid import SendGrid
from subscribers import answering, asking, confirming
from subscribers.addresses import address_key, parse
from subscribers.confirming import Confirmed, Open
from subscribers.evidence import UNSTATED
from subscribers.models import Letter, List, Suppression
from subscribers.vocabulary import OutboxKind, OutboxState, RequestKind, Suppressed
from tests.stage import NOW, SENDGRID, a_frozen_send, a_reader


def asked(owner: List, *slugs: str, current: bool = False) -> int:
    wish = asking.Wish(owner, parse("nina@example.org"), slugs, tracked=False, current=current, language="en")
    return asking.sign_up(wish, origin=UNSTATED, at=NOW)


def answered(request: int) -> Letter:
    letter = answering.answer(request, at=NOW)
    assert letter
    return Letter.objects.get(pk=letter)


def confirmed(request: int) -> Confirmed:
    there = confirming.standing(request, at=NOW)
    assert isinstance(there, Open)
    done = confirming.confirm(request, shown=there.digest, at=NOW)
    assert isinstance(done, Confirmed)
    return done


def body_of(letter: Letter, transport: SendGrid = SENDGRID, now: dt.datetime = NOW) -> dict[str, Any]:
    """What would leave: the request's body, with the reader's own addresses put in."""
    attempt = outbox.claim(letter.pk, now=now, lease=60)
    assert attempt
    fired = outbox.fire(letter.pk, attempt, transport, now=now)
    assert fired, Letter.objects.get(pk=letter.pk).answer
    content = fired.parcel.content
    assert isinstance(content, bytes)
    body: dict[str, Any] = json.loads(content)
    return body


def kept_back(letter: Letter) -> str:
    """Why a letter was cancelled when it should have left."""
    attempt = outbox.claim(letter.pk, now=NOW, lease=60)
    assert attempt
    assert outbox.fire(letter.pk, attempt, SENDGRID, now=NOW) is None
    letter.refresh_from_db()
    assert letter.state == OutboxState.CANCELLED
    return letter.answer


def text_of(body: dict[str, Any]) -> str:
    return str(body["content"][0]["value"])


def suppress(reason: Suppressed, owner: List | None = None) -> None:
    key = address_key(parse("nina@example.org").canonical)
    Suppression.objects.create(address_key=key, list=owner, reason=reason, source="a test", at=NOW)


def sent(owner: List) -> Send:
    """An edition that everybody on the list has been sent, and the send is over."""
    if not owner.subscriptions.exists():
        a_reader(owner, "oleg@example.org")
    send = a_frozen_send(owner)
    Batch.objects.filter(send=send).update(state="accepted")
    Send.objects.filter(pk=send.pk).update(status="done", finished_at=NOW)
    send.refresh_from_db()
    return send


def a_link(kind: RequestKind, owner: List, address: str = "nina@example.org") -> Letter:
    nina = a_reader(owner, address)
    request = asking.ask(kind, nina.pk, language="en", origin=UNSTATED, at=NOW)
    assert request
    return answered(request)


def a_move(owner: List) -> Letter:
    """The letter to the new address of one who had another."""
    proof = a_link(RequestKind.READDRESS, owner, "old@example.org").values["request"]
    request = asking.move(proof, parse("nina@example.org"), language="en", origin=UNSTATED, at=NOW)
    assert request
    return answered(request)


def a_welcome(owner: List) -> Letter:
    request = asked(owner)
    answered(request)
    return Letter.objects.get(pk=confirmed(request).letters[0])


def a_current_edition(owner: List) -> Letter:
    sent(owner)
    return current_letter(owner)


def current_letter(owner: List, *slugs: str) -> Letter:
    request = asked(owner, *slugs, current=True)
    answered(request)
    return Letter.objects.get(pk=confirmed(request).letters[1], kind=OutboxKind.CURRENT)
