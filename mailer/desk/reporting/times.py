"""When copies were opened and clicked: the first two days or all of it, as charts with a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mailer.charts import over_time, ticks
from mailer.reporting.values import Count, Hour

FIRST = 48  # hours
# Which hours stand together in the table, counted from the first.
SPANS = ((0, 1), (1, 2), (2, 4), (4, 8), (8, 12), (12, 24), (24, 36), (36, 48))
_NOBODY = Count(0, 0)
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
    long = _place(hours[-1], hours) + 1
    fits = long <= FIRST
    shown = long if whole or fits else FIRST
    by_day = shown * over_time.HOUR > over_time.LONGEST_BY_HOUR
    return Times(
        opened=_chart(hours, shown, zone, "opened", "Opened for the first time", lambda hour: hour.opened),
        clicked=_chart(
            hours, shown, zone, "clicked", "Clicked for the first time", lambda hour: hour.clicked
        ),
        column="Day" if by_day else "Hours since",
        rows=_by_day(hours, zone) if by_day else _by_span(hours, shown),
        foot=_sum("In all", hours),
        whole=whole or fits,
    )


def _chart(
    hours: Sequence[Hour],
    shown: int,
    zone: str,
    name: str,
    title: str,
    side: Callable[[Hour], Count],
) -> Markup:
    """Draw so many hours, the first of them included; an hour that is not given had none."""
    known = {hour.at: side(hour) for hour in hours}
    moments = (hours[0].at + place * over_time.HOUR for place in range(shown))
    counts = ((at, known.get(at, _NOBODY)) for at in moments)
    each = (over_time.Hour(at, count.people or 0, count.machines or 0) for at, count in counts)
    return over_time.over_time(each, name=f"times-{name}", title=title, zone=zone)


def _by_span(hours: Sequence[Hour], shown: int) -> tuple[Row, ...]:
    spans = [*SPANS, (FIRST, shown)] if shown > FIRST else SPANS
    rows = [
        _sum(f"{begin}–{until}", [hour for hour in hours if begin <= _place(hour, hours) < until])
        for begin, until in spans
        if begin < shown
    ]
    late = [hour for hour in hours if _place(hour, hours) >= shown]
    return (*rows, _sum("Later", late)) if late else tuple(rows)


def _by_day(hours: Sequence[Hour], zone: str) -> tuple[Row, ...]:
    there = ZoneInfo(zone)
    days = groupby(hours, key=lambda hour: hour.at.astimezone(there).date())
    return tuple(_sum(ticks.day(day), list(some)) for day, some in days)


def _sum(name: str, some: Sequence[Hour]) -> Row:
    counts = [(hour.opened, hour.clicked) for hour in some]
    return (
        name,
        sum(opened.people or 0 for opened, _ in counts),
        sum(opened.machines or 0 for opened, _ in counts),
        sum(clicked.people or 0 for _, clicked in counts),
        sum(clicked.machines or 0 for _, clicked in counts),
    )


def _place(hour: Hour, hours: Sequence[Hour]) -> int:
    """Return which hour it is, counted from the first."""
    return (hour.at - hours[0].at) // over_time.HOUR
