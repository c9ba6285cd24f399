"""Which lines of a pasted text are headings, and what stands beneath each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailer.manuscript.lines import Kind, Line
from mailer.manuscript.titles import Title, has_words, is_title, title_of

ITEMS = frozenset({Kind.POINT, Kind.NUMBERED})
_DEEPEST_MARK = 6


@dataclass
class Unit:
    """A heading, None for what stands before the first, and the lines beneath it."""

    heading: Line | None
    body: list[Line] = field(default_factory=list)

    @property
    def title(self) -> Title:
        """Return what the heading says and links to."""
        return title_of(self.heading.text) if self.heading else Title("")

    @property
    def first_line(self) -> int:
        """Return the number of its first line, 0 where it has none."""
        return next((line.number for line in (self.heading, *self.body) if line), 0)

    @property
    def is_list(self) -> bool:
        """Return whether there is nothing but points beneath."""
        return bool(self.body) and all(line.kind in ITEMS for line in self.body)

    @property
    def is_linked(self) -> bool:
        """Return whether it carries what only stories carry: a link, a sign for one, or a number."""
        numbered = self.heading is not None and self.heading.kind in ITEMS
        linked = bool(self.title.url or self.title.sign)
        return linked or numbered or any(line.kind is Kind.ADDRESS for line in self.body)


def units_of(lines: Sequence[Line]) -> list[Unit]:
    """Gather the lines under their headings; a heading at the end with nothing beneath is words."""
    headings = _Headings(lines)
    units = [Unit(None)]
    for index, line in enumerate(lines):
        if headings.has(index):
            units.append(Unit(line))
        else:
            units[-1].body.append(line)
    loose: list[Line] = []
    while units[-1].heading and _is_loose(units[-1]):
        loose.insert(0, replace(units[-1].heading, kind=Kind.TEXT))
        units.pop()
    units[-1].body += loose
    return [unit for unit in units if unit.heading or unit.body]


def _is_loose(unit: Unit) -> bool:
    marked = unit.heading is not None and unit.heading.kind is Kind.MARKED
    return not unit.body and not unit.is_linked and not marked


class _Headings:
    """Tells headings from other lines by what stands around them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._levels = sorted({line.level for line in lines if line.kind is Kind.MARKED and line.level})
        # Deeper headings stay in the text as lines in bold.
        self._deepest = self._levels[1] if len(self._levels) > 1 else _DEEPEST_MARK
        self._times = Counter(line.text.casefold() for line in lines)

    def has(self, index: int) -> bool:
        line = self._lines[index]
        if not has_words(title_of(line.text).words):
            return False
        if line.kind is Kind.MARKED and line.level:
            return line.level <= self._deepest
        if line.kind in ITEMS:
            return self._item_heads(index)
        if line.kind is Kind.TITLE:
            return not self._recurs(index) and self._words_head(index)
        return line.kind is Kind.MARKED and not self._recurs(index)

    def _words_head(self, index: int) -> bool:
        """Return whether words without a mark are a heading; where others are marked, only a link tells."""
        if self._links(index) or self._levels:
            return self._links(index)
        # Under a title without a gap stands its source or its author.
        return self._lines[index].starts_block or self._above(index) in {Kind.TEXT, *ITEMS}

    def _links(self, index: int) -> bool:
        title = title_of(self._lines[index].text)
        return bool(title.url or title.sign) or self._below(index) is Kind.ADDRESS

    def _item_heads(self, index: int) -> bool:
        """Return whether an item is the title of a story: a link or, under a number, words are beneath."""
        line = self._lines[index]
        numbered = line.kind is Kind.NUMBERED and self._above(index) is not Kind.NUMBERED
        told = self._below(index) is Kind.ADDRESS or (numbered and self._below(index) is Kind.TEXT)
        return told and is_title(line.text)

    def _recurs(self, index: int) -> bool:
        """Return whether the line is one that each story repeats: "Why it matters"."""
        often = self._times[self._lines[index].text.casefold()] > 1
        return often and self._below(index) not in ITEMS and not self._links(index)

    def _above(self, index: int) -> Kind | None:
        return self._lines[index - 1].kind if index else None

    def _below(self, index: int) -> Kind | None:
        return self._lines[index + 1].kind if index + 1 < len(self._lines) else None
