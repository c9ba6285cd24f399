"""A list's days: from one midnight to the next by its own clock, of 23, 24 or 25 hours."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailer import timetable
from subscribers.models import List

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """One day, and the instants at which it and the next begin."""

    day: dt.date
    begins: dt.datetime
    ends: dt.datetime


def day_of(owner: List, moment: dt.datetime) -> dt.date:
    """Return which day a moment is in by the list's clock."""
    return moment.astimezone(ZoneInfo(owner.zone)).date()


def begins(owner: List, day: dt.date) -> dt.datetime:
    """Return when a day begins; where midnight is skipped, at the first moment after it."""
    return timetable.resolve(f"{day} 00:00", owner.zone).utc


def spans(owner: List, first: dt.date, last: dt.date) -> tuple[Span, ...]:
    """Return the days from the first to the last."""
    days = [first + number * DAY for number in range((last - first).days + 2)]
    bounds = [begins(owner, day) for day in days]
    return tuple(Span(*each) for each in zip(days, bounds, bounds[1:], strict=False))
