"""Stories and points are moved and given interests in the text itself: all else stays as it stands.

Each function takes a text and the document that was read from it, and returns a new text. An item, which is
a story or a point, is named by the line of the text that it begins on, as the document has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.faults import quoted
from mailer.manuscript.headline import HEADING, headline, is_points, tagged

# The ends of lines that reading knows, and no others.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END = re.compile(r"(?:\r\n|\r|\n)\Z")
_ENDS = re.compile(r"[\r\n]+")


class ArrangingError(Exception):
    """What was asked cannot be done to this text; the message says why and what to do."""


class Kind(Enum):
    """What a passage of the text is."""

    SECTION = "section"
    GROUP = "group"
    POINT = "point"
    STORY = "story"


@dataclass(frozen=True)
class Item:
    """A story or a point: where it stands, what it says, and its lines as they are written.

    `under` is the line of the group that holds a point, or of the section that holds a story; `position`
    counts from 0 among its `siblings`.
    """

    kind: Kind
    line: int
    written: str
    value: Story | Point
    section: Section
    group: Group | None
    position: int
    siblings: int

    @property
    def name(self) -> str:
        """Return its title, or a point's words."""
        return self.value.title if isinstance(self.value, Story) else self.value.text

    @property
    def under(self) -> int:
        """Return the line of the heading that it belongs to."""
        return (self.group or self.section).line

    @property
    def place(self) -> str:
        """Return the name of the heading that it belongs to."""
        return (self.group or self.section).title


@dataclass(frozen=True)
class Arranged:
    """A text with one change, and the line on which the item begins there."""

    text: str
    line: int


def items(text: str, document: Document) -> tuple[Item, ...]:
    """Return the points and stories of a text in the order they stand there."""
    written = {passage.line: "".join(passage.lines) for passage in _laid_out(text, document).passages}
    found: list[Item] = []
    for section in document.sections:
        for group in section.groups:
            found += [
                Item(
                    Kind.POINT,
                    point.line,
                    written[point.line],
                    point,
                    section,
                    group,
                    index,
                    len(group.points),
                )
                for index, point in enumerate(group.points)
            ]
        found += [
            Item(
                Kind.STORY, story.line, written[story.line], story, section, None, index, len(section.stories)
            )
            for index, story in enumerate(section.stories)
        ]
    return tuple(found)


def item_on(text: str, document: Document, line: int) -> Item:
    """Return the item that begins on this line, or raise ArrangingError."""
    found = next((item for item in items(text, document) if item.line == line), None)
    if found is None:
        raise ArrangingError(f"No story and no point begins on line {line}: look at the board as it is now")
    return found


def shifted(text: str, document: Document, line: int, by: int) -> Arranged:
    """Move an item by so many places among its siblings. Raises ArrangingError beyond the first and last."""
    item = item_on(text, document, line)
    if not 0 <= item.position + by < item.siblings:
        end = "first" if by < 0 else "last"
        raise ArrangingError(f"{quoted(item.name)} is the {end} of {quoted(item.place)} already")
    return placed(text, document, line, under=item.under, position=item.position + by)


def placed(text: str, document: Document, line: int, *, under: int, position: int | None = None) -> Arranged:
    """Move a story beneath the section, or a point beneath the group, that is headed on line `under`.

    `position` counts from 0 among those that are there, the item itself left out; None is the end. The
    item's lines move as they are written, and the blank lines around it so that all stay set apart as they
    were. Raises ArrangingError where it cannot stand there.
    """
    item = item_on(text, document, line)
    _check_place(document, item, under)
    layout = _laid_out(text, document)
    passages = layout.passages
    here = next(index for index, passage in enumerate(passages) if passage.line == line)
    others = [
        each for each in passages if each.kind is item.kind and each.under == under and each.line != line
    ]
    at = len(others) if position is None else min(max(position, 0), len(others))
    if (under, at) == (item.under, item.position):
        return Arranged(text, line)
    passage, apart = passages[here], _taken_out(passages, here)
    before = others[at - 1] if at else _last_beneath(passages, under, item.kind)
    alone = item.kind is Kind.STORY and item.siblings == 1
    if alone and not apart and (others or not before.is_bare_heading):
        apart = layout.spare
    passage.under = under
    if others and not at:
        passage.gap = apart
        passages.insert(passages.index(others[0]), passage)
    else:
        before.gap, passage.gap = apart, before.gap
        passages.insert(passages.index(before) + 1, passage)
    return layout.put_together(passage)


def tagged_with(text: str, document: Document, line: int, interests: Sequence[str]) -> Arranged:
    """Give an item these interests, by slug, and no others; those it has keep their order.

    Nothing but its braces is written anew, and where it has these already the text is the very same.
    """
    item = item_on(text, document, line)
    had = item.value.interests
    if set(had) == set(interests):
        return Arranged(text, line)
    wanted = [slug for slug in had if slug in interests]
    wanted += [slug for slug in dict.fromkeys(interests) if slug not in had]
    layout = _laid_out(text, document)
    passage = next(each for each in layout.passages if each.line == line)
    braces = f"{{{', '.join(wanted)}}}" if wanted or _needs_braces(item.value, passage.lines) else ""
    # A story's stand on its heading, a point's at the end of its last line.
    height = 1 if item.kind is Kind.STORY else len(passage.lines)
    head = "".join(passage.lines[:height])
    passage.lines[:height] = [_with_braces(head, braces, replaces=_is_braced(item, head))]
    return layout.put_together(passage)


