"""Letters to one person, delivered by the rules of a batch of one: claim, fire, settle.

The row is the queue, and every step a compare-and-swap. A crash before `fire` commits is harmless; after it
the letter is in doubt, and no machine sends it again.
"""

import datetime as dt
import time
import uuid
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from mailer import outgoing
from mailer.batches.settling import LATEST_AFTER_FIRE
from mailer.database import durably, fetch, locking
from mailer.outgoing import COPY
from mailer.transports.answers import Answer, NotAccepted, Partly
from mailer.transports.port import Parcel, Transport
from mailer.vocabulary import AnswerKind
from subscribers.models import Letter
from subscribers.vocabulary import OutboxState

log = structlog.get_logger()

# Seconds between a refusal and the next offer: twice as long each time, up to ten minutes; an hour where a
# person must act first.
SHORTEST_WAIT, LONGEST_WAIT, WAIT_FOR_A_PERSON = 5.0, 600.0, 3600.0
_DOUBTED = (OutboxState.SUBMITTING, OutboxState.UNKNOWN)
# Without a list it has nobody to come from, and waits.
_READY = Q(list__isnull=False)


@dataclass(frozen=True)
class Fired:
    """A request that must now be offered, once; `at` is CLOCK_BOOTTIME just before the commit."""

    letter: int
    attempt: uuid.UUID
    parcel: Parcel
    at: float


@dataclass(frozen=True)
class Outcome:
    """What an answer does: the letter goes from one of `before` to `after`, and may wait for a person."""

    before: tuple[OutboxState, ...]
    after: OutboxState
    words: str = ""
    wait: float | None = None  # seconds; None: as long again as it has waited so far
    needs_a_person: bool = False


def due(*, now: dt.datetime, most: int) -> list[int]:
    """Return at most `most` letters that wait to be claimed, oldest first."""
    waiting = Letter.objects.filter(_READY, _not_before(now), state=OutboxState.PENDING)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:most])


def deliver(letter: int, transport: Transport, *, now: dt.datetime) -> None:
    """Take one letter through claim, fire and settle; nothing happens where another worker has it."""
    began = time.monotonic()

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - began)

    attempt = claim(letter, now=now, lease=settings.CONFIGURATION.timings.lease)
    if attempt is None:
        return
    fired = fire(letter, attempt, transport, now=clock())
    if fired is not None:
        settle(letter, attempt, submit(fired, transport), now=clock())


def claim(letter: int, *, now: dt.datetime, lease: float) -> uuid.UUID | None:
    """Lease a pending letter for `lease` seconds; None if it is not there to take."""
    attempt = uuid.uuid4()
    waiting = Letter.objects.filter(_READY, _not_before(now), pk=letter, state=OutboxState.PENDING)
    taken = waiting.update(
        state=OutboxState.CLAIMED, attempt=attempt, lease_until=now + dt.timedelta(seconds=lease)
    )
    return attempt if taken else None


def fire(letter: int, attempt: uuid.UUID, transport: Transport, *, now: dt.datetime) -> Fired | None:
    """Pass the point of no return in one durable transaction; None if the letter is no longer to be sent.

    Whoever was suppressed, has left or was erased before gets nothing: the letter is cancelled, or gone.
    """
    with transaction.atomic(durable=True):
        durably()
        if not _hold(letter, attempt):
            return None
        row = Letter.objects.select_related("list", "subscriber").get(pk=letter)
        mine = Letter.objects.filter(pk=letter, state=OutboxState.CLAIMED, attempt=attempt)
        if reason := outgoing.kept_back(row):
            mine.update(state=OutboxState.CANCELLED, answer=reason, lease_until=None)
            log.warning("letter cancelled", letter=letter, kind=row.kind, reason=reason)
            return None
        envelope, reader = outgoing.made(row, attempt)
        parcel = transport.pack(envelope, [reader])
        outgoing.leaves(row, now=now)
        mine.update(state=OutboxState.SUBMITTING, fired_at=now, values=row.values, occasion=row.occasion)
        # Before the commit, so that a process stopped within it is seen to be late.
        at = time.clock_gettime(time.CLOCK_BOOTTIME)
    return Fired(letter, attempt, parcel, at)


def submit(fired: Fired, transport: Transport) -> Answer:
    """Offer the request once and return what came of it."""
    if time.clock_gettime(time.CLOCK_BOOTTIME) - fired.at > LATEST_AFTER_FIRE:
        return NotAccepted("this process was held up between commit and request; nothing was sent")
    return transport.submit(fired.parcel, _Free())


