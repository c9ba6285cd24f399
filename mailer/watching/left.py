"""How long a send will take yet, by what it did in the last ten minutes; what is not known is said.

Values in, values out.
"""

import datetime as dt
import math
from dataclasses import dataclass

WINDOW = dt.timedelta(minutes=10)
# Sooner a rate is chance: one request that happened to be quick.
SHORTEST = dt.timedelta(seconds=5)


@dataclass(frozen=True)
class Course:
    """What a send did lately: readers that were accepted since `since`, and what stands open.

    `since` is the later of ten minutes ago and the first request; None where nothing was accepted in it.
    `held` is why nothing leaves, '' where it may.
    """

    now: dt.datetime
    pending: int
    in_flight: int
    accepted: int
    since: dt.datetime | None
    held: str = ""


@dataclass(frozen=True)
class Left:
    """An estimate: `a_minute` readers, and until when the rest leaves; None where that cannot be told."""

    a_minute: int | None
    until: dt.datetime | None
    why: str  # it cannot be told, as a clause; '' where it can, or nothing is left


def left(course: Course) -> Left:
    """Return when the last of a send leaves, at the pace of the last ten minutes."""
    open_ = course.pending + course.in_flight
    pace = _pace(course)
    a_minute = round(pace * 60) if pace else None
    if not open_:
        return Left(a_minute, None, "")
    if course.held:
        return Left(a_minute, None, course.held)
    if not pace:
        return Left(None, None, "nothing was accepted in the last ten minutes, so nobody can tell")
    return Left(a_minute, course.now + dt.timedelta(seconds=math.ceil(open_ / pace)), "")


def _pace(course: Course) -> float:
    """Return readers a second, 0 where it is too soon to say."""
    if not course.accepted or course.since is None:
        return 0.0
    seconds = (course.now - course.since) / dt.timedelta(seconds=1)
    return course.accepted / max(seconds, SHORTEST.total_seconds())


def lasting(span: dt.timedelta) -> str:
    """Return a span as one would say it: “about 28 minutes”, “less than a minute”, “about 3 hours”."""
    minutes = span / dt.timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:  # noqa: PLR2004 - an hour and a half is where one begins to count in hours
        whole = round(minutes)
        return "about a minute" if whole == 1 else f"about {whole} minutes"
    hours = minutes / 60
    if hours < 36:  # noqa: PLR2004 - and here in days
        return f"about {round(hours)} hours"
    return f"about {round(hours / 24)} days"
