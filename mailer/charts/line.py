"""How each interest grew: a line for each, its name where the line ends, a gap where nobody measured.

The eight largest have their own colours. The others would be a thicket, and their sum is nobody's number,
since one reader may have chosen several: they are one grey band, from the smallest of them to the largest.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from mailer.charts import ticks
from mailer.charts.drawing import Value, apart, colour, drawing, empty, percent, px, tag
from mailer.charts.placing import spread
from mailer.charts.scales import floor, step

BY_NAME = 8
MOST_POINTS = 190  # of a line; of more days every second, third … is drawn, and the last
HEAD, ROOM = 18, 200  # pixels: above the lines, and for them
HEIGHT = HEAD + ROOM + ticks.HEIGHT
APART, NAME_HEIGHT = 40, 17  # pixels between two lines of the scale, and that a name takes
LONGEST_NAME, LONGEST_NAME_NARROW = 106, 80  # pixels; the table has it whole
BESIDE = (152, 192)  # pixels that the names and the scale take, as the stylesheet has it
_LEADER = 14  # pixels between the end of a line and its name
_ACROSS = 1_000  # of a line's own space, which is stretched over the chart


@dataclass(frozen=True)
class Growth:
    """An interest: its name, its place among those of the list (for its colour), its readers on each day.

    A day that is missing, or None, was not measured.
    """

    name: str
    place: int
    active: Mapping[dt.date, int | None]


@dataclass(frozen=True)
class _Line:
    """What was measured of an interest on the days that are drawn."""

    name: str
    place: int
    known: dict[dt.date, int]

    @property
    def ends(self) -> int:
        return self.known[max(self.known)]

    @property
    def begins(self) -> int:
        return self.known[min(self.known)]


@dataclass(frozen=True)
class _Plane:
    """Days from left to right, as many as are drawn; readers from `bottom` to `top`."""

    days: tuple[dt.date, ...]
    bottom: int
    top: int

    def x(self, day: dt.date) -> float:
        """Return where a day stands, in per cent; at the right edge where there is but one."""
        span = (self.days[-1] - self.days[0]).days
        return 100 * (day - self.days[0]).days / span if span else 100

    def y(self, number: int) -> float:
        """Return how far down a number stands, in pixels."""
        return HEAD + ROOM * (self.top - number) / (self.top - self.bottom)


def line(interests: Sequence[Growth], *, name: str, title: str) -> Markup:
    """Return the chart, in two drawings side by side: the lines, and their names with the scale.

    The second keeps its width on every screen, so that words stay off the lines.
    """
    days = _days(interests)
    lines = _lines(interests, days)
    if not lines:
        return empty("Not measured.", name=name, title=title)
    numbers = [number for each in lines for number in each.known.values()]
    bottom = floor(min(numbers), max(numbers))
    plane = _Plane(days, bottom, max(*numbers, bottom + 1))
    named, others = (lines, []) if len(lines) <= BY_NAME + 1 else (lines[:BY_NAME], lines[BY_NAME:])
    axis = ticks.of_days([(plane.x(day), day) for day in days])
    plot = drawing(
        _unmeasured(lines, plane),
        _grid(plane),
        tag(
            "svg",
            _band(others, plane),
            *(
                tag("path", class_=f"c-line {class_}", d=_path(each.known, plane))
                for each, class_ in reversed(_classes(named))
            ),
            class_="c-stretched",
            width="100%",
            height=HEIGHT,
            viewBox=f"0 0 {_ACROSS} {HEIGHT}",
            preserveAspectRatio="none",
        ),
        ticks.drawn(axis, y=HEAD + ROOM, beside=BESIDE),
        name=name,
        title=title,
        words=_words(interests, named, others, plane),
        height=HEIGHT,
    )
    return tag("div", plot, _ends(named, others, plane), class_="c-framed")


def _days(interests: Sequence[Growth]) -> tuple[dt.date, ...]:
    """Return the days from the first to the last that is measured, thinned out where they are too many."""
    known = [day for each in interests for day, number in each.active.items() if number is not None]
    if not known:
        return ()
    first, last = min(known), max(known)
    every = -(-((last - first).days + 1) // MOST_POINTS)
    return tuple(
        last - dt.timedelta(days=back) for back in range((last - first).days // every * every, -1, -every)
    )


def _lines(interests: Sequence[Growth], days: Sequence[dt.date]) -> list[_Line]:
    """Return those that were measured, the largest at their end first."""
    lines = []
    for each in interests:
        known = {day: number for day in days if (number := each.active.get(day)) is not None}
        if known:
            lines.append(_Line(each.name, each.place, known))
    return sorted(lines, key=lambda each: (-each.ends, each.place))


def _classes(named: Sequence[_Line]) -> list[tuple[_Line, str]]:
    """Return each line with its colour; a second one of the same colour is broken, a ninth is grey."""
    found: list[tuple[_Line, str]] = []
    taken: set[int] = set()
    for number, each in enumerate(named):
        own = colour(each.place)
        broken = " c-again" if own in taken else ""
        taken.add(own)
        found.append((each, f"i{own}{broken}" if number < BY_NAME else "c-other"))
    return found


def _runs(days: Sequence[dt.date], known: Mapping[dt.date, object]) -> Iterator[list[dt.date]]:
    """Return the days that are known, each stretch without a gap by itself."""
    run: list[dt.date] = []
    for day in days:
        if day in known:
            run.append(day)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(known: Mapping[dt.date, int], plane: _Plane) -> str:
    """Return a line, which is a dot where one day stands alone."""
    parts = []
    for run in _runs(plane.days, known):
        points = [_point(plane.x(day), plane.y(known[day])) for day in run]
        parts.append(f"M{'L'.join(points)}" + ("h0" if len(points) == 1 else ""))
    return "".join(parts)


def _band(others: Sequence[_Line], plane: _Plane) -> Markup:
    """Return the area between the smallest and the largest of those that have no line of their own."""
    if not others:
        return Markup("")
    at: dict[dt.date, list[int]] = {}
    for each in others:
        for day, number in each.known.items():
            at.setdefault(day, []).append(number)
    parts = []
    for run in _runs(plane.days, at):
        over = [_point(plane.x(day), plane.y(max(at[day])) - 1) for day in run]
        under = [_point(plane.x(day), min(plane.y(min(at[day])) + 1, HEAD + ROOM)) for day in reversed(run)]
        parts.append(f"M{'L'.join(over + under)}Z")
    return tag("path", class_="c-band", d="".join(parts))


def _point(x: float, y: float) -> str:
    return f"{px(x * _ACROSS / 100)},{px(y)}"


def _unmeasured(lines: Sequence[_Line], plane: _Plane) -> Markup:
    """Return the stretches between two days that were measured in which no interest was."""
    known = sorted({day for each in lines for day in each.known})
    index = {day: place for place, day in enumerate(plane.days)}
    return Markup("").join(
        tag(
            "rect",
            class_="c-unmeasured",
            x=percent(plane.x(before)),
            width=percent(plane.x(after) - plane.x(before)),
            y=HEAD,
            height=ROOM,
        )
        for before, after in pairwise(known)
        if index[after] - index[before] > 1
    )


def _grid(plane: _Plane) -> Markup:
    return Markup("").join(
        tag("line", class_="c-grid" if number else "c-axis", x1=0, x2="100%", y1=px(y), y2=px(y))
        for number, y in _scale(plane)
    )


def _scale(plane: _Plane) -> Iterator[tuple[int, float]]:
    """Return the numbers of the scale, and where they stand."""
    by = step(plane.top - plane.bottom, room=ROOM, apart=APART)
    first = -(-plane.bottom // by) * by
    if first != plane.bottom:
        yield plane.bottom, plane.y(plane.bottom)
        first = first if plane.y(plane.bottom) - plane.y(first) >= NAME_HEIGHT else first + by
    for number in range(first, plane.top + 1, by):
        yield number, plane.y(number)


def _ends(named: Sequence[_Line], others: Sequence[_Line], plane: _Plane) -> Markup:
    """Return the names of the lines where they end, and the figures of the scale at the very right."""
    ends = [(each.name, class_, each.ends) for each, class_ in _classes(named)]
    if others:
        middle = sorted(each.ends for each in others)[len(others) // 2]
        ends.append((f"{len(others)} others", "c-other", middle))
    at = [plane.y(number) for _, _, number in ends]
    places = spread(at, apart=NAME_HEIGHT, top=HEAD, bottom=HEAD + ROOM - 6)
    names = [
        _end(words, class_, y, place) for (words, class_, _), y, place in zip(ends, at, places, strict=True)
    ]
    figures = [
        tag("text", f"{number:,}", x="100%", y=px(y - 4), text_anchor="end") for number, y in _scale(plane)
    ]
    return tag(
        "svg", _grid(plane), *figures, *names, class_="chart c-ends", height=HEIGHT, aria_hidden="true"
    )


def _end(words: str, class_: str, y: float, place: float) -> Markup:
    """Return a line from where the other ended to its name, which a narrow screen may have to cut."""
    wide, narrow = (ticks.cut(words, room) for room in (LONGEST_NAME, LONGEST_NAME_NARROW))
    at: dict[str, Value | None] = {"x": _LEADER, "y": px(place + 4)}
    if wide == narrow:
        name = tag("text", apart(wide), class_=f"c-name {class_}", **at)
    else:
        name = tag("text", apart(wide), class_=f"c-name c-wide {class_}", **at)
        name += tag("text", apart(narrow), class_=f"c-name c-narrow {class_}", **at)
    leader = tag("line", class_=f"c-leader {class_}", x1=2, x2=_LEADER - 3, y1=px(y), y2=px(place))
    return leader + name


def _words(
    interests: Sequence[Growth], named: Sequence[_Line], others: Sequence[_Line], plane: _Plane
) -> str:
    """Return what the chart shows, for whoever hears it."""
    first, last = plane.days[0], plane.days[-1]
    said = [ticks.from_to(first, last)]
    said += [
        f"{apart(each.name)}: from {each.begins:,} to {each.ends:,} readers ({_change(each)})."
        for each in named
    ]
    if others:
        ends = [each.ends for each in others]
        said.append(f"{len(others)} others: between {min(ends):,} and {max(ends):,} readers each at the end.")
    unknown = len(interests) - len(named) - len(others)
    if unknown:
        said.append(f"{unknown} not measured at all.")
    if any(len(each.known) < len(plane.days) for each in (*named, *others)):
        said.append("A line is broken where a day was not measured.")
    if plane.bottom:
        said.append(f"The scale begins at {plane.bottom:,}, not at nothing.")
    return " ".join(said)


def _change(one: _Line) -> str:
    by = one.ends - one.begins
    return "no change" if not by else f"{'+' if by > 0 else '−'}{abs(by):,}"
