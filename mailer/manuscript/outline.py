"""Whether each heading of a pasted text heads a section, a group of points or a story."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from mailer.manuscript.faults import Remark, quoted
from mailer.manuscript.lines import Line
from mailer.manuscript.titles import stands_out, words_in
from mailer.manuscript.units import Unit, units_of

# A heading of its own with so many words tells a story; with fewer it names a section.
_WORDS_OF_A_STORY = 6


class Role(Enum):
    """What a heading heads."""

    SECTION = "section"
    GROUP = "group"
    STORY = "story"


@dataclass
class Part:
    """A section as it was found: its own unit, then the units in it with their roles."""

    head: Unit
    children: list[tuple[Role, Unit]] = field(default_factory=list)

    @property
    def has_groups(self) -> bool:
        """Return whether any child is a group."""
        return any(role is Role.GROUP for role, _ in self.children)

    @property
    def stories(self) -> list[Unit]:
        """Return the children that are stories."""
        return [unit for role, unit in self.children if role is Role.STORY]

    @property
    def first_line(self) -> int:
        """Return the number of its first line."""
        return self.head.first_line or self.children[0][1].first_line

    @property
    def is_open(self) -> bool:
        """Return whether its heading has nothing beneath yet: the next heading belongs to it."""
        return self.head.heading is not None and not self.head.body and not self.children


def outline(lines: Sequence[Line]) -> tuple[list[Part], list[Remark]]:
    """Return the sections that `lines` make, and what was decided by the length of a heading alone."""
    units = units_of(lines)
    levels = sorted({unit.heading.level for unit in units if unit.heading and unit.heading.level})
    remarks: list[Remark] = []
    parts: list[Part] = []
    for index, unit in enumerate(units):
        current = parts[-1] if parts else Part(Unit(None))
        if unit.heading is None:
            role = Role.SECTION
        elif len(levels) > 1:
            role = _role_by_level(unit, unit.heading, levels[0], current)
        else:
            certain = _role_by_place(unit, unit.heading, current, last=index == len(units) - 1)
            role = certain or _role_by_length(unit.heading)
            if certain is None:
                doubt = f"{quoted(unit.title.words)} was taken for a {role.value}: change its # if it is not"
                remarks.append(Remark(unit.heading.number, doubt))
        if role is Role.SECTION:
            parts.append(Part(unit))
            continue
        if not parts:
            parts.append(current)
        parts[-1].children.append((role, unit))
    return parts, remarks


def _role_by_level(unit: Unit, heading: Line, top: int, current: Part) -> Role:
    if heading.level == top:
        return Role.SECTION
    points = unit.is_list or not unit.body
    return Role.GROUP if points and not unit.is_linked and not current.stories else Role.STORY


def _role_by_place(unit: Unit, heading: Line, current: Part, *, last: bool) -> Role | None:
    if unit.is_linked:
        return Role.STORY
    if not unit.body:
        return Role.STORY if last and current.stories else Role.SECTION
    if unit.is_list:
        listing = current.is_open or (current.has_groups and not current.stories)
        return Role.GROUP if listing else Role.SECTION
    if current.stories:
        # Among titles without a sign, a heading with one begins something else.
        alike = not stands_out(heading.text) or any(map(_stands_out, current.stories))
        return Role.STORY if alike else Role.SECTION
    return Role.STORY if current.is_open else None


def _role_by_length(heading: Line) -> Role:
    return Role.STORY if words_in(heading.text) >= _WORDS_OF_A_STORY else Role.SECTION


def _stands_out(unit: Unit) -> bool:
    return unit.heading is not None and stands_out(unit.heading.text)
