"""A bar for each row of a table, all by one scale: people in ink, machines in grey after them.

The row has the figures, so that the bar is for the eye alone and is not read aloud.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from mailer.charts.drawing import colour, limit_mark, percent, tag
from mailer.charts.shares import widths

HEIGHT = 10
LEAST = 140  # hundredths of a per cent that what is not nothing takes
_HUNDREDTHS = 10_000


class Tone(StrEnum):
    """What the first part of a bar is about."""

    PEOPLE = "c-people"
    MACHINES = "c-machines"
    FAULT = "c-fault"


@dataclass(frozen=True)
class Bar:
    """One row: how many people and machines, None where that was not measured.

    `interest` is the place of an interest among those of its list, which has its colour; `limit` a number by
    the same scale, which the bar is marked at.
    """

    people: int | None
    machines: int | None = 0
    tone: Tone = Tone.PEOPLE
    interest: int | None = None
    limit: int | None = None


def bars(rows: Sequence[Bar]) -> tuple[Markup, ...]:
    """Return a bar for each row, in their order; the longest is as wide as its column."""
    most = max((max(_length(row), row.limit or 0) for row in rows), default=0)
    return tuple(_bar(row, max(most, 1)) for row in rows)


def _bar(row: Bar, most: int) -> Markup:
    if row.people is None and row.machines is None:
        inside = [tag("rect", class_="c-unmeasured", width="100%", height=HEIGHT)]
    else:
        inside = _parts(row, most)
    if row.limit is not None:
        # One at the very edge is drawn inside.
        inside.append(limit_mark(min(100 * row.limit / most, 99.5), -2, HEIGHT + 2))
    return tag("svg", *inside or [Markup("")], class_="chart thin", height=HEIGHT, aria_hidden="true")


def _parts(row: Bar, most: int) -> list[Markup]:
    counts = [row.people or 0, row.machines or 0]
    whole = sum(counts) * _HUNDREDTHS // most
    least = [LEAST if count else 0 for count in counts]
    wide = widths(counts, least, max(whole, sum(least)))
    first = row.tone.value if row.interest is None else f"c-interest i{colour(row.interest)}"
    parts, x = [], 0
    for width, class_ in zip(wide, (first, Tone.MACHINES.value), strict=True):
        if width:
            parts.append(
                tag("rect", class_=class_, x=percent(x / 100), width=percent(width / 100), height=HEIGHT)
            )
        x += width
    if all(wide):
        between = percent(wide[0] / 100)
        parts.append(tag("line", class_="cut", x1=between, x2=between, y1=0, y2=HEIGHT))
    return parts


def _length(row: Bar) -> int:
    return (row.people or 0) + (row.machines or 0)
