"""The parts of a pasted text become sections, groups and stories, with remarks for the editor."""

from collections.abc import Mapping, Sequence

from mailer.manuscript.composing import body, words
from mailer.manuscript.document import Group, Point, Section, Story
from mailer.manuscript.faults import Remark, quoted
from mailer.manuscript.gazetteer import Gazetteer
from mailer.manuscript.headline import address_fault
from mailer.manuscript.lines import Kind, Line
from mailer.manuscript.outline import Part, Role
from mailer.manuscript.titles import ADDRESS, Title, without_braces
from mailer.manuscript.units import Unit

# Heads what stood above the first heading: the text of an edition is in sections.
UNNAMED_SECTION = "In this edition"


class Drafter:
    """Turns what was found into values; what it was unsure of is in `remarks`."""

    def __init__(
        self,
        interests: Mapping[str, str],
        gazetteer: Gazetteer,
        *,
        speaks_markdown: bool,
        unnamed: str = UNNAMED_SECTION,
    ) -> None:
        """Take the list's interests, name by slug, and whether signs of Markdown are meant as such.

        `unnamed` is what a section without a heading is called.
        """
        self.remarks: list[Remark] = []
        self._interests = interests
        self._gazetteer = gazetteer
        self._speaks_markdown = speaks_markdown
        self._unnamed = unnamed

    def section(self, part: Part) -> Section:
        """Return the section with all that is in it, in order."""
        title, line = part.head.title.in_full, part.first_line
        if part.head.heading is None:
            title = self._unnamed
            self._say(line, f"nothing headed this text, so it stands under {quoted(title)}: name it")
        link = f"<{part.head.title.url}>\n\n" if part.head.title.url else ""
        return Section(
            title=title,
            prose=(link + self._body(part.head.body)).strip("\n"),
            groups=tuple(self._group(unit) for role, unit in part.children if role is Role.GROUP),
            stories=tuple(self._story(unit) for role, unit in part.children if role is Role.STORY),
            line=line,
        )

    def _group(self, unit: Unit) -> Group:
        return Group(unit.title.in_full, tuple(map(self._point, unit.body)), unit.first_line)

    def _point(self, line: Line) -> Point:
        text, names = without_braces(line.text)
        interests = self._known(names)
        text = text if interests else line.text
        return Point(words(text, speaks_markdown=self._speaks_markdown), interests, line.number)

    def _story(self, unit: Unit) -> Story:
        line, title = unit.first_line, unit.title
        url, rest = self._link(unit, title)
        given = self._known(title.names)
        name = title.words if given or not title.names else f"{title.words} {{{title.names}}}"
        interests = given or self._propose(line, name, [name, *(below.text for below in rest)])
        return Story(name, url, interests, self._body(rest), line)

    def _link(self, unit: Unit, title: Title) -> tuple[str, list[Line]]:
        """Return the story's address and the body without the line that held it."""
        lines = [line for line in unit.body if line.kind is Kind.ADDRESS and not address_fault(line.text)]
        url = title.url or (lines[0].text if lines else "")
        taken = next((line for line in lines if line.text == url), None)
        rest = [line for line in unit.body if line is not taken]
        if taken and taken.label:
            self._say(taken.number, f"{quoted(taken.label)} before the address was left out")
        name = quoted(title.words)
        if url:
            return url, rest
        inside = {match.group() for line in rest for match in ADDRESS.finditer(line.text)}
        if len(inside) == 1 and not address_fault(only := inside.pop()):
            self._say(unit.first_line, f"{name} took its link from the words beneath: check it")
            return only, rest
        where = f": {title.sign} stands for one that was not pasted" if title.sign else ""
        self._say(unit.first_line, f"{name} has no link{where}")
        return "", rest

    def _propose(self, line: int, title: str, texts: Sequence[str]) -> tuple[str, ...]:
        proposals = self._gazetteer.propose("\n".join(texts), self._interests)
        if not proposals:
            self._say(line, f"{quoted(title)} names no interest, so everyone gets it")
            return ()
        found = ", ".join(f"{proposal.interest} ({', '.join(proposal.words)})" for proposal in proposals)
        in_title = {proposal.interest for proposal in self._gazetteer.propose(title, self._interests)}
        faint = [
            proposal.interest
            for proposal in proposals
            if proposal.interest not in in_title and len(proposal.words) == 1
        ]
        doubt = f"; unsure of {', '.join(faint)}, named by one word only" if faint else ""
        self._say(line, f"{quoted(title)} is proposed for {found}{doubt}")
        return tuple(proposal.interest for proposal in proposals)

    def _known(self, names: str) -> tuple[str, ...]:
        """Return the interests that braces name, or none where any is unknown: then they were words."""
        slugs = tuple(dict.fromkeys(name.strip() for name in names.split(",")))
        return slugs if all(slug in self._interests for slug in slugs) else ()

    def _body(self, lines: Sequence[Line]) -> str:
        return body(lines, speaks_markdown=self._speaks_markdown)

    def _say(self, line: int, message: str) -> None:
        self.remarks.append(Remark(line, message))
