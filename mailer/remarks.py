"""What the import of a pasted text was unsure of, each with the line of today's text that it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.repair import repair
from mailer.models import Edition, Revision

_REMARK = re.compile(r"line (?P<line>\d+): (?P<message>.*)", re.DOTALL)
_TARGET = re.compile(r"\]\([^)]*\)")
_TAGS = re.compile(r"\{[^{}]*\}\s*$")
# Shorter words may stand anywhere; such a line has to be the very same.
_TELLING = 12


@dataclass(frozen=True)
class Doubt:
    """One sentence; `line` is in the text as it is now, None where it is not; `pasted` in the source."""

    pasted: int
    line: int | None
    message: str


@dataclass(frozen=True)
class Import:
    """What arrived, as which revision, and what was unsure about it."""

    revision: int
    source: str
    doubts: tuple[Doubt, ...]


def of_import(edition: Edition, text: str) -> Import | None:
    """Return the last import of the edition that left doubts, seen from the text as it is now, or None."""
    pasted = (
        edition.revisions.exclude(source="").order_by("-number").only("number", "source", "warnings").first()
    )
    return seen(pasted, text) if pasted is not None and pasted.warnings else None


def seen(revision: Revision, text: str) -> Import:
    """Return the doubts about a revision's source."""
    told = [_REMARK.fullmatch(warning) for warning in revision.warnings]
    places = lines_of(revision.source, text)
    doubts = [
        Doubt(int(found["line"]), places.get(int(found["line"])), found["message"]) for found in told if found
    ]
    return Import(revision.number, revision.source, tuple(doubts))


def lines_of(source: str, text: str) -> Mapping[int, int]:
    """Return for lines of a source the lines of the text that say the same, where there are such; from 1."""
    mended, _ = repair(with_plain_line_ends(source))
    told = [(number, _told(line)) for number, line in enumerate(text.split("\n"), 1)]
    exact = {words: number for number, words in reversed(told) if words}
    places: dict[int, int] = {}
    for number, line in enumerate(mended.split("\n"), 1):
        words = _told(line)
        if not words:
            continue
        place = exact.get(words)
        if place is None and len(words) >= _TELLING:
            place = next((each for each, longer in told if words in longer), None)
        if place is not None:
            places[number] = place
    return places


def _told(line: str) -> str:
    """Return a line's letters and figures: what stays when it is made Markdown."""
    return "".join(filter(str.isalnum, _TAGS.sub("", _TARGET.sub("]", line)).casefold()))
