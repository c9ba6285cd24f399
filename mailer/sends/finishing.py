"""A send moves on when nothing of it is open: computed from the rows, never from an empty queue."""

import datetime as dt

import structlog
from django.db import transaction

from mailer import notices, reports
from mailer.database import fetch, locking
from mailer.models import Edition, Send
from mailer.protocol import OPEN
from mailer.vocabulary import BatchState, EditionStatus, SendKind, SendStatus

log = structlog.get_logger()

# Sends of which something is under way or awaited, and those whose state may still change.
UNSETTLED = (SendStatus.SENDING, SendStatus.SETTLING)
RUNNING = (*UNSETTLED, SendStatus.DONE_WITH_GAPS)
NEWS = {SendStatus.DONE: notices.News.DONE, SendStatus.DONE_WITH_GAPS: notices.News.DONE_WITH_GAPS}


def finish(number: int, *, now: dt.datetime) -> None:
    """Move a send on: to settling while something is unknown, else to done, with or without gaps."""
    running = Send.objects.filter(pk=number, status__in=RUNNING).exclude(frozen_at=None)
    settled = running.exclude(batches__state__in=OPEN)
    certain = settled.exclude(batches__state=BatchState.UNKNOWN)
    if settled.filter(status=SendStatus.SENDING, batches__state=BatchState.UNKNOWN).exists():
        with transaction.atomic():
            _lock(number)
            settled.filter(status=SendStatus.SENDING, batches__state=BatchState.UNKNOWN).update(
                status=SendStatus.SETTLING
            )
        return
    if not certain.exists():
        _tell_stopped(number, now)
        return
    with transaction.atomic():
        _lock(number)
        # Late proof may close the gaps of a send that was done with them.
        gaps = reports.ledger(Send(pk=number)).outcomes["not_confirmed"]
        status = SendStatus.DONE_WITH_GAPS if gaps else SendStatus.DONE
        if not certain.exclude(status=status).update(status=status, finished_at=now):
            return
        send = Send.objects.select_related("edition__list").get(pk=number)
        if send.kind != SendKind.TEST:
            others = Send.objects.filter(
                status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING, *UNSETTLED]
            ).exclude(kind=SendKind.TEST)
            Edition.objects.filter(sends=number).exclude(sends__in=others).update(
                status=EditionStatus.DONE, changed_at=now
            )
        notices.tell(send, NEWS[status], now=now)
    log.info("send done", send=number, not_confirmed=gaps)


def _lock(number: int) -> None:
    """Hold the send: while it is asked what is open, no refusal gives readers back, and nobody resends."""
    fetch(f"SELECT id FROM send WHERE id = %s{locking('NO KEY UPDATE')}", [number])


def _tell_stopped(number: int, now: dt.datetime) -> None:
    """Tell of a pause, and of a cancelled send once nothing of it is under way: only then it is shown so."""
    under_way = Send.objects.filter(batches__state__in=OPEN)
    with transaction.atomic():
        for paused in Send.objects.filter(pk=number, status=SendStatus.PAUSED):
            notices.tell(paused, notices.News.PAUSED, now=now)
        over = Send.objects.filter(pk=number, status=SendStatus.CANCELLED, finished_at=None)
        if over.exclude(pk__in=under_way).update(finished_at=now):
            send = Send.objects.select_related("edition__list").get(pk=number)
            notices.tell(send, notices.News.CANCELLED, now=now)
