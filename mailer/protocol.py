"""What follows from an answer: pure decisions, no database and no clock of their own."""

import datetime as dt
import random
from dataclasses import dataclass

from mailer.transports.answers import Answer
from mailer.vocabulary import AnswerKind, BatchState

# Batches that work is left on.
OPEN = (BatchState.PENDING, BatchState.CLAIMED, BatchState.SUBMITTING)
# Batches that proof of acceptance, however late, still lifts.
DOUBTED = (BatchState.SUBMITTING, BatchState.UNKNOWN, BatchState.NOT_CONFIRMED)

_FIRST_PAUSE, _LONGEST_PAUSE, _JITTER = 5.0, 600.0, 0.5  # seconds, seconds, share


@dataclass(frozen=True)
class Settlement:
    """What an answer does: the batch goes from one of `before` to `after`.

    `not_before` delays the next claim; `pause` stops the send and says why.
    """

    before: tuple[BatchState, ...]
    after: BatchState
    not_before: dt.datetime | None = None
    pause: str = ""


def settlement(answer: Answer, *, tries: int, now: dt.datetime) -> Settlement:
    """Return what follows from `answer` to the batch's attempt number `tries`, counted from 1."""
    in_doubt = (BatchState.SUBMITTING, BatchState.UNKNOWN)
    match answer.kind:
        case AnswerKind.ACCEPTED:
            return Settlement(DOUBTED, BatchState.ACCEPTED)
        case AnswerKind.NOT_ACCEPTED:
            wait = getattr(answer, "wait", None)
            pause = back_off(tries) if wait is None else wait
            return Settlement(in_doubt, BatchState.PENDING, not_before=now + dt.timedelta(seconds=pause))
        case AnswerKind.REFUSED:
            return Settlement(in_doubt, BatchState.PENDING, pause=answer.detail)
        case AnswerKind.UNKNOWN:
            return Settlement((BatchState.SUBMITTING,), BatchState.UNKNOWN)


def back_off(tries: int, jitter: float | None = None) -> float:
    """Return the seconds to wait after `tries` refusals: 5·2ⁿ, half as much either way, at most ten minutes.

    `jitter`, from -1 to 1, is drawn where it is not given.
    """
    drawn = random.uniform(-1, 1) if jitter is None else jitter  # noqa: S311 - spreads load, hides nothing
    return min(_FIRST_PAUSE * 2.0 ** min(tries - 1, 10), _LONGEST_PAUSE) * (1 + _JITTER * drawn)
