"""An edition's text, line by line, with what each line is and where its words begin.

The lines of the theme's footer come last: they stand in every letter, and in no edition's text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.document import Document
from mailer.manuscript.frontmatter import FENCE, KEYS
from mailer.manuscript.headline import HEADING

HEADINGS = frozenset({"section", "group", "story"})
# A line of the theme's footer.
FOOTER = "footer"
# One line that readers see in the inbox or at the head of the letter; a letter has no other plain text.
PLAIN = frozenset({"title", "subtitle", "subject", "preheader"})

_ENTRY = re.compile(rf"\s*(?P<key>{'|'.join(KEYS)})\s*:\s*(?P<value>.*?)\s*")
_OPEN_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)(?:.+?)(?<!`)\1(?!`)")
_ADDRESS = re.compile(
    r"(?<=\]\()[^\s()]*(?:\([^\s()]*\)[^\s()]*)*|<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>"
    r"|\bhttps?://[^\s<>)\]]+|(?<=href=)[\"'][^\"']*[\"']"
)
# Stands for what is no word and no space either.
_COVER = "\ufffc"
_TAGS = re.compile(r"(?<!\\)\{[^{}]*\}\s*$")


@dataclass(frozen=True, order=True)
class Place:
    """A place in the text, or in the theme's footer; both count from 1, and so do the footer's lines."""

    line: int = 1
    column: int = 1
    in_footer: bool = False


START = Place()


@dataclass(frozen=True)
class Line:
    """What one line says: a key of the front matter, a heading, `body`, or `footer` (of the theme).

    `text` is as typed, but that code is covered: what stands there is quoted. In `words` addresses are
    covered and interests blank too. Both have the line's own columns.
    """

    kind: str
    number: int
    text: str
    words: str

    def place(self, offset: int) -> Place:
        """Return the place of an offset in `text` or `words`."""
        return Place(self.number, offset + 1, self.kind == FOOTER)


class Page:
    """The text and the places in it."""

    def __init__(self, text: str, document: Document, footer: Sequence[str] = ()) -> None:
        """Take the text that `document` was read from, and the lines beneath every letter of the list."""
        self.rows = with_plain_line_ends(text).split("\n")
        self.document = document
        self.footer = tuple(footer)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return every line that says something."""
        return (*self._head(), *self._body(), *self._foot())

    @cached_property
    def folded(self) -> str:
        """Return all of the text without the difference of capitals."""
        return "\n".join(self.rows).casefold()

    def key(self, *names: str) -> Place:
        """Return where the first of these keys has its value; the beginning where none is given."""
        for name in names:
            for line in self.lines:
                if line.kind == name:
                    return line.place(len(line.text) - len(line.text.lstrip()))
        return START

    def heading(self, number: int, words: str = "") -> Place:
        """Return the place of `words` in line `number`, or of its heading's first letter."""
        row = self.rows[number - 1] if 0 < number <= len(self.rows) else ""
        found = row.find(words) if words else -1
        if found < 0:
            found = len(row) - len(row.lstrip("# \t"))
        return Place(max(number, 1), found + 1)

    @cached_property
    def _height(self) -> int:
        """Return how many lines the front matter takes, with its fences."""
        fences = [index for index, row in enumerate(self.rows) if row.rstrip() == FENCE][:2]
        return fences[1] + 1 if len(fences) > 1 else 0

    def _head(self) -> Iterator[Line]:
        for number, row in enumerate(self.rows[: self._height], 1):
            entry = _ENTRY.fullmatch(row)
            if entry and entry["value"]:
                text = " " * entry.start("value") + entry["value"]
                yield Line(entry["key"], number, text, _covered(_ADDRESS, text))

    def _body(self) -> Iterator[Line]:
        kinds = {section.line: "section" for section in self.document.sections}
        kinds |= {group.line: "group" for section in self.document.sections for group in section.groups}
        kinds |= {story.line: "story" for story in self.document.stories}
        fence = ""
        for number, row in enumerate(self.rows[self._height :], self._height + 1):
            opening = _OPEN_FENCE.match(row)
            if HEADING.fullmatch(row):
                fence = ""  # a heading ends a passage, and whatever was open in it
            elif fence:
                fence = "" if row.strip().startswith(fence) else fence
                continue
            elif opening:
                fence = opening["fence"]
                continue
            if row.strip():
                text = _covered(_CODE, row)
                words = _TAGS.sub(lambda tags: " " * len(tags[0]), _covered(_ADDRESS, text))
                yield Line(kinds.get(number, "body"), number, text, words)

    def _foot(self) -> Iterator[Line]:
        for number, row in enumerate(self.footer, 1):
            text = _covered(_CODE, row)
            yield Line(FOOTER, number, text, _covered(_ADDRESS, text))


def _covered(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: _COVER * len(found[0]), text)
