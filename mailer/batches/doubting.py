"""Unknown: called so when nobody answers, held, and decided about by a person or by the list's policy."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from mailer import pace
from mailer.batches import moving
from mailer.database import execute
from mailer.faultpoints import reach
from mailer.models import Attempt, Batch, Send
from mailer.vocabulary import BatchState, SendStatus

# Sends that may still write to somebody again.
RESENDABLE = (SendStatus.SENDING, SendStatus.PAUSED, SendStatus.SETTLING, SendStatus.DONE_WITH_GAPS)


def doubt(*, now: dt.datetime, after: float) -> int:
    """Call unknown what was fired more than `after` seconds ago and never answered.

    A worker that is still at it, letter by letter, has renewed its lease.
    """
    over = Q(lease_until__lt=now) | Q(lease_until=None)
    fired = Batch.objects.filter(over, state=BatchState.SUBMITTING)
    silent = fired.filter(_waited(after, now)).values_list("pk", "attempt")
    changed = 0
    for batch, attempt in list(silent):
        with transaction.atomic():
            held = fired.filter(pk=batch, attempt=attempt)
            # Of one that proof about an ancestor has emptied there is nothing to doubt.
            state = Case(When(n=0, then=Value(BatchState.CLOSED)), default=Value(BatchState.UNKNOWN))
            if held.update(state=state, lease_until=None):
                changed += 1
                for (transport,) in Attempt.objects.filter(pk__in=[attempt]).values_list("transport"):
                    pace.doubted(transport, now=now)
    return changed


def unknown(send: int, *, now: dt.datetime, wait: float) -> list[Batch]:
    """Return the send's unknown batches that have waited long enough to be decided about."""
    return list(Batch.objects.filter(_waited(wait, now), send=send, state=BatchState.UNKNOWN).order_by("pk"))


def resend(batch: int, *, by: str, now: dt.datetime, wait: float) -> int:
    """Send again to the readers of an unknown batch; return how many, 0 where somebody else decided.

    They move to a pending child; the batch stays, so that proof of the first copy still finds it.
    """
    return _resend(batch, by=by, now=now, wait=wait, once=False)


def resend_once(batch: int, *, by: str, now: dt.datetime, wait: float) -> int:
    """Do as `resend` does, but for readers to whom it was done before: they stay in doubt; then 0."""
    return _resend(batch, by=by, now=now, wait=wait, once=True)


def _resend(batch: int, *, by: str, now: dt.datetime, wait: float, once: bool) -> int:
    with transaction.atomic():
        send = Send.objects.select_for_update(of=("self",), no_key=True).get(batches=batch)
        row = _undecided(batch, now=now, wait=wait)
        if row is None or send.status not in RESENDABLE or (once and moving.below_resent(row)):
            return 0
        readers = row.n
        child = moving.child(row, readers, parent=row.pk)
        execute(moving.MOVE_ALL, [child, row.pk])
        Batch.objects.filter(pk=row.pk).update(state=BatchState.RESENT, n=0)
        _decided(row.attempt, by, now)
        Send.objects.filter(pk=send.pk, status__in=[SendStatus.SETTLING, SendStatus.DONE_WITH_GAPS]).update(
            status=SendStatus.SENDING, finished_at=None
        )
        reach("resend.before_commit")
    return readers


def leave_out(batch: int, *, by: str, now: dt.datetime, wait: float) -> int:
    """Call the readers of an unknown batch not confirmed; return how many, 0 where somebody else decided."""
    with transaction.atomic():
        row = _undecided(batch, now=now, wait=wait)
        if row is None:
            return 0
        Batch.objects.filter(pk=row.pk).update(state=BatchState.NOT_CONFIRMED)
        _decided(row.attempt, by, now)
    return row.n


def give_up(*, now: dt.datetime, wait: float) -> int:
    """Call not confirmed what is still unknown when its send's useful life is over."""
    over = Send.objects.filter(useful_until__lt=now).values("pk")
    held = Batch.objects.filter(_waited(wait, now), state=BatchState.UNKNOWN, send__in=over)
    return held.update(state=BatchState.NOT_CONFIRMED)


def _undecided(batch: int, *, now: dt.datetime, wait: float) -> Batch | None:
    """Lock and return the batch if it is unknown and has waited: its sender is dead, and proof had time."""
    return (
        Batch.objects.select_for_update(of=("self",))
        .filter(_waited(wait, now), pk=batch, state=BatchState.UNKNOWN)
        .first()
    )


def _waited(seconds: float, now: dt.datetime) -> Q:
    """Match batches that were fired so many seconds ago, by what the batch says and by what the attempt says.

    A clock that was wrong for a while may have brought back the batch's moment; then the attempt's still
    stands. One that lies ahead of now is no evidence: that clock ran ahead.
    """
    long_ago = now - dt.timedelta(seconds=seconds)
    lately = Attempt.objects.filter(pk=OuterRef("attempt"), fired_at__gt=long_ago, fired_at__lte=now)
    return Q(~Exists(lately), fired_at__lt=long_ago)


def _decided(attempt: uuid.UUID | None, by: str, now: dt.datetime) -> None:
    Attempt.objects.filter(pk__in=[attempt]).update(abandoned_by=by, abandoned_at=now)
