"""Find whatever is due: lost, doubled or late messages cost time, never a reader."""

import datetime as dt

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from mailer import alarms, batches, counting, doorbell, journal, notices, outbox, pulse, sealing
from mailer.faultpoints import reach
from mailer.models import Batch, Delivery, EventBody, Send
from mailer.sends.delivering import settle_in_hand
from mailer.sends.finishing import UNSETTLED, finish
from mailer.sends.resolving import by_policy
from mailer.sends.rewinding import rewind
from mailer.tallies import folding, rebuilding
from mailer.tracking import applying
from mailer.vocabulary import BatchState, DeliveryState, SendStatus
from subscribers import answering

log = structlog.get_logger()

MOST_RUNG = 2_000  # batches one sweep rings for


def sweep(*, now: dt.datetime) -> None:
    """Put right what was left half done, and ring for what is due."""
    tidy(now=now)
    for task, numbers in work(now=now, most=MOST_RUNG).items():
        doorbell.ring(task, *numbers)


def work(*, now: dt.datetime, most: int) -> dict[str, list[int]]:
    """Return what is due, as the tasks and numbers one would ring for, at most `most` of each kind."""
    # What is being prepared was due once, whatever the clock says now.
    waiting = Send.objects.filter(
        Q(status=SendStatus.SCHEDULED, scheduled_at__lte=now) | Q(status=SendStatus.PREPARING)
    )
    bodies = EventBody.objects.filter(applied_at=None).order_by("pk").values_list("pk", flat=True)
    return {
        "mailer.prepare": list(waiting.order_by("scheduled_at").values_list("pk", flat=True)[:most]),
        "mailer.apply_events": list(bodies[:most]),
        "mailer.apply_glimpses": applying.waiting(),
        "mailer.answer": answering.waiting(most=most),
        "mailer.letter": outbox.due(now=now, most=most),
        "mailer.deliver": batches.due(now=now, most=most),
    }


def tidy(*, now: dt.datetime) -> None:
    """Put right what was left half done: journals of the dead, leases, doubts, lives that are over.

    Last, the audit log is sealed as far as it goes, lists that are looked at are counted anew, owners are
    told of complaints and bounces, and that it was swept is noted for those who watch.
    """
    timings = settings.CONFIGURATION.timings
    silence = timings.lease + timings.answer_timeout
    if moved := rewind(now=now):
        log.warning("the clock was set back; what waited for it no longer does", rows=moved)
    settle_in_hand(now=now)
    replay(now=now)
    batches.release(now=now)
    batches.doubt(now=now, after=silence)
    outbox.release(now=now)
    outbox.doubt(now=now, after=silence)
    # What came back to waiting after its send was cancelled.
    cancelled = Send.objects.filter(
        status=SendStatus.CANCELLED, batches__state__in=[BatchState.PENDING, BatchState.CLAIMED]
    )
    batches.cancel_waiting(cancelled.values_list("pk", flat=True).distinct())
    by_policy(now=now)
    batches.give_up(now=now, wait=timings.unknown_wait)
    _pause_outlived(now)
    for number in Send.objects.filter(
        Q(status__in=[*UNSETTLED, SendStatus.PAUSED])
        | (Q(status=SendStatus.DONE_WITH_GAPS) & ~_has_gaps())
        | Q(status=SendStatus.CANCELLED, finished_at=None)
    ).values_list("pk", flat=True):
        finish(number, now=now)
    sealing.seal()
    counting.refresh(now=now)
    folding.fold()
    alarms.tell(now=now)
    pulse.note_sweep(now=now)
    # It may take minutes, for which nothing else waits.
    rebuilding.rebuild_next()


def _has_gaps() -> Q:
    """Match sends of which somebody is not confirmed: they stay as they are until proof comes."""
    mine = {"send": OuterRef("pk")}
    return Q(
        Exists(Batch.objects.filter(**mine, state=BatchState.NOT_CONFIRMED, n__gt=0))
        | Exists(Delivery.objects.filter(**mine, state=DeliveryState.NOT_CONFIRMED))
    )


def replay(*, now: dt.datetime) -> None:
    """Settle what the journals of dead processes say of their last requests."""
    with journal.of_the_dead(settings.CONFIGURATION.data_dir / "journal") as journals:
        for entries in journals:
            for entry in entries:
                answer = entry.answer()
                if answer is None:
                    continue
                reach("replay.before_settle")
                moved = batches.settle(entry.batch, entry.attempt, answer, now=now, by="journal")
                reach("replay.after_settle")
                log.info("journal replayed", batch=entry.batch, attempt=entry.attempt.hex, moved=moved)


def _pause_outlived(now: dt.datetime) -> None:
    """Stop sends that still have readers waiting when their useful life is over: a person decides."""
    waiting = Send.objects.filter(
        status=SendStatus.SENDING, useful_until__lt=now, batches__state=BatchState.PENDING
    )
    for number in waiting.values_list("pk", flat=True).distinct():
        with transaction.atomic():
            words = (
                "its useful life was over before all letters had left; resume it if the rest is still of"
                " use, or cancel it"
            )
            held = Send.objects.filter(pk=number, status=SendStatus.SENDING)
            if held.update(status=SendStatus.PAUSED, pause_reason=words):
                batches.hold_back(number)
                send = Send.objects.select_related("edition__list").get(pk=number)
                notices.tell(send, notices.News.PAUSED, now=now, words=words)
