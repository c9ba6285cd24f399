"""What changed between two texts of an edition, for those who read the earlier one: values in, values out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from mailer.archive.passages import Passage, passages
from mailer.archive.words import links, pictures, words
from mailer.manuscript.document import Document, Group, Section, Story
from mailer.rendering.languages import words_of

_Part = TypeVar("_Part", Section, Group, Story)
# The texts of a few editions: whoever reads one of them asks for the same again.
_REMEMBERED = 128


@dataclass(frozen=True)
class Change:
    """What changed at one place: `title` is its heading, '' for the edition's own head.

    `story` is the place of a story in the new text, from 0; None for what is none, or is there no more. It
    came or went with `added` or `removed`; has another `link`, another `picture`, other `interests`; says
    something else in `passages`, or was written `anew`.
    """

    title: str
    story: int | None = None
    added: bool = False
    removed: bool = False
    link: bool = False
    picture: bool = False
    interests: bool = False
    anew: bool = False
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class _Said:
    """What is compared of a place: words, where links lead, pictures, and whom each line of it is for."""

    text: str = ""
    links: frozenset[str] = frozenset()
    pictures: tuple[tuple[str, str], ...] = ()
    tagged: tuple[tuple[str, frozenset[str]], ...] = ()

    def is_for_others(self, before: "_Said") -> bool:
        """Return whether a line that stood there before is for other readers now."""
        were = dict(before.tagged)
        return any(were.get(line, interests) != interests for line, interests in self.tagged)


@lru_cache(maxsize=_REMEMBERED)
def changes(before: Document, now: Document, language: str = "en") -> tuple[Change, ...]:
    """Return what a reader of the earlier text would want to know, in the order of the new one.

    A date is written as a list of this language (BCP 47) writes it.
    """
    return tuple(change for change in _found(before, now, language) if change)


@lru_cache(maxsize=_REMEMBERED)
def places(before: Document, now: Document) -> dict[int, int]:
    """Return where each story of the earlier text stands in the new one, both from 0; do not change it."""
    return {old: new for new, old in _known(before.stories, now.stories, _same_title, _same_link).items()}


def followed(place: int | None, texts: Sequence[Document]) -> int | None:
    """Return where a story of the first text stands in the last, None where it is there no more."""
    for before, now in pairwise(texts):
        place = None if place is None else places(before, now).get(place)
    return place


def _found(before: Document, now: Document, language: str) -> Iterator[Change | None]:
    yield _compared("", _head(before, now, language), _head(now, before, language))
    for old, new in _pairs(before.sections, now.sections, _same_title, _same_contents):
        yield _compared(_title(old, new), _prose(old, new), _prose(new, old))
        groups = _pairs(old.groups if old else (), new.groups if new else (), _same_title, _same_points)
        for was, is_now in groups:
            yield _compared(_title(was, is_now), _points(was, is_now), _points(is_now, was))
    for place, (story, told) in enumerate(_pairs(before.stories, now.stories, _same_title, _same_link)):
        # Those that are gone follow on all that are there.
        yield _compared(_title(story, told), _told(story, told), _told(told, story), place if told else None)


def _compared(title: str, before: _Said, now: _Said, story: int | None = None) -> Change | None:
    if before == now:
        return None
    if bool(before.text) != bool(now.text):
        return Change(title, story, added=not before.text, removed=not now.text)
    quoted = passages(before.text, now.text) if before.text != now.text else ()
    change = Change(
        title,
        story,
        link=before.links != now.links,
        picture=before.pictures != now.pictures,
        interests=now.is_for_others(before),
        anew=before.text != now.text and not quoted,
        passages=quoted,
    )
    return change if change != Change(title, story) else None


def _pairs(
    old: Sequence[_Part], new: Sequence[_Part], *same: Callable[[_Part, _Part], bool]
) -> Iterator[tuple[_Part | None, _Part | None]]:
    """Yield each part with what it was, those that were not there before, and last those that are gone."""
    were = _known(old, new, *same)
    yield from ((old[were[place]] if place in were else None, part) for place, part in enumerate(new))
    yield from ((part, None) for place, part in enumerate(old) if place not in were.values())


def _known(
    old: Sequence[_Part], new: Sequence[_Part], *same: Callable[[_Part, _Part], bool]
) -> dict[int, int]:
    """Return the places of new parts with those they had before; the first way to know one counts most."""
    left = list(range(len(old)))
    were: dict[int, int] = {}
    for is_same in same:
        for place, part in enumerate(new):
            match = next((each for each in left if is_same(old[each], part)), None)
            if match is not None and place not in were:
                were[place] = match
                left.remove(match)
    return were


def _same_title(one: _Part, other: _Part) -> bool:
    return one.title == other.title


def _same_link(one: Story, other: Story) -> bool:
    return bool(one.url) and one.url == other.url


def _same_points(one: Group, other: Group) -> bool:
    return not {point.text for point in one.points}.isdisjoint(point.text for point in other.points)


def _same_contents(one: Section, other: Section) -> bool:
    """Return whether two sections have a text, a story or a list in common, whatever they are called."""
    if one.prose and one.prose == other.prose:
        return True
    stories = {story.title for story in one.stories} & {story.title for story in other.stories}
    return bool(stories) or any(_same_points(group, each) for group in one.groups for each in other.groups)


def _title(old: _Part | None, new: _Part | None) -> str:
    part = new or old
    return part.title if part else ""


def _renamed(part: _Part, other: _Part | None, text: str) -> str:
    """Return what is compared of a part: its heading too where that is another."""
    if other is None or part.title == other.title:
        return text
    return f"{part.title} — {text}" if text else part.title


def _head(document: Document, other: Document, language: str) -> _Said:
    said = [document.title, document.subtitle]
    if document.date and document.date != other.date:
        said.append(words_of(language).date_of(document.date))
    return _Said(" — ".join(filter(None, said)))


def _prose(section: Section | None, other: Section | None) -> _Said:
    if section is None:
        return _Said()
    text = _renamed(section, other, words(section.prose))
    return _Said(text, links(section.prose), pictures(section.prose))


def _points(group: Group | None, other: Group | None) -> _Said:
    if group is None:
        return _Said()
    return _Said(
        _renamed(group, other, " · ".join(words(point.text) for point in group.points)),
        frozenset().union(*(links(point.text) for point in group.points)),
        tuple(each for point in group.points for each in pictures(point.text)),
        tuple((point.text, frozenset(point.interests)) for point in group.points),
    )


def _told(story: Story | None, other: Story | None) -> _Said:
    if story is None:
        return _Said()
    text, leads = words(story.summary), frozenset({story.url} if story.url else ())
    if other is None or not (text and other.summary):
        # It is there where there is its headline alone.
        text = f"{story.title} — {text}" if text else story.title
    else:
        text = _renamed(story, other, text)
    tagged = (("", frozenset(story.interests)),)
    return _Said(text, links(story.summary) | leads, pictures(story.summary), tagged)
