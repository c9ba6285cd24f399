"""Read the days that were counted: for pages and commands, one statement, in the order they came."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mailer import counting as people
from mailer.database import fetch
from mailer.reckoning import counting, spans
from mailer.reckoning.spans import DAY
from mailer.reckoning.walking import LIST, Standing
from subscribers.models import List
from subscribers.moments import read as moment

READ_LIST = """
SELECT day, active, joined, "left", lapsed, counted_at FROM reckoning
WHERE list_id = %(list)s AND interest_id IS NULL AND day >= %(first)s AND day <= %(last)s
"""
READ_INTERESTS = """
SELECT interest.slug, reckoning.day, reckoning.active, reckoning.joined, reckoning."left", reckoning.lapsed,
  reckoning.counted_at
FROM interest
LEFT JOIN reckoning ON reckoning.list_id = interest.list_id AND reckoning.interest_id = interest.id
  AND reckoning.day >= %(first)s AND reckoning.day <= %(last)s
WHERE interest.list_id = %(list)s AND (interest.retired_at IS NULL OR reckoning.id IS NOT NULL)
ORDER BY interest.position, interest.number
"""


@dataclass(frozen=True)
class Day:
    """One day of a list or an interest; what is None was not measured, and is never meant as 0.

    `active` is at its end. `otherwise` is what else changed that number since the day before: pauses that
    began or ended, people who were erased, and those who were brought in with a consent of an earlier day.
    """

    day: dt.date
    active: int | None = None
    joined: int | None = None
    left: int | None = None
    otherwise: int | None = None
    lapsed: int | None = None
    counted_at: dt.datetime | None = None


def course(owner: List, *, days: int, now: dt.datetime) -> tuple[Day, ...]:
    """Return the last days of a list that are over, the earliest first; none is left out."""
    frame = _frame(owner, days, now)
    return _filled(fetch(READ_LIST, frame), frame)


def courses(owner: List, *, days: int, now: dt.datetime) -> dict[str, tuple[Day, ...]]:
    """Return the same of each interest by its slug, in the list's order.

    The retired are among them while one of these days was theirs.
    """
    frame = _frame(owner, days, now)
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for slug, *row in fetch(READ_INTERESTS, frame):
        rows.setdefault(slug, []).extend([tuple(row)] if row[0] is not None else [])
    return {slug: _filled(found, frame) for slug, found in rows.items()}


def today(owner: List, *, now: dt.datetime) -> dict[str | None, Day]:
    """Return the day so far: of the list under None, of each interest on offer under its slug.

    Of a list that takes long to count, only how many are active, as of the last time they were counted.
    """
    day = spans.day_of(owner, now)
    standing = people.counted(owner, now=now)
    if sum(some.readers for some in standing.people) < people.MANY:
        return {
            line.interest.slug if line.interest else None: Day(
                day, line.active, line.joined, line.left, counted_at=now
            )
            for line in counting.recount(owner, day, day, now=now)
        }
    offered = owner.interests.filter(retired_at=None)
    bits: dict[str | None, int] = {None: LIST, **{each.slug: 1 << each.number for each in offered}}
    active = dict.fromkeys(bits, 0)
    for some in standing.people:
        gets = Standing(some.standing, some.chosen, int(some.suppressed)).gets(sum(bits.values()) - LIST)
        for name, bit in bits.items():
            active[name] += some.readers if gets & bit else 0
    return {name: Day(day, number, counted_at=standing.at) for name, number in active.items()}


def _frame(owner: List, days: int, now: dt.datetime) -> dict[str, Any]:
    last = spans.day_of(owner, now) - DAY
    # The day before the first too: what changed since then is told.
    return {"list": owner.pk, "first": last - days * DAY, "last": last}


def _filled(rows: Iterable[tuple[Any, ...]], frame: dict[str, Any]) -> tuple[Day, ...]:
    """Return a value for each day, also where nothing was counted."""
    there = {_date(day): numbers for day, *numbers in rows}
    found = []
    for number in range(1, (frame["last"] - frame["first"]).days + 1):
        day = frame["first"] + number * DAY
        if day not in there:
            found.append(Day(day))
            continue
        active, joined, left, lapsed, counted_at = there[day]
        before = there.get(day - DAY)
        otherwise = None if before is None else active - before[0] - joined + left
        found.append(Day(day, active, joined, left, otherwise, lapsed, moment(counted_at)))
    return tuple(found)


def _date(value: dt.date | str) -> dt.date:
    """Return a day as raw SQL answers with it: SQLite keeps text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
