"""Canonical Markdown becomes a `Document`, or an error that names every fault with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mailer.manuscript.characters import STRAY_CONTROL, with_plain_line_ends
from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.faults import Fault, ManuscriptError, invisible, quoted
from mailer.manuscript.frontmatter import FENCE, read_front_matter
from mailer.manuscript.headline import HEADING, POINT, Headline, MisreadError, headline, is_points, tagged


def read(
    text: str, interests: Sequence[str], *, list_slug: str = "", former: Mapping[str, str] | None = None
) -> Document:
    """Read an edition whose `{…}` may name `interests`.

    `list_slug`, where given, is the only list it may name; `former` are slugs that interests had before, with
    those they have.
    Raises ManuscriptError with all faults at once; lines count from 1, front matter included.
    """
    lines = with_plain_line_ends(text).split("\n")
    reader = _Reader(tuple(interests), former or {})
    reader.check_characters(lines)
    head = read_front_matter(lines, reader.faults)
    named = head.values.get("list", "")
    if list_slug and named and named != list_slug:
        reader.fault(
            head.lines["list"],
            0,
            f"this edition is for {quoted(named)}: import it there, or write list: {list_slug}",
        )
    sections = reader.sections(_passages(lines, head.height, reader))
    if reader.faults:
        raise ManuscriptError(reader.faults)
    return Document(
        list=named,
        title=head.values["title"],
        sections=sections,
        subtitle=head.values.get("subtitle", ""),
        date=head.date,
        subject=head.values.get("subject", ""),
        preheader=head.values.get("preheader", ""),
    )


@dataclass
class _Passage:
    """A heading and the lines beneath it, up to the next heading."""

    level: int
    line: int
    text: str
    offset: int  # of the text in its line
    body: list[str] = field(default_factory=list)

    @property
    def prose(self) -> str:
        """Return the body without the blank lines around it."""
        first = next((index for index, line in enumerate(self.body) if line.strip()), len(self.body))
        return "\n".join(self.body[first:]).rstrip()


def _passages(lines: list[str], height: int, reader: "_Reader") -> list[_Passage]:
    passages: list[_Passage] = []
    early = 0
    for number, line in enumerate(lines[height:], height + 1):
        heading = HEADING.fullmatch(line)
        if heading:
            offset = heading.start("text") if heading["text"] else len(line)
            passages.append(_Passage(len(heading["marks"]), number, heading["text"] or "", offset))
        elif passages:
            passages[-1].body.append(line)
        elif line.strip() and not early:
            early = number
    if early:
        reader.fault(early, 0, "this text stands before the first heading: write # and a heading above it")
    elif not passages and height and lines[height - 1].rstrip() == FENCE:
        reader.fault(height, 0, "the edition says nothing: add a section, # and a heading, beneath this")
    return passages


class _Reader:
    """Turns passages into values and collects what is wrong on the way."""

    def __init__(self, known: tuple[str, ...], former: Mapping[str, str]) -> None:
        self.known, self.former = known, former
        self.faults: list[Fault] = []

    def fault(self, line: int, offset: int, message: str) -> None:
        self.faults.append(Fault(line, offset + 1, message))

    def check_characters(self, lines: list[str]) -> None:
        for number, line in enumerate(lines, 1):
            for found in STRAY_CONTROL.finditer(line):
                self.faults.append(invisible(number, found.start(), found.group()))

    def sections(self, passages: list[_Passage]) -> tuple[Section, ...]:
        sections: list[Section] = []
        taken: dict[str, int] = {}
        start = 0
        while start < len(passages):
            end = start + 1
            while end < len(passages) and passages[end].level > 1:
                end += 1
            if passages[start].level == 1:
                sections.append(self._section(passages[start], passages[start + 1 : end], taken))
            else:
                first = passages[start]
                self.fault(first.line, 0, "this heading stands in no section: write # and a section above it")
                self._children(passages[start:end])
            start = end
        return tuple(sections)

    def _section(self, head: _Passage, children: list[_Passage], taken: dict[str, int]) -> Section:
        heading = self._headline(head)
        if heading.url or heading.names is not None:
            self.fault(
                head.line, head.offset, "a section has no link and no interests: give them to its stories"
            )
        self._take(head, heading.title, taken, "a section")
        self._check_no_tagged_points(head)
        groups, stories = self._children(children)
        return Section(heading.title, head.prose, groups, stories, head.line)

    def _children(self, children: list[_Passage]) -> tuple[tuple[Group, ...], tuple[Story, ...]]:
        groups: list[Group] = []
        stories: list[Story] = []
        taken: dict[str, int] = {}
        for child in children:
            heading = self._headline(child)
            self._take(child, heading.title, taken, "a story")
            if heading.url or heading.names is not None or not is_points(child.body):
                tags = self._interests(child.line, child.offset, heading.names or ())
                self._check_no_tagged_points(child)
                stories.append(Story(heading.title, heading.url, tags, child.prose, child.line))
                continue
            if stories:
                self.fault(
                    child.line,
                    child.offset,
                    "a list of points stands after a story: move it above the stories,"
                    " or write {} after its heading to make it a story",
                )
            groups.append(Group(heading.title, self._points(child), child.line))
        return tuple(groups), tuple(stories)

    def _points(self, passage: _Passage) -> tuple[Point, ...]:
        points: list[tuple[int, int, str]] = []
        for number, line in enumerate(passage.body, passage.line + 1):
            point = POINT.fullmatch(line)
            if point:
                points.append((number, len(line) - len(point["text"] or ""), point["text"] or ""))
            elif line.strip():
                first, offset, text = points[-1]
                points[-1] = (first, offset, f"{text.rstrip()} {line.strip()}")
        return tuple(self._point(*point) for point in points)

    def _point(self, line: int, offset: int, text: str) -> Point:
        try:
            words = tagged(text)
        except MisreadError as error:
            self.fault(line, offset + error.offset, error.message)
            return Point(text, (), line)
        if not words.text:
            self.fault(line, 0, "this point says nothing: write it or delete it")
        return Point(words.text, self._interests(line, offset, words.names or ()), line)

    def _headline(self, passage: _Passage) -> Headline:
        try:
            heading = headline(passage.text)
        except MisreadError as error:
            self.fault(passage.line, passage.offset + error.offset, error.message)
            return Headline("", "", ())
        if not heading.title:
            kind = "section" if passage.level == 1 else "story"
            self.fault(passage.line, passage.offset, f"a {kind} without a title: write one after the #")
        return heading

    def _take(self, passage: _Passage, title: str, taken: dict[str, int], kind: str) -> None:
        first = taken.setdefault(title.casefold(), passage.line)
        if title and first != passage.line:
            where = "" if passage.level == 1 else " of this section"
            self.fault(
                passage.line,
                passage.offset,
                f"{quoted(title)} is already the heading of {kind}{where}, on line {first}: tell them apart",
            )

    def _interests(self, line: int, offset: int, names: tuple[tuple[int, str], ...]) -> tuple[str, ...]:
        found: list[str] = []
        for start, written in names:
            name = self.former.get(written, written)
            if name in found:
                self.fault(line, offset + start, f"{quoted(name)} is named twice: keep one")
            elif name not in self.known:
                self.fault(line, offset + start, self._unknown(name))
            else:
                found.append(name)
        return tuple(found)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name.lower().replace(" ", "-"), self.known, n=1)
        hint = f"did you mean {quoted(near[0])}? " if near else ""
        has = f"it has {', '.join(self.known)}" if self.known else "it has none"
        return f"{quoted(name)} is no interest of this list: {hint}{has}"

    def _check_no_tagged_points(self, passage: _Passage) -> None:
        """Find points that carry interests where these would be shown as words."""
        for number, line in enumerate(passage.body, passage.line + 1):
            point = POINT.fullmatch(line.strip())
            try:
                names = tagged(point["text"] or "").names if point else None
            except MisreadError:
                continue
            if names and all(name in self.known for _, name in names):
                self.fault(
                    number, 0, "a point with interests must stand under a ## heading with nothing but points"
                )
