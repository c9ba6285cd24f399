"""Find what sets the fields of a table apart, and how they are quoted, from its first lines."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from subscribers.csvfiles.errors import CsvError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_ROWS = 50  # of the sample that are compared


@dataclass(frozen=True)
class Shape:
    """How a table is written: as csv.reader takes it, and how many lines stand before the header."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None  # before a quotation mark within quotation marks; None: it is doubled
    spaced: bool = False  # a space stands before each field
    above: int = 0

    @property
    def shown(self) -> str:
        """Return it in words: “semicolons, fields in single quotation marks”."""
        words = [DELIMITERS.get(self.delimiter, f"{self.delimiter!r}")]
        if self.quote == "'":
            words.append("fields in single quotation marks")
        if self.escape:
            words.append("a backslash before quotation marks")
        return ", ".join(words)

    def reader(self, lines: Iterator[str]) -> Any:  # noqa: ANN401 - csv gives its reader no public name
        """Return csv's reader of `lines`, behind what stands above the header."""
        for _ in islice(lines, self.above):
            pass
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=self.escape is None,
            escapechar=self.escape,
            skipinitialspace=self.spaced,
            strict=True,
        )


def named(text: str) -> str:
    """Return the delimiter that a person named, as itself or in words. Raises CsvError."""
    delimiter = _NAMES.get(text.strip().lower(), text)
    if len(delimiter) != 1 or delimiter in "\"'\r\n":
        raise CsvError(f"The delimiter must be one character, or comma, semicolon, tab or pipe, not {text!r}")
    return delimiter


def find(head: str, delimiter: str, known: Callable[[Sequence[str]], int]) -> Shape:
    """Return the shape of the table that begins with `head`; `delimiter` '' is found.

    `known` says how many columns of a header have a meaning. The header decides, then how even the rows are:
    a text of its own holds commas and semicolons, a header hardly ever does.
    """
    hint = _excel_hint(head)
    candidates = [delimiter] if delimiter else [hint] if hint else list(DELIMITERS)
    above = 1 if hint else 0
    shapes = [_quoted(Shape(candidate, above=above), head) for candidate in candidates]
    return max(shapes, key=lambda shape: _worth(shape, head, known))


def rows(shape: Shape, head: str) -> list[list[str]]:
    """Return the first rows that are no empty lines, as far as they can be read: the last may be cut off."""
    found = []
    try:
        for row in shape.reader(io.StringIO(head, newline="")):
            if any(row):
                found.append(row)
            if len(found) > _ROWS:
                break
    except csv.Error:
        pass
    return found


def _worth(shape: Shape, head: str, known: Callable[[Sequence[str]], int]) -> tuple[int, float, int]:
    table = rows(shape, head)
    if not table:
        return 0, 0.0, 0
    widths = Counter(map(len, table))
    width = len(table[0])
    even = widths[width] / len(table) if width > 1 else 0.0
    return known(table[0]), even, width


def _excel_hint(head: str) -> str:
    """Return the delimiter that Excel's first line `sep=;` names, or ''."""
    first = head.split("\n", 1)[0].rstrip("\r").strip('"')
    return first[4] if first.lower().startswith("sep=") and len(first) == len("sep=;") else ""


def _quoted(shape: Shape, head: str) -> Shape:
    """Return the shape with the quotation marks that the header, or else its failing, shows."""
    body = head.split("\n", shape.above)[-1]
    header = body.lstrip("\r\n").split("\n", 1)[0].rstrip("\r")
    fields = header.split(shape.delimiter)
    if fields[0].startswith("'") and fields[-1].endswith("'") and len(header) > 1:
        return replace(shape, quote="'")
    if f'{shape.delimiter} "' in header:
        return replace(shape, spaced=True)
    if '\\"' in head and not _sound(shape, head) and _sound(escaped := replace(shape, escape="\\"), head):
        return escaped
    return shape


def _sound(shape: Shape, head: str) -> bool:
    """Return whether the sample is read without a fault; its last line may be cut off."""
    whole = head.rpartition("\n")[0] or head
    try:
        for _ in shape.reader(io.StringIO(whole, newline="")):
            pass
    except csv.Error:
        return False
    return True
