"""Which interests an edition's stories and points could be given, with the words that speak for each."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailer.manuscript.document import Document, Point, Story
from mailer.manuscript.faults import quoted
from mailer.manuscript.gazetteer import Gazetteer, Proposal

# How `drafting` says that it gave a story interests by itself.
_DRAFTED = "is proposed for"


class Verdict(StrEnum):
    """What somebody says of an interest for a story or a point."""

    # the import gave it, and it is right
    CONFIRMED = "confirmed"
    # it is not wanted, and shall not be proposed again
    DISMISSED = "dismissed"
    # whoever dismissed it took that back
    OPEN = "open"


@dataclass(frozen=True)
class Settled:
    """What somebody said of an interest `about` an item, which its key names (`key_of`)."""

    about: str
    interest: str
    verdict: Verdict


@dataclass(frozen=True)
class Proposals:
    """What is proposed for the item on `line`.

    `untagged` are interests that it does not name; `unconfirmed` those that the import gave it and nobody
    has looked at; `dismissed` those that somebody did not want.
    """

    line: int
    untagged: tuple[Proposal, ...] = ()
    unconfirmed: tuple[Proposal, ...] = ()
    dismissed: tuple[Proposal, ...] = ()

    @property
    def open(self) -> tuple[Proposal, ...]:
        """Return what waits for somebody's word."""
        return self.unconfirmed + self.untagged


def key_of(value: Story | Point) -> str:
    """Return what a word about an item is kept by: it holds as long as its title, or a point's text, does."""
    words = value.title if isinstance(value, Story) else value.text
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


def propose(
    document: Document,
    gazetteer: Gazetteer,
    interests: Mapping[str, str],
    *,
    drafted: Mapping[str, frozenset[str]] | None = None,
    settled: Collection[Settled] = (),
) -> dict[int, Proposals]:
    """Return what is proposed for each story and point, by its line; `interests` is name by slug.

    `drafted` are the interests that the import gave a story, by its key, as `drafted_in` finds them; of what
    was `settled` about the same the last word counts.
    """
    drafted = drafted or {}
    said = {(word.about, word.interest): word.verdict for word in settled}
    found: dict[int, Proposals] = {}
    for value in _values(document):
        key, text = key_of(value), _text(value)
        proposals = gazetteer.propose(text, interests)
        words = {proposal.interest: proposal for proposal in proposals}
        untagged = [proposal for proposal in proposals if proposal.interest not in value.interests]
        # Whoever changed one of the interests that the import gave has looked at all of them.
        as_drafted = drafted.get(key) == frozenset(value.interests)
        found[value.line] = Proposals(
            line=value.line,
            untagged=tuple(each for each in untagged if said.get((key, each.interest)) != Verdict.DISMISSED),
            unconfirmed=tuple(
                words.get(slug, Proposal(slug, ()))
                for slug in value.interests
                if as_drafted and said.get((key, slug)) != Verdict.CONFIRMED
            ),
            dismissed=tuple(each for each in untagged if said.get((key, each.interest)) == Verdict.DISMISSED),
        )
    return found


def drafted_in(document: Document, warnings: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the interests that the import gave stories by itself, by their keys, as its `warnings` say."""
    return {
        key_of(story): frozenset(story.interests)
        for story in document.stories
        if story.interests and any(f": {quoted(story.title)} {_DRAFTED} " in each for each in warnings)
    }


def _values(document: Document) -> list[Story | Point]:
    values: list[Story | Point] = []
    for section in document.sections:
        values += [point for group in section.groups for point in group.points]
        values += section.stories
    return values


def _text(value: Story | Point) -> str:
    return f"{value.title}\n{value.summary}" if isinstance(value, Story) else value.text
