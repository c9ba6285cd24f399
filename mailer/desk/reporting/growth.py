"""How a list and its interests grew, as charts with their tables: values in, values out."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from mailer.charts import columns, line, turnover
from mailer.desk.reporting.clicks import Topic
from mailer.reckoning import Day

PERIODS = (30, 91, 365)
DEFAULT = 91
_LONGEST_BY_WEEK = 120  # days


@dataclass(frozen=True)
class Grown:
    """A list or an interest over some days: sums of what was measured, None where nothing was.

    `first` and `last` are at the end of the first and the last day that was; the sums are of the days after
    the first, so that where all were measured first + joined - left + otherwise is last.

    `topic` None: the list as a whole. `missing`: of how many days nothing is known.
    """

    topic: Topic | None
    first: int | None
    joined: int | None
    left: int | None
    otherwise: int | None
    last: int | None
    lapsed: int | None
    missing: int

    @property
    def change(self) -> int | None:
        """Return by how many it grew."""
        return None if self.first is None or self.last is None else self.last - self.first


def period(written: str | None) -> int:
    """Return the days that an address asks for: one of PERIODS."""
    return next((days for days in PERIODS if str(days) == written), DEFAULT)


def grown(topic: Topic | None, days: Sequence[Day], *, tracked: bool = True) -> Grown:
    """Return what came of some days; of a list that does not count, nobody knows who lapsed."""
    known = [day for day in days if day.active is not None]
    told = (day.lapsed for day in reversed(known) if day.lapsed is not None)
    lapsed = next(told, None) if tracked else None
    return Grown(
        topic,
        first=known[0].active if known else None,
        # What happened on the first day is in its number already.
        joined=columns.added(day.joined for day in known[1:]).number,
        left=columns.added(day.left for day in known[1:]).number,
        otherwise=columns.added(day.otherwise for day in known[1:]).number,
        last=known[-1].active if known else None,
        lapsed=lapsed,
        missing=len(days) - len(known),
    )


def of_interests(
    courses: Mapping[str, Sequence[Day]], topics: Mapping[str, Topic], *, tracked: bool
) -> list[Grown]:
    """Return what came of each interest, in the list's order."""
    return [grown(topics[slug], days, tracked=tracked) for slug, days in courses.items() if slug in topics]


def lines(courses: Mapping[str, Sequence[Day]], topics: Mapping[str, Topic]) -> Markup:
    """Return the chart of all interests."""
    growth = [
        line.Growth(topics[slug].name, topics[slug].place, {day.day: day.active for day in days})
        for slug, days in courses.items()
        if slug in topics
    ]
    return line.line(growth, name="growth", title="Readers of each interest")


def whole(days: Sequence[Day], name: str) -> Markup:
    """Return the chart of the list as a whole, which is one line in ink."""
    growth = line.Growth(name, 0, {day.day: day.active for day in days})
    return line.line([growth], name="readers", title="Readers of the list")


def turned(days: Sequence[Day]) -> Markup:
    """Return the chart of who joined and who left."""
    known = (turnover.Day(day.day, day.joined, day.left) for day in days)
    return turnover.turnover(known, name="turnover", title="Who joined and who left")


def by_month(days: Sequence[Day]) -> bool:
    """Return whether days are too many for a row a week."""
    return len(days) > _LONGEST_BY_WEEK


def rows(days: Sequence[Day]) -> list[tuple[str, int | None, int | None, int | None]]:
    """Return who joined, who left and how many read it at the end, by week, or by month of many days."""
    return [
        (
            name,
            columns.added(day.joined for day in some).number,
            columns.added(day.left for day in some).number,
            next((day.active for day in reversed(some) if day.active is not None), None),
        )
        for name, some in _spans(days)
    ]


def _spans(days: Sequence[Day]) -> Iterator[tuple[str, list[Day]]]:
    if by_month(days):
        for (year, month), some in groupby(days, key=lambda day: (day.day.year, day.day.month)):
            yield f"{dt.date(year, month, 1):%B %Y}", list(some)
        return
    for _, some in groupby(days, key=lambda day: day.day.isocalendar()[:2]):
        week = list(some)
        first, last = week[0].day, week[-1].day
        yield f"{first.day} {first:%b}" + (f" – {last.day} {last:%b}" if last > first else ""), week
