"""What follows from an answer, from proof, from a decision: pure, no database and no clock of their own.

The shell around it (mailer.batches) locks a batch, shows what its rows say, and does what is decided here.
None always means: somebody else has seen to it, nothing moves.
"""

import datetime as dt
import random
from dataclasses import dataclass

from mailer.transports.answers import AddressRefused, Answer, AnswerError, Partly, Refused
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState

# Batches that work is left on.
OPEN = (BatchState.PENDING, BatchState.CLAIMED, BatchState.SUBMITTING)
# Nothing of these has left since they were made or given back.
WAITING = (BatchState.PENDING, BatchState.CLAIMED)
# Their request may have been taken, and nobody has decided about it.
IN_DOUBT = (BatchState.SUBMITTING, BatchState.UNKNOWN)
# Batches that proof of acceptance, however late, still lifts.
DOUBTED = (*IN_DOUBT, BatchState.NOT_CONFIRMED)
# Batches that are closed once proof about an ancestor has lifted all their readers.
LIFTABLE = (BatchState.PENDING, BatchState.CLAIMED, BatchState.UNKNOWN, BatchState.NOT_CONFIRMED)

# Transports that answer reader by reader: there one event proves its own copy and no other.
BY_READER = frozenset({"smtp"})
SERVER_ERROR = 500  # from here on an HTTP answer says nothing of the copies it was about
# Answers after which nothing was taken, for certain: an event about such a request is an alarm.
REFUSALS = (AnswerKind.NOT_ACCEPTED, AnswerKind.REFUSED, AnswerKind.ADDRESS_REFUSED)

_FIRST_PAUSE, _LONGEST_PAUSE, _JITTER = 5.0, 600.0, 0.5  # seconds, seconds, share


@dataclass(frozen=True)
class Seen:
    """What a batch's locked rows say when its answer comes. `tries` counts its requests, from 1."""

    state: BatchState
    n: int
    tries: int = 1
    cancelled: bool = False  # its send is
    below_resent: bool = False  # its readers may hold a copy from an ancestor's request


@dataclass(frozen=True)
class Settlement:
    """What an answer does to the batch.

    `not_before` delays the next claim, of a pending child too; `pause` stops the send and says why.
    `reader` is written on the one reader left. `lift`: all below are accepted. `split`: the readers move
    to children, the named one alone and the rest, or, for 0, in halves. `parts`: readers part as told.
    `waiting` is what becomes of those who go back.
    """

    after: BatchState
    not_before: dt.datetime | None = None
    pause: str = ""
    reader: DeliveryState | None = None
    lift: bool = False
    split: int | None = None
    parts: Partly | None = None
    waiting: BatchState = BatchState.PENDING


def settlement(seen: Seen, answer: Answer, *, now: dt.datetime) -> Settlement | None:
    """Return what follows from `answer` to the batch's own attempt."""
    if isinstance(answer, Partly):
        return _parted(seen, answer, now)
    if answer.kind is AnswerKind.ACCEPTED:
        if seen.state in DOUBTED:
            return Settlement(BatchState.ACCEPTED)
        # Those who were sent another copy meanwhile have this one too.
        return Settlement(BatchState.CLOSED, lift=True) if seen.state is BatchState.RESENT else None
    if answer.kind is AnswerKind.UNKNOWN:
        return Settlement(BatchState.UNKNOWN) if seen.state is BatchState.SUBMITTING else None
    return _refused(seen, answer, now) if isinstance(answer, AnswerError) else None


def _refused(seen: Seen, answer: AnswerError, now: dt.datetime) -> Settlement | None:
    """Return what follows from an answer that says for certain that nothing was taken."""
    if seen.state is BatchState.RESENT:
        return Settlement(BatchState.CLOSED)  # the other copy is now the only one
    if seen.state not in IN_DOUBT:
        return None
    if seen.cancelled:
        return Settlement(gone(below_resent=seen.below_resent))
    if isinstance(answer, Refused):
        return Settlement(BatchState.PENDING, pause=answer.detail)
    if isinstance(answer, AddressRefused):
        return _address_refused(seen, answer)
    return Settlement(BatchState.PENDING, not_before=now + _wait(answer.wait, seen.tries))


def _address_refused(seen: Seen, answer: AddressRefused) -> Settlement:
    """Part a batch that was refused for one reader's sake; alone, the reader is refused."""
    if seen.n > 1:
        return Settlement(BatchState.SPLIT, split=answer.delivery)
    # Whoever may hold an earlier copy is not called rejected.
    reader = DeliveryState.NOT_CONFIRMED if seen.below_resent else DeliveryState.REJECTED
    return Settlement(BatchState.CLOSED, reader=reader)


def _parted(seen: Seen, answer: Partly, now: dt.datetime) -> Settlement | None:
    """Return what follows where the transport spoke of each reader."""
    waiting = gone(below_resent=seen.below_resent) if seen.cancelled else BatchState.PENDING
    held_up = bool(answer.deferred) or not answer.accepted
    not_before = now + _wait(answer.wait, seen.tries) if held_up or answer.wait is not None else None
    pause = "" if seen.cancelled else answer.pause
    if seen.state in IN_DOUBT:
        after = BatchState.ACCEPTED if answer.accepted else BatchState.CLOSED
        return Settlement(after, not_before=not_before, pause=pause, parts=answer, waiting=waiting)
    if seen.state in {BatchState.RESENT, BatchState.NOT_CONFIRMED}:
        # Decided about meanwhile: what was taken is lifted one by one, the rest stays decided.
        settled = seen.state is BatchState.RESENT and not answer.unknown
        return Settlement(BatchState.CLOSED if settled else seen.state, parts=answer)
    return None


def gone(*, below_resent: bool) -> BatchState:
    """Return what becomes of readers who wait when their send is cancelled."""
    return BatchState.NOT_CONFIRMED if below_resent else BatchState.CANCELLED


def proof(state: BatchState, *, whole: bool) -> Settlement | None:
    """Return what one genuine event does to the batch whose attempt it names.

    `whole`: the transport takes a request as a whole, so that one copy proves all; else only the copies
    told of are lifted, which the shell does by itself.
    """
    if not whole:
        return Settlement(state) if state in {*DOUBTED, BatchState.RESENT} else None
    if state in DOUBTED:
        return Settlement(BatchState.ACCEPTED)
    return Settlement(BatchState.CLOSED, lift=True) if state is BatchState.RESENT else None


def proves_all(transport: str, status: int | None) -> bool:
    """Return whether one event about an attempt proves all of it: not on SMTP, and not after a 5xx."""
    return transport not in BY_READER and (status or 0) < SERVER_ERROR


def lifted(state: BatchState, n: int) -> BatchState:
    """Return the state of a batch of which proof about an ancestor has left `n` readers."""
    return BatchState.CLOSED if n == 0 and state in LIFTABLE else state


def _wait(asked: float | None, tries: int) -> dt.timedelta:
    """Return what was asked for; a time that has passed already, as a slow clock has it, asks for nothing."""
    return dt.timedelta(seconds=asked or back_off(tries))


def back_off(tries: int, jitter: float | None = None) -> float:
    """Return the seconds to wait after `tries` refusals: 5·2ⁿ, half as much either way, at most ten minutes.

    `jitter`, from -1 to 1, is drawn where it is not given.
    """
    drawn = random.uniform(-1, 1) if jitter is None else jitter  # noqa: S311 - spreads load, hides nothing
    return min(_FIRST_PAUSE * 2.0 ** min(tries - 1, 10), _LONGEST_PAUSE) * (1 + _JITTER * drawn)
