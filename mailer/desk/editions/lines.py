"""A text line by line, for those who look for one by its number."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.manuscript.decoding import MOST_BYTES


@dataclass(frozen=True)
class Line:
    """A line of a text; `mark` is error, warning or '', `heading` whether it is one."""

    number: int
    text: str
    mark: str = ""
    heading: bool = False


def lines_of(text: str, marks: Mapping[int, str]) -> list[Line]:
    """Return the lines of a text, from 1; the empty one after the last line's end is none.

    None of a text that is longer than any edition: it is handed back whole, to be made shorter.
    """
    if len(text) > MOST_BYTES:
        return []
    return [
        Line(number, line, marks.get(number, ""), line.startswith("#"))
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1)
    ]
