"""What is known of a send's unknown batches: all that a person has to go by who decides about them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from mailer.models import Attempt, Batch, Delivery, Event, Send
from mailer.vocabulary import BatchState, DeliveryState


@dataclass(frozen=True)
class Doubt:
    """One unknown batch; `readers` are those in doubt, `proved` those told of one by one since.

    `said` is what the transport said, '' for nothing. `heard_at` is when the newest event about any other
    request came, if that was after this one left: then events do arrive, and silence means something.
    """

    batch: int
    readers: int
    proved: int
    attempt: str
    transport: str
    fired_at: dt.datetime
    status: int | None
    said: str
    decidable_at: dt.datetime
    heard_at: dt.datetime | None

    def decidable(self, now: dt.datetime) -> bool:
        """Return whether it has waited long enough to be decided about."""
        return self.decidable_at < now


def doubts(send: Send, *, wait: float) -> list[Doubt]:
    """Return the send's unknown batches, oldest first; each may be decided `wait` seconds after it left."""
    found = list(Batch.objects.filter(send=send, state=BatchState.UNKNOWN).order_by("pk"))
    attempts = {
        attempt.pk: attempt for attempt in Attempt.objects.filter(pk__in=[row.attempt for row in found])
    }
    heard = _heard()
    proved = _proved([row.pk for row in found])
    return [
        _doubt(batch, attempts[batch.attempt], heard, proved.get(batch.pk, 0), wait)
        for batch in found
        if batch.attempt in attempts
    ]


def described(doubt: Doubt, *, now: dt.datetime) -> dict[str, Any]:
    """Return one batch in the shape of `sends resolve --json`."""
    return {
        "batch": doubt.batch,
        "readers": doubt.readers,
        "proved": doubt.proved,
        "attempt": doubt.attempt,
        "transport": doubt.transport,
        "fired_at": doubt.fired_at,
        "status": doubt.status,
        "said": doubt.said or None,
        "decidable": doubt.decidable(now),
        "decidable_at": doubt.decidable_at,
        "other_events_at": doubt.heard_at,
    }


def _heard() -> list[tuple[uuid.UUID | None, dt.datetime]]:
    """Return the newest event about any request, and the newest about any other than that one's."""
    about = Event.objects.filter(attempt__isnull=False).order_by("-pk").values_list("attempt", "received_at")
    newest = list(about[:1])
    return newest + list(about.exclude(attempt=newest[0][0])[:1]) if newest else []


def _proved(batches: list[int]) -> dict[int, int]:
    """Return of how many copies of each batch proof has come one by one."""
    one_by_one = Delivery.objects.filter(batch__in=batches, state=DeliveryState.ACCEPTED)
    return dict(one_by_one.values_list("batch").annotate(Count("pk")).order_by())


def _doubt(
    batch: Batch,
    attempt: Attempt,
    heard: list[tuple[uuid.UUID | None, dt.datetime]],
    proved: int,
    wait: float,
) -> Doubt:
    fired_at = batch.fired_at or attempt.fired_at
    # The newest may be one of this request's own, where each of those proves one copy alone.
    heard_at = next((at for about, at in heard if about != attempt.pk), None)
    return Doubt(
        batch=batch.pk,
        readers=batch.n,
        proved=proved,
        attempt=attempt.pk.hex,
        transport=attempt.transport,
        fired_at=fired_at,
        status=attempt.status,
        said=attempt.detail,
        decidable_at=fired_at + dt.timedelta(seconds=wait),
        heard_at=heard_at if heard_at is not None and heard_at > fired_at else None,
    )
