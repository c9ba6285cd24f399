"""A clock that ran ahead and was set back leaves moments in the rows that lie further ahead than any wait.

Nobody can have meant them, and whoever waited for them would stand still for as long as the clock was set
back. Each is put to the longest that may be meant from now on. What was fired in the future was fired by now:
its readers are in doubt for as long as ever, counted from here.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from mailer.models import Batch, Send, Transport
from mailer.outbox import WAIT_FOR_A_PERSON
from mailer.pace import turn
from mailer.protocol import back_off
from mailer.transports import answers
from mailer.vocabulary import BatchState, SendStatus
from subscribers.models import Letter
from subscribers.vocabulary import OutboxState

HELD = (BatchState.CLAIMED, BatchState.SUBMITTING)
DOUBTED = (BatchState.SUBMITTING, BatchState.UNKNOWN)
BEGUN = (SendStatus.SENDING, SendStatus.PAUSED, SendStatus.SETTLING, SendStatus.CANCELLED)
MANY = 100  # refusals, after which no wait grows any more


def rewind(*, now: dt.datetime) -> int:
    """Bring back every wait that no sound clock can have set; return how many rows that were.

    A batch whose pace or transport really has to wait longer asks again, and is told so.
    """
    timings = settings.CONFIGURATION.timings
    longest = back_off(MANY, jitter=1)
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
    return rows.filter(**{f"{column}__gt": latest}).update(**{column: latest})
