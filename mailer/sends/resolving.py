"""Unknown, resolved by evidence, by a person, or by the policy that the list opted into."""

import datetime as dt
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

from mailer import batches, doorbell, evidence, notices
from mailer.models import Batch, Send
from mailer.sends.errors import SendError
from mailer.sends.finishing import finish
from mailer.sends.scheduling import find
from mailer.vocabulary import BatchState
from subscribers import changes
from subscribers.vocabulary import WhenUnknown

log = structlog.get_logger()

POLICY = "the list's policy"


@dataclass(frozen=True)
class Resolved:
    """What was decided: how many readers, and how many more cannot be decided about yet."""

    readers: int
    too_early: int


def resend(number: int, *, by: str, now: dt.datetime) -> Resolved:
    """Send again to all readers who are unknown and have waited: some may get the letter twice.

    Raises SendError where the send is cancelled, or nothing is unknown.
    """
    send = _with_doubt(number)
    if send.status not in batches.RESENDABLE:
        raise SendError(f"Send {number} is {send.status}: nobody of it is written to again")
    waited, early = _waited(number, now)
    wait = settings.CONFIGURATION.timings.unknown_wait
    line = _line(send, by=by, now=now)
    readers = 0
    for batch in waited:
        with transaction.atomic():
            decided = batches.resend(batch.pk, by=by, now=now, wait=wait)
            readers += decided
            if decided:
                line.write({"decision": "send again", "readers": readers})
    log.warning("unknown sent again", send=number, readers=readers, by=by)
    doorbell.ring("mailer.deliver", *batches.due(now=now, most=1_000))
    return _told(Resolved(readers, early), number)


def leave_out(number: int, *, by: str, now: dt.datetime) -> Resolved:
    """Leave out all readers who are unknown and have waited: some may not have the letter.

    Raises SendError where nothing is unknown.
    """
    send = _with_doubt(number)
    waited, early = _waited(number, now)
    wait = settings.CONFIGURATION.timings.unknown_wait
    line = _line(send, by=by, now=now)
    readers = 0
    for batch in waited:
        with transaction.atomic():
            decided = batches.leave_out(batch.pk, by=by, now=now, wait=wait)
            readers += decided
            if decided:
                line.write({"decision": "leave out", "readers": readers})
    log.warning("unknown left out", send=number, readers=readers, by=by)
    finish(number, now=now)
    return _told(Resolved(readers, early), number)


def look_up(number: int, *, now: dt.datetime) -> evidence.LookedUp:
    """Ask the transport's own log about the unknown batches; what it knows is proof."""
    _with_doubt(number)
    found = evidence.look_up(number, now=now)
    finish(number, now=now)
    return found


def by_policy(*, now: dt.datetime) -> None:
    """Decide about what has waited, where the list says how; tell the owner of what is held.

    A policy sends a reader's letter again once: whoever is in doubt after that waits for a person.
    """
    wait = settings.CONFIGURATION.timings.unknown_wait
    long_ago = now - dt.timedelta(seconds=wait)
    held = Batch.objects.filter(state=BatchState.UNKNOWN, fired_at__lt=long_ago)
    for number, policy in (
        held.order_by("send").values_list("send", "send__edition__list__when_unknown").distinct()
    ):
        decide = {
            WhenUnknown.RESEND: batches.resend_once,
            WhenUnknown.LEAVE_OUT: batches.leave_out,
        }.get(WhenUnknown(policy))
        waited = batches.unknown(number, now=now, wait=wait)
        readers = sum(decide(batch.pk, by=POLICY, now=now, wait=wait) for batch in waited) if decide else 0
        if readers:
            log.warning("unknown decided by policy", send=number, readers=readers, policy=policy)
        elif waited:
            with transaction.atomic():
                notices.tell(find(number), notices.News.UNKNOWN, now=now)
        finish(number, now=now)


def _with_doubt(number: int) -> Send:
    send = find(number)
    if not send.batches.filter(state=BatchState.UNKNOWN).exists():
        raise SendError(f"Nothing of send {number} is unknown: there is nothing to decide")
    return send


def _line(send: Send, *, by: str, now: dt.datetime) -> changes.Growing:
    """Return the audit line about a decision, which grows batch by batch."""
    return changes.Growing(
        "sends resolve", by=by, at=now, newsletter=send.edition.list, subject=f"send {send.pk}"
    )


def _waited(number: int, now: dt.datetime) -> tuple[list[Batch], int]:
    """Return the batches that may be decided about, and how many readers have to wait longer."""
    waited = batches.unknown(number, now=now, wait=settings.CONFIGURATION.timings.unknown_wait)
    known = {batch.pk for batch in waited}
    unknown = Batch.objects.filter(send=number, state=BatchState.UNKNOWN).values_list("pk", "n")
    return waited, sum(n for batch, n in unknown if batch not in known)


def _told(resolved: Resolved, number: int) -> Resolved:
    """Raise SendError where everything was too early, which changes nothing."""
    if not resolved.readers and resolved.too_early:
        minutes = settings.CONFIGURATION.timings.unknown_wait / 60
        raise SendError(
            f"{resolved.too_early:,} readers of send {number} are unknown for less than {minutes:g} minutes:"
            " an answer or an event may still come; try again then"
        )
    return resolved
