"""One batch on its way: pay the pace, claim, fire, offer, settle; nothing happens where another has it."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from mailer import batches, doorbell, journal, pace
from mailer.environment import Timings
from mailer.faultpoints import reach
from mailer.journal import Journal
from mailer.models import Batch, Send
from mailer.protocol import BY_READER
from mailer.sends.controlling import WORKER, pause
from mailer.sends.finishing import finish
from mailer.transports.answers import Answer, NotAccepted
from mailer.transports.chosen import transport_of
from mailer.transports.port import Transport
from mailer.vocabulary import AnswerKind, BatchState, SendStatus

log = structlog.get_logger()

Clock = Callable[[], dt.datetime]
# How long an answer in hand waits for a database that is away; later the sweep of this process tries.
PATIENCE = (0.5, 1, 2, 4, 8, 16)
# Before it is lengthened, at most so many seconds and so much of the lease may pass: that is how soon a
# pause or a cancel is heard between two letters.
RENEW_AFTER, RENEW_AT = 2.0, 0.5
# Seconds that one batch may take letter by letter, and at most so much of the time until somebody may decide
# that its letters are sent again; the rest goes back.
LONGEST_TURN, TURN_OF_WAIT = 300.0, 0.9


@dataclass
class _InHand:
    """Answers that are heard and not yet in the database."""

    answers: dict[uuid.UUID, tuple[int, Answer]]


_in_hand = _InHand({})


class Watch:
    """Stands beside a transport that sends letter by letter: while the lease is valid, one may begin."""

    def __init__(self, fired: batches.Fired, log_: Journal, clock: Clock, lease: float) -> None:
        """Begin with the lease that T2 left."""
        self._fired, self._journal, self._clock, self._lease = fired, log_, clock, lease
        self._since = fired.at

    def begin(self, delivery: int) -> bool:
        """Note that a copy's first byte leaves now; False where the lease is over or another's."""
        uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
        held = uptime - self._since
        if held > self._lease or uptime - self._fired.at > longest_turn(settings.CONFIGURATION.timings):
            return False
        if held > min(RENEW_AFTER, self._lease * RENEW_AT):
            renewed = batches.renew(
                self._fired.batch, self._fired.attempt, now=self._clock(), lease=self._lease
            )
            if not renewed:
                return False
            self._since = uptime
        self._journal.begin(self._fired.attempt, delivery)
        reach("submit.before_message")
        return True

    def end(self, delivery: int, said: str) -> None:
        """Note what became of a copy."""
        reach("submit.after_message")
        self._journal.end(self._fired.attempt, delivery, said)


def longest_turn(timings: Timings) -> float:
    """Return the seconds after T2 in which a letter may begin: its answer comes before anybody may decide."""
    return min(LONGEST_TURN, TURN_OF_WAIT * (timings.unknown_wait - timings.answer_timeout))


def deliver(batch: int, *, now: dt.datetime) -> None:
    """Take one batch through claim, fire and settle."""
    configuration, began = settings.CONFIGURATION, time.monotonic()
    settle_in_hand(now=now)

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - began)

    transport = transport_of(configuration)
    lines = journal.mine(configuration.data_dir / "journal")
    limits = _paid(batch, transport, now=now)
    if limits is None:
        return
    attempt = batches.claim(batch, now=now, lease=configuration.timings.lease)
    if attempt is None:
        _refund(transport, limits, now)
        return
    reach("claim.after_commit")
    fired = _fired(batch, attempt, transport, limits, lines, clock)
    if fired is not None:
        reach("submit.before_request")
        answer = batches.submit(fired, transport, Watch(fired, lines, clock, configuration.timings.lease))
        reach("submit.after_answer")
        lines.answer(attempt, answer)
        reach("submit.after_journal")
        _settled(fired, answer, clock)
        log.info(
            "batch answered",
            batch=batch,
            attempt=attempt.hex,
            answer=answer.kind,
            readers=fired.readers,
            status=answer.status,
        )
        _ring_for_the_rest(fired, answer)
    finish(Batch.objects.values_list("send_id", flat=True).get(pk=batch), now=clock())


def _ring_for_the_rest(fired: batches.Fired, answer: Answer) -> None:
    """Ring at once for readers who moved to batches of their own and may go now."""
    if answer.kind in {AnswerKind.ADDRESS_REFUSED, AnswerKind.PARTLY}:
        made = Batch.objects.filter(parent=fired.batch, state=BatchState.PENDING, not_before=None)
        doorbell.ring("mailer.deliver", *made.values_list("pk", flat=True))
    if fired.later:
        doorbell.ring("mailer.deliver", fired.later)


def settle_in_hand(*, now: dt.datetime) -> None:
    """Write the answers that this process heard while the database was away."""
    lines = journal.mine(settings.CONFIGURATION.data_dir / "journal") if _in_hand.answers else None
    for attempt, (batch, answer) in list(_in_hand.answers.items()):
        batches.settle(batch, attempt, answer, now=now)
        _in_hand.answers.pop(attempt, None)
        if lines:
            lines.settled(attempt)


def _paid(batch: int, transport: Transport, *, now: dt.datetime) -> batches.Limits | None:
    """Pay for a batch that waits; None if it is not there to take, or has to wait for the pace."""
    rates = settings.CONFIGURATION.rates
    waiting = Batch.objects.filter(
        pk=batch,
        state=BatchState.PENDING,
        send__in=Send.objects.filter(status=SendStatus.SENDING),
    )
    for (n,) in waiting.values_list("n"):
        admission = pace.admit(transport.name, min(n, transport.most_readers), rates, now=now)
        if not admission.granted:
            batches.postpone(batch, admission.not_before or now)
            return None
        limits = _limits(batch, n, admission.most, transport, now=now)
        _refund(transport, batches.Limits(admission.most - limits.most, {}), now)
        if limits.most:
            return limits
        # Nobody in it may go yet: it waits whole, and is not taken apart for nothing.
        batches.postpone(batch, limits.not_before or now)
    return None


def _limits(batch: int, n: int, most: int, transport: Transport, *, now: dt.datetime) -> batches.Limits:
    """Return how many of a batch of `n` may go, and of which domains; 0 where all their domains must wait."""
    rates = settings.CONFIGURATION.rates
    if not rates.domains:
        return batches.Limits(most, {})
    wanted = batches.domains_of(batch)
    granted = dict(pace.allot(transport.name, wanted, rates, now=now))
    later = pace.when(transport.name, granted, rates, now=now) if granted else None
    free = n - sum(wanted[domain] - count for domain, count in granted.items())
    return batches.Limits(min(most, free), granted, later)


def _refund(transport: Transport, unused: batches.Limits, now: dt.datetime) -> None:
    """Give back what was paid for readers who got no letter."""
    if unused.most > 0 or any(unused.domains.values()):
        rates = settings.CONFIGURATION.rates
        pace.refund(transport.name, unused.most, rates, now=now, domains=unused.domains)


def _fired(
    batch: int,
    attempt: uuid.UUID,
    transport: Transport,
    limits: batches.Limits,
    lines: Journal,
    clock: Clock,
) -> batches.Fired | None:
    """Note in the journal that the request may leave, then pass the point of no return."""
    try:
        lines.fire(attempt, batch, by_reader=transport.name in BY_READER)
    except OSError:
        batches.give_back(batch, attempt)  # a full disk here: nothing has left, and others may have room
        _refund(transport, limits, clock())
        raise
    reach("fire.after_journal")
    try:
        fired = batches.fire(batch, attempt, transport, now=clock(), limits=limits)
    except Exception as error:
        # It may have failed after its commit: what we know for certain is that nothing was sent.
        nothing = NotAccepted("the point of no return failed; nothing was sent")
        _in_hand.answers[attempt] = (batch, nothing)
        lines.answer(attempt, nothing)
        if isinstance(error, batches.MiscountError):
            _stop(batch, error, clock())
        raise
    if fired is None:
        lines.settled(attempt)
        _refund(transport, limits, clock())
    else:
        _refund(transport, batches.Limits(limits.most - fired.readers, fired.unused), clock())
    return fired


def _stop(batch: int, error: batches.MiscountError, now: dt.datetime) -> None:
    """Pause the send of a batch that would lose somebody: the rows are wrong, and a person must look."""
    for (number,) in Batch.objects.filter(pk=batch).values_list("send"):
        pause(number, by=WORKER, now=now, reason=f"{error}; nothing of it was sent")


def _settled(fired: batches.Fired, answer: Answer, clock: Clock) -> None:
    """Write the answer, through a database that is away for half a minute: in hand, it must not get lost."""
    _in_hand.answers[fired.attempt] = (fired.batch, answer)
    for patience in (*PATIENCE, None):
        try:
            settle_in_hand(now=clock())
        except (OperationalError, InterfaceError) as error:  # it did not do it, or the connection is gone
            if patience is None:
                raise
            log.warning("answer not written yet", batch=fired.batch, error=type(error).__name__)
            connection.close()
            threading.Event().wait(patience)
        else:
            return
