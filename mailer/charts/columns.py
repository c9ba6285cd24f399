"""Columns on both sides of one line, by one scale: the upper and the lower half of what happened in a time.

What was not measured is hatched from edge to edge, what is not nothing is at least a pixel high, and pointing
at a column tells its figures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mailer.charts import ticks
from mailer.charts.drawing import drawing, percent, px, tag
from mailer.charts.scales import step

HEAD, ROOM = 18, 176  # pixels: for the uppermost figure, for the columns
HEIGHT = HEAD + ROOM + ticks.HEIGHT
KEPT = 40
MOST = 92  # of which each is still seen; more days than that are taken together
APART = 30  # pixels between two lines of the scale
SCALE = 64  # pixels beside the columns that the scale takes, as the stylesheet has it
_BODY = 0.86  # of a column's width; the rest is air
_WIDEST, _AIR = 6.0, 0.5  # per cent that a column takes at most, and the air before it


@dataclass(frozen=True)
class Column:
    """One stretch of time: where it stands in per cent, its two numbers (None: not measured), and its words.

    `whole` is False where some of it was not measured.
    """

    x: float
    width: float
    up: int | None
    down: int | None
    words: str
    whole: bool = True


@dataclass(frozen=True)
class Sum:
    """A sum of what was measured, None where nothing was; `whole` is False where something of it was not."""

    number: int | None
    whole: bool

    @property
    def words(self) -> str:
        """Return it in words: “1,204”, “at least 1,204”, “not measured”."""
        if self.number is None:
            return "not measured"
        return f"{self.number:,}" if self.whole else f"at least {self.number:,}"


@dataclass(frozen=True)
class _Plane:
    """One scale for both sides: the height of the line, and how many pixels the largest numbers take."""

    up: int
    down: int
    above: int  # pixels kept for a side of which nothing is known but that it was not measured
    below: int

    @property
    def room(self) -> int:
        """Return how many pixels the largest numbers of both sides take together."""
        return ROOM - self.above - self.below

    @property
    def line(self) -> float:
        """Return how far down the line stands; in the middle where there is nothing on either side."""
        whole = self.up + self.down
        return HEAD + self.above + (self.room * self.up / whole if whole else self.room / 2)

    def height(self, number: int) -> float:
        """Return the height of a number, which is seen if it is not nothing."""
        return max(self.room * number / (self.up + self.down), 1) if number else 0


def drawn(
    each: Sequence[Column], axis: ticks.Levels, *, down: str, name: str, title: str, words: str
) -> Markup:
    """Return the chart, and beside it the figures of its scale, which keep their width on every screen.

    Above the line are people, below it what the stylesheet's class `down` is.
    """
    plane = _plane([column.up for column in each], [column.down for column in each])
    grid, figures = _scale(plane)
    line = tag("line", class_="c-axis", x1=0, x2="100%", y1=px(plane.line), y2=px(plane.line))
    plot = drawing(
        grid,
        *(_column(column, plane, down) for column in each),
        line,
        *_said(each, plane),
        ticks.drawn(axis, y=HEAD + ROOM, beside=(SCALE, SCALE)),
        name=name,
        title=title,
        words=words,
        height=HEIGHT,
    )
    scale = tag("svg", grid, line, figures, class_="chart c-scale", height=HEIGHT, aria_hidden="true")
    return tag("div", plot, scale, class_="c-framed")


def added(numbers: Iterable[int | None]) -> Sum:
    """Return the sum of what was measured."""
    each = list(numbers)
    known = [number for number in each if number is not None]
    return Sum(sum(known) if known else None, whole=len(known) in {0, len(each)})


def missing(each: Sequence[Column]) -> list[str]:
    """Return the sentence for what is hatched, or none."""
    number = sum(1 for one in each if one.up is None or one.down is None or not one.whole)
    return [f"Hatched: {number:,} of {len(each):,} columns, not or not wholly measured."] if number else []


def _plane(ups: Sequence[int | None], downs: Sequence[int | None]) -> _Plane:
    up, down = (max((number or 0 for number in side), default=0) for side in (ups, downs))
    above, below = (
        KEPT if None in side and not most and other else 0
        for side, most, other in ((ups, up, down), (downs, down, up))
    )
    return _Plane(up, down, above, below)


def _column(column: Column, plane: _Plane, down: str) -> Markup:
    x = column.x + min(column.width * (1 - _BODY) / 2, _AIR)
    width = min(column.width * _BODY, _WIDEST)
    where = {"x": percent(column.x), "width": percent(column.width)}
    parts = [
        tag("title", column.words),
        tag("rect", class_="c-touch", y=HEAD, height=ROOM, **where),
    ]
    bottom = HEAD + ROOM
    for number, class_, top, end in (
        (column.up, "c-people", HEAD, plane.line),
        (column.down, down, plane.line, bottom),
    ):
        if number is None or not column.whole:
            parts.append(tag("rect", class_="c-unmeasured", y=px(top), height=px(end - top), **where))
        if number:
            high = plane.height(number)
            y = min(max(plane.line - high if top == HEAD else plane.line, HEAD), bottom - high)
            parts.append(
                tag("rect", class_=class_, x=percent(x), width=percent(width), y=px(y), height=px(high))
            )
    return tag("g", *parts, class_="c-column")


def _said(each: Sequence[Column], plane: _Plane) -> list[Markup]:
    """Return the words that stand where there is no column at all."""
    nothing = [one for one in each if one.up is None and one.down is None]
    if len(nothing) == len(each):
        words, x, anchor = "Not measured", 50.0, "middle"
    elif not plane.up + plane.down:
        words, x, anchor = "None", 0.0, None
    else:
        return []
    return [tag("text", words, x=percent(x), y=px(plane.line - 6), text_anchor=anchor)]


def _scale(plane: _Plane) -> tuple[Markup, Markup]:
    """Return the lines of the scale, and the figures at their right ends, which stand over the columns."""
    whole = plane.up + plane.down
    if not whole:
        return Markup(""), Markup("")
    by = step(whole, room=plane.room, apart=APART)
    lines, figures = Markup(""), Markup("")
    for side, most in ((-1, plane.up), (1, plane.down)):
        for number in range(by, most + 1, by):
            y = plane.line + side * plane.room * number / whole
            lines += tag("line", class_="c-grid", x1=0, x2="100%", y1=px(y), y2=px(y))
            figures += tag("text", f"{number:,}", x="100%", y=px(y - 4), text_anchor="end")
    return lines, figures
