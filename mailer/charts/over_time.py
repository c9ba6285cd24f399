"""When people and machines opened or clicked, by hour or by day: people above the line, machines below."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mailer.charts import columns, ticks
from mailer.charts.drawing import empty

HOUR = dt.timedelta(hours=1)
LONGEST_BY_HOUR = dt.timedelta(days=3)  # more is shown by day


@dataclass(frozen=True)
class Hour:
    """An hour that begins at `at` (aware), and how many people and machines; None: not measured."""

    at: dt.datetime
    people: int | None
    machines: int | None


@dataclass(frozen=True)
class _Stretch:
    """Hours that are shown as one column."""

    begin: dt.datetime
    end: dt.datetime
    people: columns.Sum
    machines: columns.Sum


def over_time(each: Iterable[Hour], *, name: str, title: str, zone: str) -> Markup:
    """Return the chart; an hour between the first and the last that is not given was not measured.

    By day where that is more than three days, by the list's clock; of many days several are taken together.
    """
    there = ZoneInfo(zone)
    stretches = _stretches(each, there)
    if not stretches:
        return empty("Not measured.", name=name, title=title)
    begin, end = stretches[0].begin, stretches[-1].end
    shown = [
        columns.Column(
            x=100 * ((one.begin - begin) / (end - begin)),
            width=100 * ((one.end - one.begin) / (end - begin)),
            up=one.people.number,
            down=one.machines.number,
            words=f"{_when(one, there)}: people {one.people.words}, machines {one.machines.words}",
            whole=one.people.whole and one.machines.whole,
        )
        for one in stretches
    ]
    if _by_hour(stretches):
        axis = ticks.of_hours(begin, end, there)
    else:
        days = [one.begin.astimezone(there).date() for one in stretches]
        axis = ticks.of_days([(one.x, day) for one, day in zip(shown, days, strict=True)])
    return columns.drawn(
        shown,
        axis,
        down="c-machines",
        name=name,
        title=title,
        words=" ".join([*_words(stretches, zone), *columns.missing(shown)]),
    )


def _words(stretches: Sequence[_Stretch], zone: str) -> list[str]:
    """Return what the chart shows, for whoever hears it: totals, peaks, and when half of it had come."""
    there = ZoneInfo(zone)
    place = zone.rpartition("/")[2].replace("_", " ")
    unit = "hour" if _by_hour(stretches) else "day"
    begin, end = _moment(stretches[0].begin, there), _moment(stretches[-1].end, there)
    return [
        f"By the {unit}, from {begin} to {end}, {place} time.",
        _summed_up("People", [one.people.number for one in stretches], stretches, there),
        _summed_up("Machines", [one.machines.number for one in stretches], stretches, there),
    ]


def _summed_up(who: str, numbers: Sequence[int | None], stretches: Sequence[_Stretch], zone: ZoneInfo) -> str:
    total = columns.added(numbers).number
    if total is None:
        return f"{who}: not measured."
    if not total:
        return f"{who}: none."
    most = max(number or 0 for number in numbers)
    so_far = accumulate(number or 0 for number in numbers)
    half = next(one for one, sum_ in zip(stretches, so_far, strict=True) if sum_ * 2 >= total)
    return (
        f"{who}: {total:,} in all, most on {_when(stretches[numbers.index(most)], zone)} ({most:,}),"
        f" half of them before {_moment(half.end, zone)}."
    )


def _stretches(each: Iterable[Hour], zone: ZoneInfo) -> tuple[_Stretch, ...]:
    """Return the columns, without a gap: hours, or days by this zone's clock."""
    known = {hour.at.astimezone(dt.UTC): hour for hour in each}
    if not known:
        return ()
    begin, end = min(known), max(known) + HOUR
    every = [begin + number * HOUR for number in range((end - begin) // HOUR)]
    if end - begin <= LONGEST_BY_HOUR:
        return tuple(_together([at], known) for at in every)
    days = [list(group) for _, group in groupby(every, key=lambda at: at.astimezone(zone).date())]
    several = -(-len(days) // columns.MOST)
    return tuple(
        _together(list(chain(*days[place : place + several])), known)
        for place in range(0, len(days), several)
    )


def _together(moments: Sequence[dt.datetime], known: Mapping[dt.datetime, Hour]) -> _Stretch:
    found = [known.get(at) for at in moments]
    return _Stretch(
        moments[0],
        moments[-1] + HOUR,
        columns.added(hour.people if hour else None for hour in found),
        columns.added(hour.machines if hour else None for hour in found),
    )


def _by_hour(stretches: Sequence[_Stretch]) -> bool:
    return stretches[-1].end - stretches[0].begin <= LONGEST_BY_HOUR


def _when(one: _Stretch, zone: ZoneInfo) -> str:
    """Return which hour, day or days a column is."""
    first, last = (at.astimezone(zone) for at in (one.begin, one.end - HOUR))
    if first == last:
        return _moment(one.begin, zone)
    return ticks.days(first, last)


def _moment(at: dt.datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{ticks.day(there)} {there:%H:%M}"
