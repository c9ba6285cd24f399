"""An edition as a board: its stories and points in order, with what is proposed for each and nobody answered.

What people say of proposals without changing the text, which confirms or dismisses them, are lines of the
audit log, and read again from there.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mailer import editions
from mailer.manuscript import arranging
from mailer.manuscript.arranging import Item, Kind
from mailer.manuscript.document import Document
from mailer.manuscript.faults import quoted
from mailer.manuscript.gazetteer import Gazetteer
from mailer.manuscript.proposing import Proposals, Settled, Verdict, drafted_in, key_of, propose
from mailer.models import Edition, Revision
from subscribers import changes
from subscribers.models import Change, Interest

# How the audit log calls what is said of proposals.
SETTLED = "editions settle"


@dataclass(frozen=True)
class Board:
    """A revision's items in order, what is proposed for each, by its line, and all interests of the list."""

    revision: Revision
    document: Document
    items: tuple[Item, ...]
    proposals: Mapping[int, Proposals]
    interests: tuple[Interest, ...]

    @property
    def open(self) -> int:
        """Return how many proposals wait for somebody's word."""
        return sum(len(each.open) for each in self.proposals.values())

    @property
    def shares(self) -> str:
        """Return how many of them are for stories and how many for points, in words; '' without points."""
        points = sum(len(self.proposals[item.line].open) for item in self.items if item.kind is Kind.POINT)
        return shares(self.open - points, points)


@dataclass(frozen=True)
class Word:
    """What somebody says of an interest for an item."""

    item: Item
    interest: str
    verdict: Verdict


def shares(stories: int, points: int) -> str:
    """Return what so many proposals are for, in words; '' where all are for stories, as one expects."""
    if not points:
        return ""
    return f"{stories} for stories, {points} for points" if stories else "all for points"


def board_of(revision: Revision) -> Board:
    """Return the board of a revision. Raises the manuscript's errors where it cannot be read any more."""
    document = editions.document_of(revision)
    owner = revision.edition.list
    interests = tuple(owner.interests.all())
    proposals = propose(
        document,
        Gazetteer.load(owner.gazetteer),
        {interest.slug: interest.name for interest in interests if interest.retired_at is None},
        drafted=_drafted(revision, document),
        settled=tuple(_settled(revision.edition)),
    )
    return Board(revision, document, arranging.items(revision.text, document), proposals, interests)


def settle(edition: Edition, words: Collection[Word], *, by: str, now: dt.datetime) -> None:
    """Write down what somebody says of proposals, in one line; call it in a transaction with the rest."""
    if not words:
        return
    said: dict[str, dict[str, list[str]]] = {}
    for word in words:
        about = said.setdefault(word.verdict, {}).setdefault(key_of(word.item.value), [])
        about.append(word.interest)
    named = list(dict.fromkeys(quoted(word.item.name) for word in words))
    changes.record(
        SETTLED,
        by=by,
        at=now,
        newsletter=edition.list,
        subject=_subject(edition),
        after={**said, "of": named},
    )


def _settled(edition: Edition) -> Iterator[Settled]:
    """Yield what was said of the edition's proposals, the last word last."""
    lines = Change.objects.filter(list=edition.list_id, what=SETTLED, subject=_subject(edition))
    for said in lines.order_by("pk").values_list("after", flat=True):
        for verdict in Verdict:
            for about, interests in said.get(verdict, {}).items():
                for interest in interests:
                    yield Settled(about, interest, verdict)


def _drafted(revision: Revision, document: Document) -> Mapping[str, frozenset[str]]:
    """Return the interests that stories were given when the edition was pasted, by their keys."""
    pasted = revision.edition.revisions.exclude(source_hash="").filter(number__lte=revision.number)
    for number, warnings in pasted.order_by("-number").values_list("number", "warnings"):
        if not any(" is proposed for " in each for each in warnings):
            continue
        if number != revision.number:
            then = revision.edition.revisions.select_related("edition__list").get(number=number)
            document = editions.document_of(then)
        return drafted_in(document, warnings)
    return {}


def _subject(edition: Edition) -> str:
    return f"edition {edition.pk}"
