"""A send with as many batches as a test needs, and what its page says of it."""

import datetime as dt
from collections import Counter
from itertools import combinations

import orjson

from mailer import batches, reports, sends
from mailer.models import Batch, Send
from subscribers.models import List
from tests.provider import Provider
from tests.stage import EDITION, INTERESTS, NOW, a_frozen_send, a_list, a_reader, batches_of

SETS = [some for count in range(1, 5) for some in combinations(INTERESTS, count)]
LATER = NOW + dt.timedelta(hours=1)
FIRST = "Space, seen from elsewhere"
CORRECTED = EDITION.replace(FIRST.encode(), b"Space, corrected")


def a_send_in(groups: int, each: int = 2, owner: List | None = None) -> Send:
    """Return a frozen send to `groups` batches of `each` readers: reader0 and reader1 are in the first."""
    owner = owner or a_list()
    for group in range(groups):
        for n in range(each):
            a_reader(owner, f"reader{group * each + n}@x.example", SETS[group])
    return a_frozen_send(owner)


def batch_of(send: Send, address: str) -> Batch:
    return Batch.objects.get(send=send, deliveries__subscriber__address=address)


def deliver(batch: Batch, now: dt.datetime = NOW) -> None:
    sends.deliver(batch.pk, now=now)


def deliver_all(send: Send, now: dt.datetime = NOW) -> None:
    """Deliver what is due until nothing is."""
    while due := [batch for batch in batches_of(send) if batch.pk in batches.due(now=now, most=99)]:
        for batch in due:
            sends.deliver(batch.pk, now=now)


def shown(send: Send) -> dict[str, object]:
    """Return the status, and the outcomes that somebody has; they always add up."""
    assert reports.ledger(sends.find(send.pk)).adds_up
    told = reports.described(sends.find(send.pk))
    return {"status": told["status"]} | {name: told[name] for name in reports.OUTCOME_ORDER if told[name]}


def mailed(sendgrid: Provider) -> Counter[str]:
    return Counter(
        person["to"][0]["email"]
        for _, _, body in sendgrid.asked
        for person in orjson.loads(body)["personalizations"]
    )


def text_to(sendgrid: Provider, address: str) -> str:
    """Return all that was written to an address."""
    bodies = [orjson.loads(body) for _, _, body in sendgrid.asked]
    return "\n".join(
        part["value"]
        for body in bodies
        if any(person["to"][0]["email"] == address for person in body["personalizations"])
        for part in body["content"]
    )
