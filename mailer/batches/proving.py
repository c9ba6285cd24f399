"""Events as proof: what came back about a copy shows that its request was taken, however late."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

import structlog
from django.db import transaction

from mailer import pace
from mailer.batches import moving
from mailer.database import fetch, locking
from mailer.models import Attempt, Batch
from mailer.protocol import REFUSALS, proof, proves_all
from mailer.vocabulary import AnswerKind, BatchState

log = structlog.get_logger()

# Before any delivery is touched, in the order of their numbers, as T2 and T3 do: nobody waits in a ring.
# With all below them, which proof may lift.
LOCK_BATCHES = """
WITH RECURSIVE told AS (
  SELECT id FROM batch WHERE attempt IN ({marks})
  UNION
  SELECT batch.id FROM batch JOIN told ON batch.parent_id = told.id
)
SELECT batch.id FROM batch JOIN told ON told.id = batch.id ORDER BY batch.id
"""


def lock(attempts: Collection[uuid.UUID]) -> None:
    """Lock the batches that these attempts are of, and all below, for the transaction under way."""
    if attempts:
        marks = ",".join(["%s"] * len(attempts))
        # NO KEY: who makes a batch beside one of them refers to its parent, and need not wait.
        fetch(
            LOCK_BATCHES.format(marks=marks) + locking("NO KEY UPDATE OF batch"),
            [attempt.hex for attempt in sorted(attempts)],
        )


def prove(told: Mapping[uuid.UUID, Collection[int]], *, now: dt.datetime, by: str = "event") -> None:
    """Take events as proof: `told` holds the attempts they name, each with its deliveries.

    One event proves its whole attempt; after a 5xx, and where the transport answers reader by reader,
    its own copy only. An event about a request that was refused for certain raises an alarm.
    """
    with transaction.atomic():
        lock(told.keys())
        known = {attempt.pk: attempt for attempt in Attempt.objects.filter(pk__in=list(told))}
        trusted = {
            known[batch.attempt].transport
            for batch in Batch.objects.filter(attempt__in=list(known)).order_by("pk")
            if batch.attempt and _prove(batch.pk, known[batch.attempt], told[batch.attempt], now, by)
        }
        for number, attempt in known.items():
            if attempt.answer in REFUSALS:
                _alarm(number, now)
        # Last: whoever holds the transport's row waits for no reader's.
        for transport in sorted(trusted):
            pace.trust(transport)


def _prove(number: int, attempt: Attempt, deliveries: Collection[int], now: dt.datetime, by: str) -> bool:
    """Do with one batch what proof of its attempt does; return whether that proved all of it."""
    whole = proves_all(attempt.transport, attempt.status)
    # As it is now: proof about one above it, in the same breath, may have lifted its readers.
    batch = Batch.objects.get(pk=number)
    state = BatchState(batch.state)
    decision = proof(state, whole=whole)
    if decision is None:
        return False
    if not whole:
        moving.lift(batch.pk, state, batch.n, deliveries)
        moving.lift_below(batch.pk, deliveries)
        return False
    if decision.lift:
        moving.lift_below(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state=decision.after, lease_until=None)
    Attempt.objects.filter(pk=attempt.pk).update(answer=AnswerKind.ACCEPTED, settled_at=now, settled_by=by)
    return True


def _alarm(attempt: uuid.UUID, now: dt.datetime) -> None:
    """Note that the transport took what it had refused; a person has to look, for nobody else can tell."""
    if Attempt.objects.filter(pk=attempt, contradicted_at=None).update(contradicted_at=now):
        log.error("an event told of a request that was refused for certain", attempt=attempt.hex)
