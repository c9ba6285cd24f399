"""Who joined and who left, day by day: above the line and below it, by one scale."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mailer.charts import columns, ticks
from mailer.charts.drawing import empty


@dataclass(frozen=True)
class Day:
    """How many joined and left on a day; None where it was not measured."""

    day: dt.date
    joined: int | None
    left: int | None


def turnover(each: Iterable[Day], *, name: str, title: str) -> Markup:
    """Return the chart; a day between the first and the last that is not given was not measured."""
    known = {one.day: one for one in each}
    if not known:
        return empty("Not measured.", name=name, title=title)
    first, last = min(known), max(known)
    long = (last - first).days + 1
    days = [known.get(first + dt.timedelta(days=number)) for number in range(long)]
    several = -(-long // columns.MOST)
    shown, axis = [], []
    for begin in range(0, long, several):
        bundle = days[begin : begin + several]
        at = first + dt.timedelta(days=begin)
        x = 100 * begin / long
        shown.append(_column(bundle, at, x=x, width=100 * len(bundle) / long))
        axis.append((x, at))
    return columns.drawn(
        shown,
        ticks.of_days(axis),
        down="c-left",  # people too; where they stand tells them apart
        name=name,
        title=title,
        words=_words(shown, first, last, several),
    )


def _column(bundle: Sequence[Day | None], first: dt.date, *, x: float, width: float) -> columns.Column:
    joined = columns.added(one.joined if one else None for one in bundle)
    left = columns.added(one.left if one else None for one in bundle)
    last = first + dt.timedelta(days=len(bundle) - 1)
    return columns.Column(
        x=x,
        width=width,
        up=joined.number,
        down=left.number,
        words=f"{ticks.days(first, last)}: joined {joined.words}, left {left.words}",
        whole=joined.whole and left.whole,
    )


def _words(shown: Sequence[columns.Column], first: dt.date, last: dt.date, several: int) -> str:
    """Return what the chart shows, for whoever hears it."""
    said = [ticks.from_to(first, last)]
    for what, numbers in (
        ("Joined", [one.up for one in shown]),
        ("Left", [one.down for one in shown]),
    ):
        total = columns.added(numbers)
        if total.number is None:
            said.append(f"{what}: not measured.")
            continue
        most = max(number or 0 for number in numbers)
        peak = f", at most {most:,} in {'a day' if several == 1 else f'{several} days'}" if most else ""
        said.append(f"{what}: {total.number:,} in all{peak}.")
    return " ".join(said + columns.missing(shown))
