"""What changed between two texts of an edition, in passages short enough to read: values in, values out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from mailer.archive.words import words
from mailer.manuscript.document import Document, Section, Story

# Words that stand around a change, so that one sees what it is about.
AROUND = 6
# Of one story; who changed more has written it anew.
MOST_PASSAGES = 3
# Beyond so many words no passages are looked for: a comparison takes the square of them.
MOST_WORDS = 3_000
# A word with the space after it; scripts that write without spaces are compared by the character.
_APART = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_APART}]|[^\s{_APART}]+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Part of a passage; `differs` from the other text."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Passage:
    """The same place in both texts."""

    before: tuple[Piece, ...]
    now: tuple[Piece, ...]


@dataclass(frozen=True)
class Change:
    """What changed at one place: `title` is its heading, '' for the edition's own head.

    `line` is a story's in the new text, else 0. With `added` or `removed` all of it did;
    without passages it was written anew.
    """

    title: str
    line: int = 0
    added: bool = False
    removed: bool = False
    link: bool = False
    passages: tuple[Passage, ...] = ()


def changes(before: Document, now: Document) -> tuple[Change, ...]:
    """Return what a reader of the earlier text would want to know, in the order of the new one."""
    found = [_compared("", 0, _head(before), _head(now))]
    old_parts, new_parts = dict(_parts(before)), dict(_parts(now))
    found += [
        _compared(title, 0, old_parts.get(title, ""), new_parts.get(title, ""))
        for title in dict.fromkeys([*new_parts, *old_parts])
    ]
    found += [_story(*pair) for pair in _pairs(before.stories, now.stories)]
    return tuple(change for change in found if change)


def _story(old: Story | None, new: Story | None) -> Change | None:
    if old is None:
        return Change(new.title, new.line, added=True) if new else None
    if new is None:
        return Change(old.title, removed=True)
    told = _compared(new.title, new.line, _told(old, new), _told(new, old))
    if old.url == new.url:
        return told
    return Change(new.title, new.line, link=True, passages=told.passages if told else ())


def _told(story: Story, other: Story) -> str:
    """Return what is compared of a story: its title too where that is another."""
    said = words(story.summary)
    return said if story.title == other.title else f"{story.title} — {said}"


def _pairs(old: tuple[Story, ...], new: tuple[Story, ...]) -> Iterator[tuple[Story | None, Story | None]]:
    """Yield each story with what it was: known by its title, else by its link."""
    left = list(old)
    were: dict[int, Story] = {}
    for same in (_same_title, _same_link):
        for place, story in enumerate(new):
            if place in were:
                continue
            match = next((each for each in left if same(each, story)), None)
            if match:
                were[place] = match
                left.remove(match)
    yield from ((were.get(place), story) for place, story in enumerate(new))
    yield from ((story, None) for story in left)


def _same_title(one: Story, other: Story) -> bool:
    return one.title == other.title


def _same_link(one: Story, other: Story) -> bool:
    return bool(one.url) and one.url == other.url


def _head(document: Document) -> str:
    return " — ".join(filter(None, (document.title, document.subtitle)))


def _parts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the headings under which no stories stand, each with its words."""
    for section in document.sections:
        if said := words(section.prose):
            yield section.title, said
        yield from _points(section)


def _points(section: Section) -> Iterator[tuple[str, str]]:
    for group in section.groups:
        yield group.title, " · ".join(words(point.text) for point in group.points)


def _compared(title: str, line: int, before: str, now: str) -> Change | None:
    if before == now:
        return None
    if not before or not now:
        return Change(title, line, added=not before, removed=not now)
    return Change(title, line, passages=passages(before, now))


def passages(before: str, now: str) -> tuple[Passage, ...]:
    """Return where two texts differ, with some words around; none where they have little in common."""
    old, new = _WORD.findall(f"{before} "), _WORD.findall(f"{now} ")
    if len(old) + len(new) > MOST_WORDS:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    groups = list(matcher.get_grouped_opcodes(AROUND))
    if len(groups) > MOST_PASSAGES:
        return ()
    return tuple(_passage(group, old, new) for group in groups)


def _passage(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Passage:
    before: list[Piece] = []
    now: list[Piece] = []
    for kind, from_old, to_old, from_new, to_new in group:
        differs = kind != "equal"
        before += _piece(old[from_old:to_old], differs=differs)
        now += _piece(new[from_new:to_new], differs=differs)
    _, old_start, _, new_start, _ = group[0]
    _, _, old_end, _, new_end = group[-1]
    return Passage(
        _cut(before, at_start=old_start > 0, at_end=old_end < len(old)),
        _cut(now, at_start=new_start > 0, at_end=new_end < len(new)),
    )


def _piece(found: list[str], *, differs: bool) -> list[Piece]:
    """Return words as a piece, and the space after them as one that differs from nothing."""
    text = "".join(found)
    said = text.rstrip()
    return [Piece(said, differs), Piece(text[len(said) :])] if differs else [Piece(text)]


def _cut(pieces: list[Piece], *, at_start: bool, at_end: bool) -> tuple[Piece, ...]:
    """Return the pieces that say something, with an ellipsis where the text goes on."""
    said = [Piece("… ")] if at_start else []
    said += [piece for piece in pieces if piece.text]
    return (*said, Piece("…")) if at_end else tuple(said)
