"""T1, the lease, and whatever gives a lease back: nothing here ever follows a request that has left."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Q

from mailer.database import execute
from mailer.models import Batch, Delivery, Send
from mailer.vocabulary import BatchState, DeliveryState, SendStatus

# Readers below a resent batch may hold a copy already: they are not called cancelled.
CANCEL_WAITING = """
UPDATE batch
SET attempt = NULL, lease_until = NULL, not_before = NULL, state = CASE WHEN id IN (
  WITH RECURSIVE below AS (
    SELECT child.id FROM batch AS child JOIN batch AS parent ON parent.id = child.parent_id
    WHERE child.send_id IN ({marks}) AND parent.state = 'resent'
    UNION
    SELECT child.id FROM batch AS child JOIN below ON below.id = child.parent_id
  )
  SELECT id FROM below
) THEN 'not_confirmed' ELSE 'cancelled' END
WHERE send_id IN ({marks}) AND state IN ('pending', 'claimed')
"""


def claim(batch: int, *, now: dt.datetime, lease: float) -> uuid.UUID | None:
    """Lease a pending batch of a running send for `lease` seconds; None if it is not there to take."""
    attempt = uuid.uuid4()
    taken = Batch.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        pk=batch,
        state=BatchState.PENDING,
        send__in=Send.objects.filter(status=SendStatus.SENDING),
    ).update(state=BatchState.CLAIMED, attempt=attempt, lease_until=now + dt.timedelta(seconds=lease))
    return attempt if taken else None


def postpone(batch: int, until: dt.datetime) -> None:
    """Let a pending batch wait: the pace, or the transport, does not allow it sooner."""
    Batch.objects.filter(pk=batch, state=BatchState.PENDING).update(not_before=until)


def due(*, now: dt.datetime, most: int) -> list[int]:
    """Return at most `most` batches that wait to be claimed, oldest first."""
    waiting = Batch.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now), state=BatchState.PENDING, send__status=SendStatus.SENDING
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:most])


def release(*, now: dt.datetime) -> int:
    """Give back claimed batches whose lease is over: nothing of them has left."""
    return _given_back(Q(lease_until__lt=now))


def give_back(batch: int, attempt: uuid.UUID, *, not_before: dt.datetime | None = None) -> int:
    """Give back one batch that this worker has claimed and could not fire."""
    return _given_back(Q(pk=batch, attempt=attempt), not_before=not_before)


def hold_back(send: int) -> int:
    """Give back what is claimed of a send that was paused."""
    return _given_back(Q(send=send))


def cancel_waiting(sends: Iterable[int]) -> int:
    """Cancel whatever of these cancelled sends has not left; return how many batches it was."""
    numbers = list(sends)
    if not numbers:
        return 0
    marks = ",".join(["%s"] * len(numbers))
    return execute(CANCEL_WAITING.format(marks=marks), numbers * 2)


def renew(batch: int, attempt: uuid.UUID, *, now: dt.datetime, lease: float) -> bool:
    """Lengthen the lease on a batch under way; False where it is another's, or its send was stopped."""
    sending = Send.objects.filter(status=SendStatus.SENDING)
    mine = Batch.objects.filter(pk=batch, attempt=attempt, state=BatchState.SUBMITTING, send__in=sending)
    return bool(mine.update(lease_until=now + dt.timedelta(seconds=lease)))


def _given_back(which: Q, **more: object) -> int:
    return Batch.objects.filter(which, state=BatchState.CLAIMED).update(
        state=BatchState.PENDING, attempt=None, lease_until=None, **more
    )


def cancel_for_good(edition: int) -> None:
    """Write `cancelled` on the copies in cancelled batches of an edition; call it in a transaction.

    Their readers are free for another send of the edition; `n` follows in the same transaction.
    """
    cancelled = Batch.objects.filter(send__edition=edition, state=BatchState.CANCELLED, n__gt=0)
    held = list(cancelled.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    # These and no others: a refusal may have cancelled one more a moment ago, whose `n` must stay.
    Delivery.objects.filter(batch__in=held, state=None).update(state=DeliveryState.CANCELLED)
    Batch.objects.filter(pk__in=held).update(n=0)
