"""A send from schedule to settled: what the desk, the command line and the workers call.

The rows are the queue. Each verb may be called at any moment, twice or too late: a compare-and-swap
decides, and `sweep` finds whatever is due.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from mailer import audience, batches, doorbell, editions
from mailer.look import content_hash, look_of
from mailer.models import Approval, Batch, Edition, EventBody, Send
from mailer.protocol import OPEN
from mailer.timetable import Instant
from mailer.transports.answers import Answer
from mailer.transports.sendgrid import MOST_READERS, SendGrid
from mailer.vocabulary import BatchState, EditionStatus, SendStatus

log = structlog.get_logger()

# Sends of which something is under way or awaited, and those whose state may still change.
UNSETTLED = (SendStatus.SENDING, SendStatus.SETTLING)
RUNNING = (*UNSETTLED, SendStatus.DONE_WITH_GAPS)
CHANGED_SINCE = (
    "What was approved has changed since (text, look, sender or postal address); approve it again and"
    " schedule it anew"
)
SANDBOX_KEY = "SG.sandbox"  # the sandbox takes any key
PAST = dt.timedelta(minutes=1)  # who says "now" by the clock may be so slow
MOST_RUNG = 2_000  # batches one sweep rings for


class SendError(Exception):
    """What was asked of a send cannot be done; the message says why and what to do."""


def find(number: int) -> Send:
    """Return the send with this number, or raise SendError."""
    try:
        return Send.objects.select_related("edition__list", "revision__edition__list").get(pk=number)
    except Send.DoesNotExist as error:
        raise SendError(f"There is no send {number}; `mailer sends ls` shows those there are") from error


def schedule(edition: Edition, at: Instant, *, by: str, now: dt.datetime) -> Send:
    """Schedule the edition's newest revision for `at`, approving it unless the list asks for a second person.

    Works while no broker runs: the sweep rings. Raises SendError where an approval is wanting.
    """
    owner = edition.list
    if not owner.postal_address.strip():
        raise SendError(
            f"List {owner.slug} has no postal address, which the law asks for; set it and try again"
        )
    if at.utc < now - PAST:
        raise SendError(f"{at.wall_time} in {at.zone} has passed; leave out --at to send now")
    with transaction.atomic():
        approval = _approval(edition, by=by, now=now)
        send = Send.objects.create(
            edition=edition,
            revision=approval.revision,
            approval=approval,
            content_hash=approval.content_hash,
            sender_name=owner.sender_name,
            sender_address=owner.sender_address,
            reply_to=owner.reply_to,
            scheduled_at=at.utc,
            wall_time=at.wall_time,
            zone=at.zone,
            created_by=by,
            created_at=now,
        )
        Edition.objects.filter(pk=edition.pk).update(status=EditionStatus.SCHEDULED, changed_at=now)
        transaction.on_commit(lambda: doorbell.ring("mailer.prepare", send.pk))
    return send


def prepare(number: int, *, now: dt.datetime) -> None:
    """Render the variants and freeze the audience of a send that is due, then ring for its batches."""
    timings = settings.CONFIGURATION.timings
    # One that died while preparing is prepared again: everything here may be done twice.
    due = Send.objects.filter(
        pk=number, scheduled_at__lte=now, status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING]
    )
    too_late = now - dt.timedelta(seconds=timings.missed_after)
    if due.filter(scheduled_at__lt=too_late).update(status=SendStatus.MISSED):
        log.warning("send missed", send=number)
        return
    if not due.update(status=SendStatus.PREPARING):
        return
    send = find(number)
    look = look_of(send.edition.list)
    if content_hash(send.revision, look) != send.content_hash:
        _pause(number, CHANGED_SINCE)
        return
    frozen = audience.freeze(send, look, size=MOST_READERS, now=now, useful_life=timings.useful_life)
    if frozen is None:
        return
    Edition.objects.filter(pk=send.edition_id, status=EditionStatus.SCHEDULED).update(
        status=EditionStatus.SENDING, changed_at=now
    )
    log.info("audience frozen", send=number, candidates=frozen.candidates, eligible=frozen.eligible)
    doorbell.ring("mailer.deliver", *frozen.batches)
    finish(number, now=now)


def deliver(batch: int, *, now: dt.datetime) -> None:
    """Take one batch through claim, fire and settle; nothing happens where another worker has it."""
    timings, began = settings.CONFIGURATION.timings, time.monotonic()

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - began)

    attempt = batches.claim(batch, now=now, lease=timings.lease)
    if attempt is None:
        return
    fired = batches.fire(batch, attempt, now=clock())
    if fired is not None:
        answer = batches.submit(fired, _transport())
        _settle(fired, answer, clock)
        log.info(
            "batch answered",
            batch=batch,
            attempt=attempt.hex,
            answer=answer.kind,
            readers=fired.readers,
            status=answer.status,
        )
    finish(Batch.objects.values_list("send_id", flat=True).get(pk=batch), now=clock())


def finish(number: int, *, now: dt.datetime) -> None:
    """Move a send on when nothing of it is open: computed from the rows, never from an empty queue."""
    running = Send.objects.filter(pk=number, status__in=RUNNING).exclude(frozen_at=None)
    settled = running.exclude(batches__state__in=OPEN)
    if settled.filter(status=SendStatus.SENDING, batches__state=BatchState.UNKNOWN).exists():
        settled.filter(status=SendStatus.SENDING).update(status=SendStatus.SETTLING)
        return
    certain = settled.exclude(batches__state=BatchState.UNKNOWN)
    with transaction.atomic():
        gaps = certain.filter(batches__state=BatchState.NOT_CONFIRMED).exists()
        # Late proof may close the gaps of a send that was done with them.
        status = SendStatus.DONE_WITH_GAPS if gaps else SendStatus.DONE
        if not certain.exclude(status=status).update(status=status, finished_at=now):
            return
        others = Send.objects.filter(status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING, *UNSETTLED])
        Edition.objects.filter(sends=number).exclude(sends__in=others).update(
            status=EditionStatus.DONE, changed_at=now
        )
    log.info("send done", send=number, gaps=gaps)


def sweep(*, now: dt.datetime) -> None:
    """Find whatever is due and ring for it: lost, doubled or late messages cost time, never a reader."""
    timings = settings.CONFIGURATION.timings
    batches.release(now=now)
    batches.doubt(now=now, after=timings.lease + timings.answer_timeout)
    batches.give_up(now=now)
    waiting = Send.objects.filter(
        status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING], scheduled_at__lte=now
    )
    bodies = EventBody.objects.filter(applied_at=None).order_by("pk").values_list("pk", flat=True)
    doorbell.ring("mailer.prepare", *waiting.order_by("scheduled_at").values_list("pk", flat=True))
    doorbell.ring("mailer.deliver", *batches.due(now=now, most=MOST_RUNG))
    doorbell.ring("mailer.apply_events", *bodies[:MOST_RUNG])
    lately = now - dt.timedelta(seconds=timings.useful_life) * 2
    for number in Send.objects.filter(
        Q(status__in=UNSETTLED) | Q(status=SendStatus.DONE_WITH_GAPS, finished_at__gt=lately)
    ).values_list("pk", flat=True):
        finish(number, now=now)


def _approval(edition: Edition, *, by: str, now: dt.datetime) -> Approval:
    """Return an approval of the newest revision as it stands, which no send has consumed."""
    revision = editions.newest(edition)
    content = content_hash(revision, look_of(edition.list))
    approval = revision.approvals.filter(send=None, content_hash=content).order_by("pk").last()
    if approval is not None:
        return approval
    if edition.list.second_approval:
        raise SendError(
            f"Edition {edition.pk} needs the word of a second person, and has none for this text;"
            f" they say it with `mailer editions approve {edition.pk}`"
        )
    return editions.approve(edition, by=by, now=now)


def _settle(fired: batches.Fired, answer: Answer, clock: Callable[[], dt.datetime]) -> None:
    """Write the answer, through a database that is away for half a minute: in hand, it must not get lost."""
    for pause in (0.5, 1, 2, 4, 8, 16, None):
        try:
            batches.settle(fired.batch, fired.attempt, answer, now=clock())
        except OperationalError as error:
            if pause is None:
                raise
            log.warning("answer not written yet", batch=fired.batch, error=type(error).__name__)
            connection.close()
            threading.Event().wait(pause)
        else:
            return


def _pause(number: int, reason: str) -> None:
    Send.objects.filter(pk=number, status__in=[SendStatus.PREPARING, SendStatus.SENDING]).update(
        status=SendStatus.PAUSED, pause_reason=reason
    )
    log.warning("send paused", send=number)


def _transport() -> SendGrid:
    configuration = settings.CONFIGURATION
    return SendGrid(
        configuration.sendgrid_api_key or SANDBOX_KEY,
        configuration.transport_url,
        configuration.timings.answer_timeout,
    )
