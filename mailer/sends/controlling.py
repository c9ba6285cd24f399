"""Pause, resume, cancel: seconds, at any moment, twice or too late; what the rows say decides."""

import datetime as dt

import structlog
from django.conf import settings
from django.db import transaction

from mailer import batches, doorbell, editions, notices
from mailer.database import fetch, locking
from mailer.faultpoints import reach
from mailer.models import Edition, Send
from mailer.sends.errors import SendError
from mailer.sends.finishing import finish
from mailer.sends.scheduling import find
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers import changes

log = structlog.get_logger()

# A settling one too: a late refusal gives readers back, who would be written to.
PAUSABLE = (SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.SENDING, SendStatus.SETTLING)
CANCELLABLE = (*PAUSABLE, SendStatus.PAUSED, SendStatus.MISSED)
MOST_RUNG = 2_000  # batches rung for at once; the sweep rings for the rest
WORKER = "the worker"  # who stops a send whose rows are wrong; the audit log is about people


def pause(number: int, *, by: str, now: dt.datetime, reason: str = "") -> Send:
    """Hold a send: no further request begins once this returns. Raises SendError where none could.

    What is claimed goes back; what has left is answered as ever. A second pause changes nothing.
    """
    words = reason or f"paused by {by}"
    with transaction.atomic():
        send = locked(number)
        if send.status == SendStatus.PAUSED:
            return send
        if send.status not in PAUSABLE:
            raise SendError(f"Send {number} is {_shown(send)}: there is nothing left to pause")
        Send.objects.filter(pk=number).update(status=SendStatus.PAUSED, pause_reason=words)
        batches.hold_back(number)
        notices.tell(send, notices.News.PAUSED, now=now, words=words)
        if by != WORKER:
            noted("sends pause", send, by=by, now=now, status=SendStatus.PAUSED, reason=words)
    log.info("send paused", send=number)
    return find(number)


def resume(number: int, *, by: str, now: dt.datetime) -> Send:
    """Let a paused or missed send go on; raises SendError for one that is neither."""
    later = now + dt.timedelta(seconds=settings.CONFIGURATION.timings.useful_life)
    with transaction.atomic():
        send = locked(number)
        if send.status in {SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.SENDING}:
            return send
        if send.status not in {SendStatus.PAUSED, SendStatus.MISSED}:
            raise SendError(f"Send {number} is {_shown(send)}: only a paused or missed one can be resumed")
        frozen = send.frozen_at is not None
        Send.objects.filter(pk=number).update(
            status=SendStatus.SENDING if frozen else SendStatus.SCHEDULED,
            pause_reason="",
            # Whoever says so now means now; else it would be missed again.
            scheduled_at=send.scheduled_at if frozen else max(send.scheduled_at, now),
            useful_until=max(send.useful_until or later, later) if frozen else None,
        )
        noted("sends resume", send, by=by, now=now, status=find(number).status)
        transaction.on_commit(lambda: _ring(number, now, frozen=frozen))
    log.info("send resumed", send=number, by=by)
    finish(number, now=now)
    return find(number)


def cancel(number: int, *, by: str, now: dt.datetime) -> Send:
    """End a send: no further batch passes its point of no return, and what has left is counted.

    It is over (`finished_at`) once nothing is under way: from then on no request begins. Before its audience
    is frozen, this is an undo: the edition is as it was before it was scheduled, approved where what was
    approved still is what would leave, else a draft.

    Raises SendError where everything has left already. A second cancel changes nothing.
    """
    with transaction.atomic():
        send = locked(number)
        if send.status != SendStatus.CANCELLED:
            if send.status not in CANCELLABLE:
                raise SendError(f"Send {number} is {_shown(send)}: nothing of it is left to cancel")
            Send.objects.filter(pk=number).update(
                status=SendStatus.CANCELLED, pause_reason="", candidates=send.candidates or 0
            )
            batches.cancel_waiting([number])
            if send.kind != SendKind.TEST:
                _end_the_edition(send, now)
            noted("sends cancel", send, by=by, now=now, status=SendStatus.CANCELLED)
        reach("cancel.before_commit")
    reach("cancel.after_commit")
    log.info("send cancelled", send=number, by=by)
    finish(number, now=now)
    return find(number)


def noted(what: str, send: Send, *, by: str, now: dt.datetime, status: str, **more: object) -> None:
    """Write down who did this to a send; call it in the transaction that does it. `send` is as it was."""
    changes.record(
        what,
        by=by,
        at=now,
        newsletter=send.edition.list,
        subject=f"send {send.pk}",
        before={"status": send.status},
        after={"status": str(status), **more},
    )


def _end_the_edition(send: Send, now: dt.datetime) -> None:
    """Say of the edition of a send that was cancelled what is true of it now, unless another send goes on."""
    mine = Send.objects.filter(edition=send.edition_id).exclude(kind=SendKind.TEST).exclude(pk=send.pk)
    if mine.exclude(status__in=[SendStatus.CANCELLED, SendStatus.MISSED]).exists():
        return
    if send.frozen_at is None and not mine.exclude(frozen_at=None).exists():
        editions.give_back(send, now=now)
        return
    Edition.objects.filter(pk=send.edition_id).update(status=EditionStatus.CANCELLED, changed_at=now)


def locked(number: int) -> Send:
    """Lock the send: every T2 of it has committed, and none commits before this transaction."""
    find(number)
    fetch(f"SELECT id FROM send WHERE id = %s{locking('NO KEY UPDATE')}", [number])
    return find(number)


def _ring(number: int, now: dt.datetime, *, frozen: bool) -> None:
    if frozen:
        doorbell.ring("mailer.deliver", *batches.due(now=now, most=MOST_RUNG))
    else:
        doorbell.ring("mailer.prepare", number)


def _shown(send: Send) -> str:
    return send.status.replace("_", " ")
