"""A send from schedule to settled: what the desk, the command line and the workers call.

The rows are the queue. Each verb may be called at any moment, twice or too late: a compare-and-swap
decides, and `sweep` finds whatever is due.
"""

import datetime as dt

import structlog
from django.conf import settings
from django.db import transaction

from mailer import audience, batches, doorbell, editions
from mailer.look import content_hash
from mailer.models import Batch, Edition, EventBody, Send
from mailer.protocol import OPEN
from mailer.timetable import Instant
from mailer.transports.sendgrid import MOST_READERS, SendGrid
from mailer.vocabulary import BatchState, EditionStatus, SendStatus

log = structlog.get_logger()

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
        revision = editions.newest(edition)
        approval = (
            revision.approvals.filter(send=None, content_hash=content_hash(revision)).order_by("pk").last()
        )
        if approval is None:
            if owner.second_approval:
                raise SendError(
                    f"Edition {edition.pk} needs the word of a second person, and has none for this text;"
                    f" they say it with `mailer editions approve {edition.pk}`"
                )
            approval = editions.approve(edition, by=by, now=now)
        send = Send.objects.create(
            edition=edition,
            revision=revision,
            approval=approval,
            content_hash=approval.content_hash,
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
    due = Send.objects.filter(pk=number, scheduled_at__lte=now)
    too_late = now - dt.timedelta(seconds=timings.missed_after)
    if due.filter(status=SendStatus.SCHEDULED, scheduled_at__lt=too_late).update(status=SendStatus.MISSED):
        log.warning("send missed", send=number)
        return
    # One that died while preparing is prepared again: everything here may be done twice.
    if not due.filter(status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING]).update(
        status=SendStatus.PREPARING
    ):
        return
    send = find(number)
    if content_hash(send.revision) != send.content_hash:
        _pause(
            number,
            "What was approved has changed since (text, look, sender or postal address); approve it"
            " again and schedule it anew",
            now=now,
        )
        return
    frozen = audience.freeze(send, size=MOST_READERS, now=now, useful_life=timings.useful_life)
    if frozen is None:
        return
    Edition.objects.filter(pk=send.edition_id).update(status=EditionStatus.SENDING, changed_at=now)
    log.info("audience frozen", send=number, candidates=frozen.candidates, eligible=frozen.eligible)
    for batch in frozen.batches:
        doorbell.ring("mailer.deliver", batch)
    finish(number, now=now)


def deliver(batch: int, *, now: dt.datetime) -> None:
    """Take one batch through claim, fire and settle; nothing happens where another worker has it."""
    configuration = settings.CONFIGURATION
    attempt = batches.claim(batch, now=now, lease=configuration.timings.lease)
    if attempt is None:
        return
    fired = batches.fire(batch, attempt, now=now)
    if fired is not None:
        answer = batches.submit(fired, _transport())
        batches.settle(batch, attempt, answer, now=dt.datetime.now(dt.UTC))
        log.info(
            "batch answered",
            batch=batch,
            attempt=attempt.hex,
            answer=answer.kind,
            readers=fired.readers,
            status=answer.status,
        )
    finish(Batch.objects.values_list("send_id", flat=True).get(pk=batch), now=dt.datetime.now(dt.UTC))


def finish(number: int, *, now: dt.datetime) -> None:
    """Move a send on when nothing of it is open: computed from the rows, never from an empty queue."""
    states = set(Batch.objects.filter(send=number).values_list("state", flat=True).distinct())
    if states & set(OPEN):
        return
    if BatchState.UNKNOWN in states:
        Send.objects.filter(pk=number, status=SendStatus.SENDING).update(status=SendStatus.SETTLING)
        return
    gaps = BatchState.NOT_CONFIRMED in states
    with transaction.atomic():
        ended = (
            Send.objects.filter(pk=number, status__in=[SendStatus.SENDING, SendStatus.SETTLING])
            .exclude(batches__state__in=[*OPEN, BatchState.UNKNOWN])
            .update(status=SendStatus.DONE_WITH_GAPS if gaps else SendStatus.DONE, finished_at=now)
        )
        if ended:
            Edition.objects.filter(sends=number).update(status=EditionStatus.DONE, changed_at=now)
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
    for number in waiting.order_by("scheduled_at").values_list("pk", flat=True):
        doorbell.ring("mailer.prepare", number)
    for number in batches.due(now=now, most=MOST_RUNG):
        doorbell.ring("mailer.deliver", number)
    running = Send.objects.filter(status__in=[SendStatus.SENDING, SendStatus.SETTLING])
    for number in running.values_list("pk", flat=True):
        finish(number, now=now)
    for number in (
        EventBody.objects.filter(applied_at=None).order_by("pk").values_list("pk", flat=True)[:MOST_RUNG]
    ):
        doorbell.ring("mailer.apply_events", number)


def _pause(number: int, reason: str, *, now: dt.datetime) -> None:
    Send.objects.filter(pk=number, status__in=[SendStatus.PREPARING, SendStatus.SENDING]).update(
        status=SendStatus.PAUSED, pause_reason=reason
    )
    log.warning("send paused", send=number, at=now.isoformat())


def _transport() -> SendGrid:
    configuration = settings.CONFIGURATION
    return SendGrid(
        configuration.sendgrid_api_key or SANDBOX_KEY,
        configuration.transport_url,
        configuration.timings.answer_timeout,
    )


SANDBOX_KEY = "SG.sandbox"  # the sandbox takes any key