def settle(letter: int, attempt: uuid.UUID, answer: Answer, *, now: dt.datetime) -> bool:
    """Write what became of a request; return whether this call moved the letter."""
    outcome = outcome_of(answer)
    with transaction.atomic():
        mine = Letter.objects.filter(pk=letter, attempt=attempt, state__in=outcome.before)
        row = mine.select_for_update(of=("self",)).first()
        if row is None:
            return False
        wait = wait_after(now - row.created_at) if outcome.wait is None else outcome.wait
        again = outcome.after is OutboxState.PENDING
        mine.update(
            state=outcome.after,
            answer=outcome.words,
            message_id=answer.message_id,
            lease_until=None,
            not_before=now + dt.timedelta(seconds=wait) if again else None,
        )
    told = {"letter": letter, "kind": row.kind, "attempt": attempt.hex, "state": outcome.after.value}
    if outcome.needs_a_person:
        log.error("letter refused until a person acts", words=outcome.words, retry_in=wait, **told)
    elif outcome.after is OutboxState.ACCEPTED:
        log.info("letter answered", **told)
    else:
        log.warning("letter not accepted", words=outcome.words, **told)
    return True


def release(*, now: dt.datetime) -> int:
    """Give back claimed letters whose lease is over: nothing of them has left."""
    return Letter.objects.filter(state=OutboxState.CLAIMED, lease_until__lt=now).update(
        state=OutboxState.PENDING, attempt=None, lease_until=None
    )


def doubt(*, now: dt.datetime, after: float) -> int:
    """Call unknown what was fired more than `after` seconds ago and never answered; it is not sent again."""
    silent = Letter.objects.filter(
        state=OutboxState.SUBMITTING, fired_at__lt=now - dt.timedelta(seconds=after)
    )
    doubted = silent.update(
        state=OutboxState.UNKNOWN,
        lease_until=None,
        answer="the process that sent it was never heard of again",
    )
    if doubted:
        log.warning("letters unknown", letters=doubted)
    return doubted


def outcome_of(answer: Answer) -> Outcome:
    """Return what follows from the answer to a letter's request."""
    if isinstance(answer, Partly):
        return _alone(answer)
    words, wait = answer.detail, getattr(answer, "wait", None)
    match answer.kind:
        case AnswerKind.ACCEPTED:
            return Outcome(_DOUBTED, OutboxState.ACCEPTED, words)
        case AnswerKind.NOT_ACCEPTED:
            return Outcome(_DOUBTED, OutboxState.PENDING, words, wait)
        case AnswerKind.REFUSED:
            return Outcome(_DOUBTED, OutboxState.PENDING, words, WAIT_FOR_A_PERSON, needs_a_person=True)
        case AnswerKind.ADDRESS_REFUSED:
            return Outcome(_DOUBTED, OutboxState.REJECTED, words)
    return Outcome((OutboxState.SUBMITTING,), OutboxState.UNKNOWN, words)


def _alone(answer: Partly) -> Outcome:
    """Return what a transport that answers reader by reader said of the only one."""
    if COPY in answer.accepted:
        return Outcome(_DOUBTED, OutboxState.ACCEPTED, answer.detail)
    if COPY in answer.unknown:
        return Outcome((OutboxState.SUBMITTING,), OutboxState.UNKNOWN, answer.detail)
    if COPY in answer.rejected:
        return Outcome(_DOUBTED, OutboxState.REJECTED, answer.rejected[COPY])
    if answer.pause:
        return Outcome(_DOUBTED, OutboxState.PENDING, answer.pause, WAIT_FOR_A_PERSON, needs_a_person=True)
    return Outcome(_DOUBTED, OutboxState.PENDING, answer.deferred.get(COPY, answer.detail), answer.wait)


def wait_after(age: dt.timedelta) -> float:
    """Return the seconds until a letter of this age is offered again: as many again, within bounds.

    So the wait doubles each time without anybody having counted.
    """
    return min(max(age.total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)


class _Free:
    """A witness that holds nothing back: a letter alone has no rest to stop, and its row is its journal."""

    def begin(self, delivery: int) -> bool:
        """Let it go."""
        return delivery == COPY

    def end(self, delivery: int, said: str) -> None:
        """Leave it to the answer."""


def _not_before(now: dt.datetime) -> Q:
    return Q(not_before=None) | Q(not_before__lte=now)


def _hold(letter: int, attempt: uuid.UUID) -> bool:
    """Lock the letter; return whether it is still there and still mine."""
    mine = fetch(
        f"SELECT id FROM letter WHERE id = %s AND state = 'claimed' AND attempt = %s{locking('UPDATE')}",
        [letter, attempt.hex],
    )
    return bool(mine)
