"""A send that is due: its letters are rendered, its audience frozen, its batches rung for."""

import datetime as dt

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from mailer import audience, batches, corrections, doorbell, notices, trials
from mailer.look import content_hash, look_of
from mailer.models import Edition, Send
from mailer.rendering.values import Look
from mailer.sends.finishing import finish
from mailer.sends.scheduling import find
from mailer.transports.chosen import transport_of
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers.pausing import resume_due

log = structlog.get_logger()

CHANGED_SINCE = (
    "What was approved has changed since (text, look, sender or postal address); approve it again and"
    " schedule it anew"
)


def prepare(number: int, *, now: dt.datetime) -> None:
    """Render the variants and freeze the audience of a send that is due, then ring for its batches."""
    timings = settings.CONFIGURATION.timings
    # One that died while preparing is prepared again: everything here may be done twice.
    begun = Q(status=SendStatus.PREPARING)
    due = Send.objects.filter(begun | Q(status=SendStatus.SCHEDULED, scheduled_at__lte=now), pk=number)
    too_late = now - dt.timedelta(seconds=timings.missed_after)
    with transaction.atomic():
        if due.filter(scheduled_at__lt=too_late).update(status=SendStatus.MISSED):
            notices.tell(find(number), notices.News.MISSED, now=now)
            log.warning("send missed", send=number)
            return
    if not due.update(status=SendStatus.PREPARING):
        return
    send = find(number)
    look = look_of(send.edition.list)
    if content_hash(send.revision, look) != send.content_hash:
        _pause(send, CHANGED_SINCE, now)
        return
    if send.kind == SendKind.SEND:
        resume_due(send.edition.list, now=now)
    _cancel_for_good(send)
    frozen = _freeze(send, look, now)
    if frozen is None:
        return
    if send.kind != SendKind.TEST:
        Edition.objects.filter(pk=send.edition_id, status=EditionStatus.SCHEDULED).update(
            status=EditionStatus.SENDING, changed_at=now
        )
    log.info("audience frozen", send=number, candidates=frozen.candidates, eligible=frozen.eligible)
    doorbell.ring("mailer.deliver", *frozen.batches)
    finish(number, now=now)


def _freeze(send: Send, look: Look, now: dt.datetime) -> audience.Frozen | None:
    """Freeze the audience that this kind of send has; None if another worker did."""
    size = transport_of(settings.CONFIGURATION).most_readers
    life = settings.CONFIGURATION.timings.useful_life
    match SendKind(send.kind):
        case SendKind.SEND:
            return audience.freeze(send, look, size=size, now=now, useful_life=life)
        case SendKind.CORRECTION:
            return corrections.freeze(send, look, size=size, now=now, useful_life=life)
        case SendKind.TEST:
            return trials.freeze(send, look, size=size, now=now, useful_life=life)


def _cancel_for_good(send: Send) -> None:
    """Write `cancelled` on the copies in cancelled batches of the edition, so that their readers are free."""
    if send.kind != SendKind.TEST:
        with transaction.atomic():
            batches.cancel_for_good(send.edition_id)


def _pause(send: Send, reason: str, now: dt.datetime) -> None:
    with transaction.atomic():
        held = Send.objects.filter(pk=send.pk, status=SendStatus.PREPARING)
        if held.update(status=SendStatus.PAUSED, pause_reason=reason):
            notices.tell(send, notices.News.PAUSED, now=now, words=reason)
            log.warning("send paused", send=send.pk)
