"""A clock that ran ahead and was set back leaves moments in the rows that lie further ahead than any wait.

Nobody can have meant them, and whoever waited for them would stand still for as long as the clock was set
back. Each is put to the longest that may be meant from now on. What was fired in the future was fired by now:
its batch is in doubt for as long as ever, counted from here. The attempt keeps the moment that was written,
since it may be this clock that is wrong: whoever decides about a doubt asks both (mailer.batches.doubting).
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from mailer.models import Batch, Send, Transport
from mailer.outbox import WAIT_FOR_A_PERSON
from mailer.pace import turn
from mailer.rates import HOUR, LATE, SLOWEST
from mailer.transports import answers
from mailer.vocabulary import BatchState, SendStatus
from subscribers.models import Letter
from subscribers.vocabulary import OutboxState

HELD = (BatchState.CLAIMED, BatchState.SUBMITTING)
DOUBTED = (BatchState.SUBMITTING, BatchState.UNKNOWN)
BEGUN = (SendStatus.SENDING, SendStatus.PAUSED, SendStatus.SETTLING, SendStatus.CANCELLED)
# Seconds by which hosts' clocks may differ, and a sweep be slower than those it sweeps for.
SLACK = 60.0
# The slowest pace is a letter an hour, and no transport may ask for more (answers.LONGEST_WAIT).
LONGEST_PACE = HOUR / SLOWEST[HOUR] + LATE


def rewind(*, now: dt.datetime) -> int:
    """Bring back every wait that no sound clock can have set; return how many rows that were."""
    timings = settings.CONFIGURATION.timings
    longest = max(LONGEST_PACE, answers.LONGEST_WAIT)
    batches, letters = Batch.objects.all(), Letter.objects.all()
    sends = Send.objects.filter(status__in=BEGUN)
    return (
        _at_most(batches.filter(state=BatchState.PENDING), "not_before", now, longest)
        + _at_most(batches.filter(state__in=HELD), "lease_until", now, timings.lease)
        + _at_most(batches.filter(state__in=DOUBTED), "fired_at", now, 0)
        + _at_most(letters.filter(state=OutboxState.PENDING), "not_before", now, WAIT_FOR_A_PERSON)
        + _at_most(letters.filter(state=OutboxState.CLAIMED), "lease_until", now, timings.lease)
        + _at_most(letters.filter(state=OutboxState.SUBMITTING), "fired_at", now, 0)
        + _at_most(sends, "useful_until", now, timings.useful_life)
        + _at_most(Transport.objects.all(), "not_before", now, answers.LONGEST_WAIT)
        + sum(
            _at_most(Transport.objects.filter(doubts=doubts), "turn_at", now, turn(doubts).total_seconds())
            for doubts in Transport.objects.filter(turn_at__gt=now).values_list("doubts", flat=True)
        )
    )


def _at_most(rows: QuerySet[Any], column: str, now: dt.datetime, seconds: float) -> int:
    latest = now + dt.timedelta(seconds=seconds)
    ahead = rows.filter(**{f"{column}__gt": latest + dt.timedelta(seconds=SLACK)})
    return ahead.update(**{column: latest})
