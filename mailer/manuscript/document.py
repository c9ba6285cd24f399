"""What an edition says, as values; nothing here knows the name of any section or interest."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Point:
    """One line of a list, as inline Markdown, with the slugs of its interests."""

    text: str
    interests: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Group:
    """A `##` heading with nothing but points beneath: "Rising", "Watch list"."""

    title: str
    points: tuple[Point, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Story:
    """A `##` heading with a summary beneath: title, link ('' where it lacks one), interests, Markdown."""

    title: str
    url: str = ""
    interests: tuple[str, ...] = ()
    summary: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Section:
    """A `#` heading with prose (Markdown), then groups or stories in the editor's order."""

    title: str
    prose: str = ""
    groups: tuple[Group, ...] = ()
    stories: tuple[Story, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Document:
    """A whole edition. `list` is the list's slug; '' and None stand for what was not said."""

    list: str
    title: str
    sections: tuple[Section, ...]
    subtitle: str = ""
    date: dt.date | None = None
    subject: str = ""
    preheader: str = ""
    # Which edition it is, where it is one that is kept; 0 is none.
    number: int = 0

    @property
    def stories(self) -> tuple[Story, ...]:
        """Return the stories of all sections, in order."""
        return tuple(story for section in self.sections for story in section.stories)
