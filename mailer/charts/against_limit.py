"""Complaints, unsubscribes or bounces against a limit: a bar, the limit as a mark, and words."""

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from mailer.charts.drawing import SPACE, drawing, limit_mark, percent, tag
from mailer.charts.shares import share

HEIGHT, BAR = 16, 10
LIMIT_AT = 80  # per cent of the width; what is over goes on beyond it
LEAST = 1.4  # per cent that what is not nothing takes


@dataclass(frozen=True)
class Rate:
    """So many of so many, and the share of these that is the limit; None where it was not measured."""

    number: int | None
    of: int
    limit: Fraction

    @property
    def over(self) -> bool:
        """Tell whether it is more than the limit, exactly."""
        return bool(self.number) and bool(self.of) and Fraction(self.number or 0, self.of) > self.limit

    @property
    def words(self) -> str:
        """Return it in words: “9 of 40,101 (0.022 %), under the limit of 0.1 %”."""
        words, limit = said(self.number, self.of), f"{float(self.limit * 100):g}{SPACE}%"
        if self.number is None or not self.of:
            return f"{words}; the limit is {limit}"
        if self.over:
            standing = "over the limit of"
        else:
            standing = (
                "at the limit of" if Fraction(self.number, self.of) == self.limit else "under the limit of"
            )
        return f"{words}, {standing} {limit}"


def said(number: int | None, of: int) -> str:
    """Return so many of so many in words: “9 of 40,101 (0.022 %)”, “Not measured”."""
    if number is None:
        return "Not measured"
    return f"{number:,} of {of:,} ({share(number, of)})" if of else "Nothing to compare yet"


def against_limit(rate: Rate, *, name: str, title: str) -> Markup:
    """Return the bar: the limit stands at four fifths of it, and what is far over it fills it all."""
    middle = HEIGHT / 2
    inside = [tag("line", class_="c-grid", x1=0, x2="100%", y1=middle, y2=middle)]
    bar = {"y": (HEIGHT - BAR) / 2, "height": BAR}
    if rate.number is None:
        inside.append(tag("rect", class_="c-unmeasured", width="100%", **bar))
    elif rate.number and rate.of:
        of_limit = Fraction(rate.number, rate.of) / rate.limit if rate.limit else Fraction(2)
        wide = min(max(float(of_limit * LIMIT_AT), LEAST), 100)
        inside.append(tag("rect", class_="c-fault" if rate.over else "c-people", width=percent(wide), **bar))
    return drawing(
        *inside,
        limit_mark(LIMIT_AT, 0, HEIGHT),
        name=name,
        title=title,
        words=f"{rate.words}.",
        height=HEIGHT,
        class_="chart thin",
    )