def _check_place(document: Document, item: Item, under: int) -> None:
    """Refuse a place of another kind, and one where the same heading stands already."""
    section = next((each for each in document.sections if each.line == under), None)
    if item.kind is Kind.POINT:
        if not any(group.line == under for each in document.sections for group in each.groups):
            raise ArrangingError(f"Line {under} heads no list of points: choose one to move this point to")
        return
    if section is None:
        raise ArrangingError(f"Line {under} heads no section: choose one to move {quoted(item.name)} to")
    others = [(each.title, each.line) for each in section.groups]
    others += [(each.title, each.line) for each in section.stories]
    if any(title.casefold() == item.name.casefold() and line != item.line for title, line in others):
        raise ArrangingError(
            f"{quoted(section.title)} has a heading {quoted(item.name)} already: give one of them another"
        )


@dataclass(eq=False)
class _Passage:
    """The lines of a heading with its body, or of a point; the blank lines after it are its `gap`."""

    kind: Kind
    line: int
    under: int
    lines: list[str] = field(default_factory=list)
    gap: list[str] = field(default_factory=list)

    @property
    def is_bare_heading(self) -> bool:
        """Return whether it is the heading of a section and nothing else."""
        return self.kind is Kind.SECTION and len(self.lines) == 1


@dataclass
class _Layout:
    """A text in passages; `head` is what stands before the first."""

    head: list[str]
    passages: list[_Passage]

    @property
    def spare(self) -> list[str]:
        """Return a blank line as this text sets its passages apart, or none where it does not."""
        blank = (line for passage in self.passages for line in passage.gap if _END.search(line))
        return [line for line in (next(blank, None),) if line is not None]

    def put_together(self, changed: _Passage) -> Arranged:
        lines, at = list(self.head), 0
        for passage in self.passages:
            if passage is changed:
                at = len(lines) + 1
            lines += [*passage.lines, *passage.gap]
        return Arranged("".join(_ended_as_before(lines)), at)


def _laid_out(text: str, document: Document) -> _Layout:
    starts: list[tuple[int, Kind, int]] = []  # line, what begins there, and the line of its heading
    for section in document.sections:
        starts.append((section.line, Kind.SECTION, 0))
        for group in section.groups:
            starts.append((group.line, Kind.GROUP, section.line))
            starts += [(point.line, Kind.POINT, group.line) for point in group.points]
        starts += [(story.line, Kind.STORY, section.line) for story in section.stories]
    lines = _LINE.findall(text)
    ends = [*(line - 1 for line, _, _ in starts[1:]), len(lines)]
    passages = []
    for (line, kind, under), end in zip(
        starts, ends, strict=False
    ):  # without a section there is one end more
        own = lines[line - 1 : end]
        height = max((index for index, each in enumerate(own, 1) if each.strip()), default=0)
        passages.append(_Passage(kind, line, under, own[:height], own[height:]))
    return _Layout(lines[: starts[0][0] - 1] if starts else lines, passages)


def _taken_out(passages: list[_Passage], here: int) -> list[str]:
    """Take a passage out, and return the blank lines that set it apart from its like."""
    passage, before = passages.pop(here), passages[here - 1]
    after = passages[here] if here < len(passages) else None
    like = (passage.kind, passage.under)
    if (before.kind, before.under) != like and after and (after.kind, after.under) == like:
        return passage.gap
    apart, before.gap = before.gap, passage.gap
    return apart


def _last_beneath(passages: Sequence[_Passage], under: int, kind: Kind) -> _Passage:
    """Return the last passage of a section or group that has none of this kind yet."""
    last = next(index for index, passage in enumerate(passages) if passage.line == under)
    while kind is Kind.STORY and last + 1 < len(passages) and passages[last + 1].kind is not Kind.SECTION:
        last += 1
    return passages[last]


def _ended_as_before(lines: list[str]) -> list[str]:
    """Let the last line end as the text did: one without an end may have moved away from there."""
    for index, line in enumerate(lines[:-1]):
        if not _END.search(line):
            end = _END.search(lines[-1])
            lines[index] += end.group() if end else "\n"
            lines[-1] = _END.sub("", lines[-1])
    return [line for line in lines if line]


def _needs_braces(value: Story | Point, lines: Sequence[str]) -> bool:
    """Return whether a story without interests would be read as a list of points but for its braces."""
    if isinstance(value, Point) or value.url:
        return False
    return is_points(with_plain_line_ends("".join(lines[1:])).split("\n"))


def _is_braced(item: Item, head: str) -> bool:
    """Return whether braces stand at the end, though they may name nobody."""
    line = _ENDS.sub(" ", head)
    if item.kind is Kind.POINT:
        return tagged(line).names is not None
    heading = HEADING.fullmatch(line)
    return heading is not None and headline(heading["text"]).names is not None


def _with_braces(head: str, braces: str, *, replaces: bool) -> str:
    words = head.rstrip()
    rest = head[len(words) :]
    if replaces:
        words = words[: words.rindex("{")]
        words = words if braces else words.rstrip()
    elif braces:
        words += " "
    return words + braces + rest
