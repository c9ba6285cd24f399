"""A pasted text as lines that mean something: wrapped ones joined, each told by its shape."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import zip_longest

from mailer.manuscript.characters import printable
from mailer.manuscript.titles import ADDRESS, has_words, is_title

# Wider than this, nobody wrapped the text by hand or by mail program; narrower, its lines are short anyway.
_WIDEST_WRAP, _NARROWEST_WRAP = 100, 60

_SOFT_BREAKS = re.compile("[\v\f\x85\u2028\u2029]")
_BULLET = re.compile(r"(?:[•◦‣▪▫●○∙⁃]\s*|[·■□*+–—-]\s+)(?P<text>\S.*)")
_NUMBER = re.compile(r"(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")
_MARKS = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.{1,300}?)(?:\s+#+)?")  # longer is no heading
_BOLD = re.compile(r"(\*\*|__)(?P<text>[^*_]{1,300}?)\1:?")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
# What newsletters write before the address of a story.
_LABEL = (
    r"(?:(?:read|find out|learn|see) )?(?:more|read|source|link|full (?:story|article|text)|via|web(?:site)?)"
)
_ADDRESS_LINE = re.compile(
    rf"(?:(?P<label>{_LABEL})(?: here| at)?\s*[:→>-]*\s+)?<?(?P<text>{ADDRESS.pattern})>?", re.IGNORECASE
)


class Kind(Enum):
    """What a line is by its shape alone."""

    TITLE = "short, without the end of a sentence"
    MARKED = "marked as a heading"
    TEXT = "words of a paragraph"
    POINT = "begins with a bullet"
    NUMBERED = "begins with a number"
    ADDRESS = "an address alone"
    ORNAMENT = "no letter and no figure"


@dataclass(frozen=True)
class Line:
    """One line; `text` is without bullet, number and marks, `raw` as it was pasted."""

    number: int
    kind: Kind
    text: str
    raw: str
    starts_block: bool  # a blank line, or nothing, is above
    ends_block: bool
    level: int = 0  # of a marked heading, 0 where the mark says none
    figure: str = ""  # of a numbered line
    label: str = ""  # the words before an address


@dataclass
class _Row:
    """A line as it is in the file, or several that wrapping had parted."""

    number: int
    text: str
    indent: int
    last_length: int
    starts_block: bool
    ends_block: bool = False


def lines_of(text: str) -> list[Line]:
    """Return the lines of `text` that are not blank.

    Numbers count from 1, and name the first of several that were joined.
    """
    rows = _joined(list(_rows(text)))
    lines: list[Line] = []
    for row, below in zip_longest(rows, rows[1:]):
        line = _line(row)
        underline = below.text if below and not below.starts_block else ""
        if line.kind is Kind.TITLE and _UNDERLINE.fullmatch(underline):
            line = replace(line, kind=Kind.MARKED, level=1 if underline.startswith("=") else 2)
        lines.append(line)
    return lines


def _rows(text: str) -> Iterator[_Row]:
    blank_above = True
    row: _Row | None = None
    for number, written in enumerate(text.split("\n"), 1):
        for part in _SOFT_BREAKS.split(written):
            clean = printable(part).strip()
            if clean:
                if row:
                    yield row
                indent = len(part) - len(part.lstrip())
                row = _Row(number, clean, indent, len(part.rstrip()), blank_above)
            elif row:
                row.ends_block = True
            blank_above = not clean
    if row:
        row.ends_block = True
        yield row


def _joined(rows: list[_Row]) -> list[_Row]:
    """Join what wrapping parted: a line goes on where its next word would not have fitted, or is small."""
    width = max((row.last_length for row in rows), default=0)
    wrapped = _NARROWEST_WRAP <= width <= _WIDEST_WRAP
    joined: list[_Row] = []
    for row in rows:
        above = joined[-1] if joined and not row.starts_block else None
        hangs = above is not None and _is_item(above.text) and row.indent > above.indent
        first_word = row.text.split()[0]
        overflows = wrapped and above is not None and above.last_length + 1 + len(first_word) > width
        goes_on = wrapped and above is not None and row.text[0].islower() and above.text[-1] not in ".:!?"
        if above and (hangs or overflows or goes_on) and _is_words(row.text) and _is_flowing(above.text):
            above.text += f" {row.text}"
            above.last_length, above.ends_block = row.last_length, row.ends_block
        else:
            joined.append(row)
    return joined


def _is_item(text: str) -> bool:
    return bool(_BULLET.fullmatch(text) or _NUMBER.fullmatch(text))


def _is_words(text: str) -> bool:
    alike = (_BULLET, _NUMBER, _MARKS, _BOLD, _UNDERLINE, _ADDRESS_LINE)
    return not any(shape.fullmatch(text) for shape in alike)


def _is_flowing(text: str) -> bool:
    return not any(shape.fullmatch(text) for shape in (_MARKS, _BOLD, _UNDERLINE, _ADDRESS_LINE))


def _line(row: _Row) -> Line:
    line = Line(row.number, Kind.ORNAMENT, row.text, row.text, row.starts_block, row.ends_block)
    if not has_words(row.text):
        return line
    if match := _MARKS.fullmatch(row.text):
        return replace(line, kind=Kind.MARKED, text=match["text"], level=len(match["marks"]))
    if match := _BOLD.fullmatch(row.text):
        return replace(line, kind=Kind.MARKED, text=match["text"].strip())
    if match := _ADDRESS_LINE.fullmatch(row.text):
        return replace(line, kind=Kind.ADDRESS, text=match["text"], label=match["label"] or "")
    return _words(line)


def _words(line: Line) -> Line:
    if match := _BULLET.fullmatch(line.text):
        return replace(line, kind=Kind.POINT, text=match["text"])
    match = _NUMBER.fullmatch(line.text)
    if match and has_words(match["text"]):
        return replace(line, kind=Kind.NUMBERED, text=match["text"], figure=match["number"])
    return replace(line, kind=Kind.TITLE if is_title(line.text) else Kind.TEXT)
