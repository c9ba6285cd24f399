"""The revisions of an edition: who saved which when, how many lines differ, and any two compared."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from mailer import differences
from mailer.differences import Gap, Row
from mailer.drafts import revision
from mailer.models import Edition, Revision, Send
from mailer.vocabulary import SendKind

PAGE = 30


@dataclass(frozen=True)
class Entry:
    """A revision; `added` and `removed` are lines against the one before, None for the first."""

    number: int
    author: str
    at: dt.datetime
    lines: int
    added: int | None
    removed: int | None
    pasted: bool
    approved_by: tuple[str, ...] = ()
    sends: tuple[int, ...] = ()


@dataclass(frozen=True)
class History:
    """Revisions, newest first; `older` is the number before which more are to be had, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


def history(edition: Edition, *, before: int | None = None, page: int = PAGE) -> History:
    """Return a page of the edition's revisions, those with a number less than `before` where it is given."""
    found = edition.revisions.order_by("-number")
    if before is not None:
        found = found.filter(number__lt=before)
    # With the one before the last of the page, which that is compared with.
    some = list(found.prefetch_related("approvals")[: page + 1])
    sent = _sends([each.pk for each in some[:page]])
    return History(
        entries=tuple(
            _entry(each, some[place + 1] if place + 1 < len(some) else None, sent.get(each.pk, ()))
            for place, each in enumerate(some[:page])
        ),
        older=some[page - 1].number if len(some) > page else None,
    )


def _entry(each: Revision, before: Revision | None, sends: tuple[int, ...]) -> Entry:
    added, removed = differences.counted(before.text, each.text) if before else (None, None)
    return Entry(
        number=each.number,
        author=each.author,
        at=each.created_at,
        lines=len(each.text.rstrip("\n").split("\n")),
        added=added,
        removed=removed,
        pasted=bool(each.source),
        approved_by=tuple(dict.fromkeys(approval.by for approval in each.approvals.all())),
        sends=sends,
    )


def _sends(revisions: list[int]) -> dict[int, tuple[int, ...]]:
    sent: dict[int, tuple[int, ...]] = {}
    made = Send.objects.filter(revision__in=revisions).exclude(kind=SendKind.TEST).order_by("pk")
    for number, send in made.values_list("revision", "pk"):
        sent[number] = (*sent.get(number, ()), send)
    return sent


@dataclass(frozen=True)
class Compared:
    """Two revisions, the older first, and the lines in which they differ."""

    old: Revision
    new: Revision
    added: int
    removed: int

    def rows(self) -> Iterator[Row | Gap]:
        """Yield what differs, with lines around it."""
        return differences.rows(self.old.text, self.new.text)


def compare(edition: Edition, one: int, other: int) -> Compared:
    """Compare two revisions, in whichever order they are named. Raises EditionError where one is missing."""
    old, new = (revision(edition, number) for number in sorted((one, other)))
    added, removed = differences.counted(old.text, new.text)
    return Compared(old, new, added, removed)
