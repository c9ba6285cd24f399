"""When copies were opened and clicked: the first two days or all of it, as charts with a table."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mailer.charts import over_time
from mailer.reporting.values import Count, Hour

FIRST = 48  # hours
# Which hours stand together in the table, counted from the first.
SPANS = ((0, 1), (1, 2), (2, 4), (4, 8), (8, 12), (12, 24), (24, 36), (36, 48))
_HOUR = dt.timedelta(hours=1)
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Row = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Times:
    """What happened when: two charts, the rows of their table with a sum, and what its first column is.

    `whole`: the charts have all of it; else what came after the first two days stands in the table alone.
    """

    opened: Markup
    clicked: Markup
    column: str
    rows: tuple[Row, ...]
    foot: Row
    whole: bool


def times(hours: Sequence[Hour], *, zone: str, whole: bool) -> Times | None:
    """Return when copies were opened and clicked, None where none was; `whole`: beyond the first two days."""
    if not hours:
        return None
    first, last = _number(hours[0]), _number(hours[-1])
    fits = last - first < FIRST
    end = last if whole or fits else first + FIRST - 1
    by_day = end - first + 1 > over_time.LONGEST_BY_HOUR // _HOUR
    return Times(
        opened=_chart(
            hours, first, end, zone, "opened", "Opened for the first time", lambda hour: hour.opened
        ),
        clicked=_chart(
            hours, first, end, zone, "clicked", "Clicked for the first time", lambda hour: hour.clicked
        ),
        column="Day" if by_day else "Hours since",
        rows=_by_day(hours, zone) if by_day else _by_span(hours, first, end),
        foot=_sum("In all", hours),
        whole=whole or fits,
    )


def _chart(
    hours: Sequence[Hour],
    first: int,
    end: int,
    zone: str,
    name: str,
    title: str,
    side: Callable[[Hour], Count],
) -> Markup:
    known = {_number(hour): side(hour) for hour in hours}
    each = over_time.hours(
        {number: count.people or 0 for number, count in known.items()},
        {number: count.machines or 0 for number, count in known.items()},
        first=first,
        last=end,
    )
    return over_time.over_time(each, name=f"times-{name}", title=title, zone=zone)


def _by_span(hours: Sequence[Hour], first: int, end: int) -> tuple[Row, ...]:
    spans = [*SPANS, (FIRST, end - first + 1)] if end - first >= FIRST else SPANS
    rows = [
        _sum(f"{begin}–{until}", [hour for hour in hours if begin <= _number(hour) - first < until])
        for begin, until in spans
        if begin <= end - first
    ]
    late = [hour for hour in hours if _number(hour) > end]
    return (*rows, _sum("Later", late)) if late else tuple(rows)


def _by_day(hours: Sequence[Hour], zone: str) -> tuple[Row, ...]:
    there = ZoneInfo(zone)
    days = groupby(hours, key=lambda hour: hour.at.astimezone(there).date())
    return tuple(_sum(f"{day:%a} {day.day} {day:%b}", list(some)) for day, some in days)


def _sum(name: str, some: Sequence[Hour]) -> Row:
    counts = [(hour.opened, hour.clicked) for hour in some]
    return (
        name,
        sum(opened.people or 0 for opened, _ in counts),
        sum(opened.machines or 0 for opened, _ in counts),
        sum(clicked.people or 0 for _, clicked in counts),
        sum(clicked.machines or 0 for _, clicked in counts),
    )


def _number(hour: Hour) -> int:
    return (hour.at - _BEGINNING) // _HOUR
