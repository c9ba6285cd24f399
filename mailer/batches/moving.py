"""Readers move between batches; a batch's `n` changes in the transaction that changes its readers."""

import datetime as dt
import uuid
from collections.abc import Collection

from mailer.database import execute, fetch, locking
from mailer.models import Batch, Delivery, Variant
from mailer.protocol import lifted
from mailer.vocabulary import BatchState, DeliveryState, Reason

# Below a resent batch its readers may hold two copies, so that nobody there is called excluded,
# rejected or cancelled.
ANCESTORS = """
WITH RECURSIVE above AS (
  SELECT id, parent_id, state FROM batch WHERE id = %s
  UNION ALL
  SELECT batch.id, batch.parent_id, batch.state FROM batch JOIN above ON batch.id = above.parent_id
)
SELECT 1 FROM above WHERE state = 'resent' AND id <> %s LIMIT 1
"""

DESCENDANTS = """
WITH RECURSIVE below AS (
  SELECT id FROM batch WHERE parent_id = %s
  UNION
  SELECT batch.id FROM batch JOIN below ON batch.parent_id = below.id
)
SELECT batch.id, batch.state, batch.n FROM batch JOIN below ON below.id = batch.id ORDER BY batch.id
"""

MOVE_ALL = """
UPDATE delivery SET batch_id = %s WHERE batch_id = %s AND state IS NULL
"""

# Of the readers in the order of their ids, those from the middle on.
READ_MIDDLE = """
SELECT id FROM delivery WHERE batch_id = %s AND state IS NULL ORDER BY id LIMIT 1 OFFSET %s
"""


def below_resent(batch: Batch) -> bool:
    """Return whether an ancestor's readers were sent another copy, and this batch holds of them."""
    return batch.parent_id is not None and bool(fetch(ANCESTORS, [batch.pk, batch.pk]))


def descendants(batch: int) -> list[tuple[int, BatchState, int]]:
    """Lock all below, the oldest first, and return (batch, state, n) of each."""
    known: list[tuple[int, BatchState, int]] = []
    while True:
        rows = fetch(DESCENDANTS + locking("NO KEY UPDATE OF batch"), [batch])
        found = [(number, BatchState(state), n) for number, state, n in rows]
        # Whoever was waited for may have made more of them: again, until there are no others.
        if len(found) == len(known):
            return found
        known = found


def child(
    of: Batch,
    n: int,
    *,
    state: BatchState = BatchState.PENDING,
    parent: int | None,
    not_before: dt.datetime | None = None,
    attempt: uuid.UUID | None = None,
    fired_at: dt.datetime | None = None,
    letter: Variant | None = None,
) -> int:
    """Make a batch for `n` readers of `of`, of the same variant unless it is another; return its number."""
    made = Batch.objects.create(
        send_id=of.send_id,
        variant_id=letter.pk if letter else of.variant_id,
        parent_id=parent,
        state=state,
        n=n,
        not_before=not_before,
        attempt=attempt,
        fired_at=fired_at,
    )
    return made.pk


def move(readers: Collection[int], of: Batch, to: int) -> int:
    """Move these deliveries, as far as they have no outcome of their own; return how many moved."""
    found = Delivery.objects.filter(pk__in=readers, batch=of, state=None)
    return found.update(batch_id=to)


def split(batch: Batch, lone: int, *, not_before: dt.datetime | None) -> list[int]:
    """Move a batch's readers to children: the reader `lone` alone and the rest, or for 0 in halves."""
    readers = Delivery.objects.filter(batch=batch, state=None)
    # Counted, since proof about an ancestor may have lifted some while the request was under way.
    total = readers.count()
    if lone and readers.filter(pk=lone).exists():
        part = [lone]
    else:
        ((middle,),) = fetch(READ_MIDDLE, [batch.pk, total // 2]) or [(0,)]
        part = list(readers.filter(pk__lt=middle).values_list("pk", flat=True)) if total > 1 else []
    made: list[int] = []
    for group in (part, None):
        n = len(group) if group is not None else total - len(part)
        if n:
            made.append(child(batch, n, parent=batch.pk, not_before=not_before))
            if group is None:
                execute(MOVE_ALL, [made[-1], batch.pk])
            else:
                move(group, batch, made[-1])
    return made


def lift(batch: int, state: BatchState, n: int, readers: Collection[int] | None = None) -> int:
    """Call accepted all of a batch's readers, or these, that are not yet; return how many were in the batch.

    Those who were held as not confirmed below a resent batch are lifted too. The batch's own `n` and
    state follow.
    """
    mine = Delivery.objects.filter(batch=batch)
    if readers is not None:
        mine = mine.filter(pk__in=readers)
    gained = 0
    if state is not BatchState.ACCEPTED:
        gained = mine.filter(state=None).update(state=DeliveryState.ACCEPTED, reason=None)
    mine.filter(state=DeliveryState.NOT_CONFIRMED).update(state=DeliveryState.ACCEPTED, reason=None)
    if gained:
        Batch.objects.filter(pk=batch).update(n=n - gained, state=lifted(state, n - gained))
    return gained


def lift_below(batch: int, readers: Collection[int] | None = None) -> None:
    """Call accepted all readers, or these, of all batches below."""
    for number, state, n in descendants(batch):
        lift(number, state, n, readers)


def reject(batch: Batch, readers: Collection[int], *, as_: DeliveryState) -> int:
    """Write the transport's refusal on these readers; return how many it was."""
    mine = Delivery.objects.filter(pk__in=readers, batch=batch, state=None)
    return mine.update(state=as_, reason=Reason.REFUSED_BY_TRANSPORT)
