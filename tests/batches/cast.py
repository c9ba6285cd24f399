"""A batch, what becomes of it, and the ledger of its send, which must add up whenever it is read."""

import datetime as dt
import uuid
from collections.abc import Sequence

from mailer import batches, reports
from mailer.batches import Limits
from mailer.models import Batch, Delivery, Send
from mailer.transports.answers import Answer, Unknown
from mailer.transports.port import Parcel
from mailer.transports.request import Envelope, Reader
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, batches_of, body_of_request, fired, readers

LATER = NOW + dt.timedelta(minutes=10)
# After the wait for proof, and before the end of the useful life.
DECIDABLE = NOW + dt.timedelta(hours=1)
WAIT = 1800
MANY = Limits(1_000, {})


def a_batch(count: int = 3) -> Batch:
    owner = a_list()
    readers(owner, count)
    return batches_of(a_frozen_send(owner))[0]


def claimed(batch: Batch, now: dt.datetime = NOW) -> uuid.UUID:
    attempt = batches.claim(batch.pk, now=now, lease=60)
    assert attempt is not None
    return attempt


def state_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def addresses(request: batches.Fired) -> set[str]:
    return {person["to"][0]["email"] for person in body_of_request(request)["personalizations"]}


def answered(batch: Batch, answer: Answer, now: dt.datetime = NOW) -> uuid.UUID:
    """Fire the batch, settle it with `answer`, and return the attempt."""
    request = fired(batch, now)
    assert batches.settle(batch.pk, request.attempt, answer, now=now)
    return request.attempt


def resent(batch: Batch, answer: Answer | None = None) -> tuple[uuid.UUID, Batch]:
    """Leave the batch unknown and send it again; return the first attempt and the new batch."""
    attempt = answered(batch, answer or Unknown("no answer"))
    assert batches.resend(batch.pk, by="ann", now=DECIDABLE, wait=WAIT) == batch.n
    return attempt, children(batch)[0]


def children(batch: Batch) -> list[Batch]:
    return list(Batch.objects.filter(parent=batch).order_by("pk"))


def copies(batch: Batch) -> list[int]:
    return list(Delivery.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))


def outcomes(send: Send) -> dict[str, int]:
    """Return the outcomes that somebody has; every candidate has exactly one, and n is what a batch holds."""
    ledger = reports.ledger(send)
    assert ledger.adds_up
    for batch in batches_of(send):
        assert batch.n == batch.deliveries.filter(state=None).count(), batch
    return {outcome: readers for outcome, readers in ledger.outcomes.items() if readers}


class ByReader:
    """A transport that answers reader by reader, packed only."""

    name, most_readers = "smtp", 200

    def pack(self, envelope: Envelope, readers: Sequence[Reader]) -> Parcel:
        return SENDGRID.pack(envelope, readers)

    def submit(self, parcel: Parcel, witness: object) -> Answer:
        raise AssertionError(f"{witness} would see {parcel.readers} letters leave")


def fired_by_reader(batch: Batch, now: dt.datetime = NOW) -> batches.Fired:
    request = batches.fire(batch.pk, claimed(batch, now), ByReader(), now=now)
    assert request is not None
    return request
