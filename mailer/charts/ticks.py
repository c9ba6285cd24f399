"""The words of an axis of time: where each stands, and none of them on another, on a telephone or a desk."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mailer.charts.drawing import percent, px, tag

# How wide a chart is at least: on a telephone of 320 pixels, and on any screen over 640.
NARROW, WIDE = 280, 520
HEIGHT = 26  # pixels that the words take beneath the chart
LETTER, GAP = 7.6, 10  # pixels, of 13 px text; most letters are narrower
_QUARTER = dt.timedelta(minutes=15)  # to which zones differ
_EVERY_HOURS = (1, 2, 3, 6, 12, 24)
_EVERY_MONTHS = (1, 3, 12, 60)


@dataclass(frozen=True)
class Tick:
    """A moment on the axis, at so many per cent; without a major one the others would mislead."""

    at: float
    words: str
    major: bool = False


@dataclass(frozen=True)
class Label:
    """A tick whose words have room."""

    at: float
    words: str
    anchor: str

    def extent(self, width: int) -> tuple[float, float]:
        """Return from where to where the words go, in pixels, on a chart so wide."""
        x, long = self.at * width / 100, extent(self.words)
        return (x - long, x) if self.anchor == "end" else (x, x + long)


# What may be said on an axis, from much to little; each begins with the beginning.
Levels = Sequence[Sequence[Tick]]


@lru_cache(maxsize=4096)  # the words of an axis are asked for again and again
def extent(words: str) -> float:
    """Return how long words are at most, in pixels of 13 px text."""
    return sum(LETTER * (1.75 if east_asian_width(letter) in "WF" else 1) for letter in words)


def cut(words: str, room: float) -> str:
    """Return words, or as much of them as has room in so many pixels, with … after it."""
    if extent(words) <= room:
        return words
    while words and extent(f"{words}…") > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def labels(levels: Levels, *, width: int) -> tuple[Label, ...]:
    """Return as many labels as a chart of this width has room for, at even distances from each other.

    One that would touch the first is left out unless it is major, and a last one for which there is no room.
    """
    for ticks in levels:
        placed = [_label(tick, width) for tick in ticks]
        found = [
            label
            for label, tick in zip(placed, ticks, strict=True)
            if tick.major or label is placed[0] or _apart(placed[0], label, width)
        ]
        if len(placed) - len(found) > 1 or (len(placed) > 1 and len(found) == 1):
            continue
        if found[2:] and not _apart(found[-2], found[-1], width):
            found.pop()
        inside = all(label.extent(width)[0] >= 0 for label in found)
        if found and inside and all(_apart(left, right, width) for left, right in pairwise(found)):
            return tuple(found)
    return ()


def drawn(levels: Levels, *, y: float, beside: tuple[int, int]) -> Markup:
    """Return ticks and their words beneath a line at this height, for narrow screens and for wide ones.

    `beside`: how many pixels something beside the chart takes on the one and on the other.
    """
    return Markup("").join(
        tag("g", *(_drawn(each, y) for each in labels(levels, width=width - taken)), class_=class_)
        for width, taken, class_ in ((NARROW, beside[0], "c-narrow"), (WIDE, beside[1], "c-wide"))
    )


def of_hours(begin: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> Levels:
    """Return the ticks of some hours by this zone's clock: the beginning, midnights, hours between them."""
    first = Tick(0, f"{begin.astimezone(zone):%a %H:%M}")
    marks = []
    at = begin + _QUARTER
    while at < end:
        if at.astimezone(zone).minute == 0:
            marks.append((100 * ((at - begin) / (end - begin)), at.astimezone(zone)))
        at += _QUARTER
    levels = [
        [Tick(x, _hour(there), major=not there.hour) for x, there in marks if there.hour % every == 0]
        for every in _EVERY_HOURS
    ]
    # Midnights say more than the beginning where there is no room for both.
    return [*([first, *level] for level in levels), *levels, [first]]


def of_days(days: Sequence[tuple[float, dt.date]]) -> Levels:
    """Return the ticks of days at their places in per cent: each day, Mondays, the first days of months."""
    (x, begin), rest = days[0], days[1:]
    first = Tick(x, f"{begin.day} {begin:%b %Y}")
    each = [(at, day, f"{day.day} {day:%b}") for at, day in rest]
    last = Tick(days[-1][0], f"{days[-1][1].day} {days[-1][1]:%b}", major=True)
    mondays = [(at, words) for at, day, words in each if day.weekday() == 0]
    months = list(_months(days))
    return [
        [first, *(Tick(at, words) for at, _, words in each)],
        [first, *(Tick(at, words) for at, words in mondays)],
        [first, *(Tick(at, words) for at, words in mondays[::2])],
        *(
            [first, *(Tick(at, _month(day)) for at, day in months if _number(day) % by == 0)]
            for by in _EVERY_MONTHS
        ),
        [first, last],
        [Tick(x, f"{begin.day} {begin:%b}"), last],
        [first],
    ]


def day(date: dt.date) -> str:
    """Return a day, or that of a moment, in short: “Mon 24 Mar”."""
    return f"{date:%a} {date.day} {date:%b}"


def days(first: dt.date, last: dt.date) -> str:
    """Return one day or several in short: “Mon 24 Mar”, “Mon 24 Mar to Tue 25 Mar”."""
    return " to ".join(dict.fromkeys([day(first), day(last)]))


def from_to(first: dt.date, last: dt.date) -> str:
    """Return the sentence for what days a chart shows."""
    return f"From {first.day} {first:%B %Y} to {last.day} {last:%B %Y}."


def _months(days: Sequence[tuple[float, dt.date]]) -> Iterator[tuple[float, dt.date]]:
    """Return where each month begins: its first day that is drawn."""
    for (_, before), (at, day) in pairwise(days):
        if (before.year, before.month) != (day.year, day.month):
            yield at, day


def _number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _month(day: dt.date) -> str:
    return f"{day:%Y}" if day.month == 1 else f"{day:%b}"


def _hour(there: dt.datetime) -> str:
    return f"{there:%H:%M}" if there.hour else f"{there:%a} {there.day}"


def _label(tick: Tick, width: int) -> Label:
    beyond = tick.at * width / 100 + extent(tick.words) > width
    return Label(tick.at, tick.words, "end" if beyond else "start")


def _apart(one: Label, other: Label, width: int) -> bool:
    """Tell whether the words of one end well before those of another that is to the right of it."""
    return one.extent(width)[1] + GAP <= other.extent(width)[0]


def _drawn(label: Label, y: float) -> Markup:
    x = percent(label.at)
    line = tag("line", class_="c-axis", x1=x, x2=x, y1=px(y), y2=px(y + 6))
    anchor = None if label.anchor == "start" else label.anchor
    return line + tag("text", label.words, x=x, y=px(y + 21), text_anchor=anchor)
