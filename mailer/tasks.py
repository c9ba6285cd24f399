"""What a worker does when the bell rings: an id in, one call."""

import datetime as dt

from celery import shared_task
from django.conf import settings

from mailer import doorbell, events, outbox, reckoning, retention, sends, syncing
from mailer.tracking import applying
from mailer.transports.chosen import transport_of
from subscribers import answering


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@shared_task(name="mailer.prepare")
def prepare(send: int) -> None:
    """Prepare a send that is due."""
    sends.prepare(send, now=_now())


@shared_task(name="mailer.deliver")
def deliver(batch: int) -> None:
    """Take one batch to the transport."""
    sends.deliver(batch, now=_now())


@shared_task(name="mailer.apply_events")
def apply_events(body: int) -> None:
    """Apply one webhook body."""
    events.apply(body, now=_now())


@shared_task(name="mailer.apply_glimpses")
def apply_glimpses(newest: int) -> None:
    """Apply what our own picture and links noted, up to one number."""
    applying.apply_until(newest, now=_now())


@shared_task(name="mailer.answer")
def answer(request: int) -> None:
    """Answer what was asked on a page."""
    letter = answering.answer(request, at=_now())
    if letter is not None:
        doorbell.ring("mailer.letter", letter)


@shared_task(name="mailer.letter")
def letter(number: int) -> None:
    """Take one letter to one person to the transport."""
    outbox.deliver(number, transport_of(settings.CONFIGURATION), now=_now())


@shared_task(name="mailer.sweep")
def sweep() -> None:
    """Ring for whatever is due."""
    sends.sweep(now=_now())


# Acknowledged at once: the first may outlast what the broker waits for; a lost one is made up the next night.
@shared_task(name="mailer.retention", acks_late=False, time_limit=6 * 3600)
def keep() -> None:
    """Remove what has been kept long enough."""
    retention.keep(now=_now())


# The same.
@shared_task(name="mailer.sync_suppressions", acks_late=False, time_limit=6 * 3600)
def sync_suppressions() -> None:
    """Bring suppressions up to date with SendGrid's lists and with soft bounces."""
    syncing.nightly(now=_now())


# The same; what is lost is made up an hour later.
@shared_task(name="mailer.reckon", acks_late=False, time_limit=3600)
def reckon() -> None:
    """Count each list's days that are over."""
    reckoning.reckon(now=_now())
