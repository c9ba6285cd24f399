"""A text seen before it is saved, or as it was: what it says, what preflight finds, and any reader's letter.

Nothing here writes a row. What was found for the same text, look and readers is remembered for a while, since
a page is loaded more often than its text changes.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mailer import checking, counting, editions
from mailer.checking import Checked
from mailer.interest_sets import Group
from mailer.look import content_hash, look_of
from mailer.manuscript.decoding import MOST_BYTES
from mailer.manuscript.document import Document
from mailer.manuscript.faults import Fault, ManuscriptError, NotText
from mailer.manuscript.reading import read
from mailer.matrix.deciding import Issue, decide
from mailer.matrix.gathering import issue_of
from mailer.matrix.values import Matrix
from mailer.models import Edition, Revision
from mailer.preflight import Finding, Severity
from mailer.rendering.assemble import assemble, carried
from mailer.rendering.sets import Letters
from mailer.rendering.values import Look, Reading, Rendered
from subscribers.interests import former_slugs
from subscribers.models import List

# Preflight's answer holds for as long: what it knows of the time is the day, and embargoes by the minute.
HOLDS = dt.timedelta(minutes=5)
# Not a rule of preflight's: the text cannot be read as an edition at this place.
UNREAD = "reading"


@dataclass(frozen=True)
class Preview:
    """A text, what it says (None where it does not read), and all that is to be said about it."""

    text: str
    document: Document | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what stands in the way of approval."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """Return how many findings may stand."""
        return len(self.findings) - len(self.errors)

    @property
    def marks(self) -> dict[int, str]:
        """Return the lines that something was found on, each with the gravest severity there."""
        marks: dict[int, str] = {}
        for finding in sorted(self.findings):
            marks.setdefault(finding.line, finding.severity.value)
        return marks


def of_revision(revision: Revision, *, now: dt.datetime, at: dt.datetime | None) -> Preview:
    """Return a stored text, as it would leave at `at`; one may name interests that are there no more."""
    try:
        document = editions.document_of(revision)
    except ManuscriptError as error:
        return Preview(revision.text, None, as_findings(error.faults))
    return Preview(revision.text, document, _findings(revision, document, now=now, at=at))


def of_text(edition: Edition, text: str, *, now: dt.datetime, at: dt.datetime | None) -> Preview:
    """Return a text that is not stored, in the place of the edition's; faults are among its findings."""
    try:
        document = read_as(edition, text)
    except ManuscriptError as error:
        return Preview(text, None, as_findings(error.faults))
    revision = Revision(edition=edition, text=text, text_hash=hashlib.sha256(text.encode()).hexdigest())
    return Preview(text, document, _findings(revision, document, now=now, at=at))


def read_as(edition: Edition, text: str) -> Document:
    """Return what a text would say in the place of the edition's. Raises the manuscript's errors."""
    if (size := len(text.encode())) > MOST_BYTES:
        raise NotText(f"the text has {size:,} bytes, and an edition at most {MOST_BYTES:,}")
    owner = edition.list
    offered = [each.slug for each in owner.interests.all() if each.retired_at is None]
    document = read(text, offered, list_slug=owner.slug, former=former_slugs(owner))
    return replace(document, number=edition.pk)


def as_findings(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """Return faults of a text in the shape of what preflight finds."""
    return tuple(Finding(Severity.ERROR, fault.line, fault.column, UNREAD, fault.message) for fault in faults)


def _findings(
    revision: Revision, document: Document, *, now: dt.datetime, at: dt.datetime | None
) -> tuple[Finding, ...]:
    owner = revision.edition.list
    readers = counting.counted(owner, now=now).choices
    return _check(
        _Asked(
            edition=revision.edition_id,
            content=content_hash(revision, look_of(owner)),
            readers=frozenset(readers.items()),
            at=at,
            around=int(now.timestamp() // HOLDS.total_seconds()),
            now=now,
            revision=revision,
            document=document,
        )
    ).findings


@dataclass(frozen=True)
class _Asked:
    """What an answer of preflight's depends on, and what it takes to find it."""

    edition: int
    content: str
    readers: frozenset[tuple[frozenset[str], int]]
    at: dt.datetime | None
    around: int
    now: dt.datetime = field(compare=False)
    revision: Revision = field(compare=False)
    document: Document = field(compare=False)


@lru_cache(maxsize=64)
def _check(asked: _Asked) -> Checked:
    return checking.check(
        asked.revision,
        asked.document,
        now=asked.now,
        at=asked.at,
        readers=dict(asked.readers),
        letters=_letters(asked.document, look_of(asked.revision.edition.list)),
    )


# Of each text that is looked at, what preflight, the matrix and the letter beside it have in common.
_letters = lru_cache(maxsize=4)(Letters)


def matrix(owner: List, document: Document, groups: tuple[Group, ...]) -> Matrix:
    """Return all letters of an edition, and how many readers get each."""
    return _decided(issue_of(owner, document), groups)


@lru_cache(maxsize=16)
def _decided(issue: Issue, groups: tuple[Group, ...]) -> Matrix:
    return decide(issue, groups, _letters(issue.document, issue.look))


def forget() -> None:
    """Find everything anew the next time."""
    _check.cache_clear()
    _decided.cache_clear()
    _letters.cache_clear()


@dataclass(frozen=True)
class Seen:
    """One reader's letter: its stories in full and as headlines, and how many get this very one."""

    letter: Rendered
    full: int
    brief: int
    readers: int
    sent: bool  # False: it has no story of theirs, and the list passes them over

    @property
    def size(self) -> int:
        """Return the bytes of its HTML."""
        return len(self.letter.html.encode())


def letter(owner: List, document: Document, interests: Iterable[str]) -> Rendered:
    """Return the letter of a reader with these interests; none is everything."""
    reading = _reading(interests)
    return _letters(document, look_of(owner)).of([reading])[reading]


def seen(owner: List, document: Document, interests: Iterable[str], groups: Iterable[Group]) -> Seen:
    """Return the letter of a reader with these interests, and what is to be said about it."""
    look, reading = look_of(owner), _reading(interests)
    said = assemble(document, look, reading)
    rendered = _letters(document, look).of([reading])[reading]
    return Seen(
        letter=rendered,
        full=len(said.edition.stories) + (len(said.elsewhere) if said.elsewhere_in_full else 0),
        brief=0 if said.elsewhere_in_full else len(said.elsewhere),
        readers=_alike(look, document, reading, groups),
        sent=said.has_story or look.no_story != "skip",
    )


def _reading(interests: Iterable[str]) -> Reading:
    chosen = frozenset(interests)
    return Reading(chosen or None)


def _alike(look: Look, document: Document, reading: Reading, groups: Iterable[Group]) -> int:
    """Count the readers who chose the same of what the edition carries."""
    named = {each.slug for each in look.interests}.intersection(carried(document))

    def key(interests: frozenset[str] | None) -> frozenset[str] | None:
        return None if interests is None or interests >= named else interests & named

    own = key(reading.interests)
    return sum(group.readers for group in groups if key(group.interests) == own)
