"""What preflight looks at, and what it finds."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from mailer.fetching.values import Fetched, Question
from mailer.manuscript.document import Document
from mailer.preflight.page import START, Page, Place
from mailer.preflight.reading import measured, seen, solid
from mailer.rendering.palette import COLOURS, INTERESTS, Shade
from mailer.rendering.values import Look, Rendered
from mailer.tracking.rewriting import TRANSPORTS, Rewriting

EVERYTHING = "everything"


class Severity(StrEnum):
    """What a finding means for approval."""

    # the edition is not approved while it stands
    ERROR = "error"
    # somebody should look; it may be meant
    WARNING = "warning"


@dataclass(frozen=True)
class Letter:
    """A letter as rendered, and the sets that get it; `tracked`: it is counted, as `rewriting` has it."""

    names: tuple[str, ...]  # "everything", or slugs in the list's order: "china+africa"
    rendered: Rendered
    tracked: bool = True
    rewriting: Rewriting = TRANSPORTS

    @property
    def name(self) -> str:
        """Return what findings call it."""
        return self.names[0]

    @cached_property
    def seen(self) -> str:
        """Return the HTML without what its template hides and what Outlook alone reads."""
        return seen(self.rendered.html)

    @cached_property
    def measured(self) -> tuple[int, tuple[int, ...]]:
        """Return the bytes of the HTML that leaves, and the length of each link that grows then."""
        html = self.rewriting.of(self.rendered.html) if self.tracked else self.rendered.html
        return measured(html, grows=self.tracked and not self.rewriting.own)

    @cached_property
    def solid_text(self) -> str:
        """Return the text part without spaces and marks."""
        return solid(self.rendered.text)


@dataclass(frozen=True)
class Earlier:
    """A story that readers of the list had in an edition before."""

    edition: int
    date: dt.date | None
    title: str
    url: str


@dataclass(frozen=True)
class Matter:
    """An edition as it would leave, with all that rules may ask for.

    `sends_on` is the day it would leave, in the list's zone; `sends_at` the moment, None where nobody has
    said when. `readers` counts active readers by the set of slugs they chose, without those who get
    everything. Colours are those that letters are set in. `online` is what came of asking the addresses in
    it, empty where nothing was asked.
    """

    text: str
    document: Document
    look: Look
    letters: tuple[Letter, ...]
    now: dt.datetime
    sends_on: dt.date
    zone: dt.tzinfo = dt.UTC
    sends_at: dt.datetime | None = None
    sender_name: str = ""
    sender_address: str = ""
    readers: Mapping[frozenset[str], int] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    colours: Mapping[str, Shade] = field(default_factory=lambda: COLOURS)
    shades: tuple[Shade, ...] = INTERESTS
    # Names that the text refers to, and that are no picture kept here.
    lost_pictures: frozenset[str] = frozenset()
    online: Mapping[Question, Fetched] = field(default_factory=dict)

    @cached_property
    def page(self) -> Page:
        """Return the text with the place of everything in it, and the footer that its letters have."""
        return Page(self.text, self.document, self.look.theme.footer)


@dataclass(frozen=True)
class Found:
    """What a rule says: one sentence (what, and what to do), where, and in which letters ('' for all)."""

    message: str
    place: Place = START
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it means for approval, why there is such a rule, and where that is from."""

    name: str
    severity: Severity
    why: str
    source: str
    finds: Callable[[Matter], Iterable[Found]]


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule found; `line` and `column` count from 1, and are 1 for what has no place in the text.

    What stands in the theme's footer is told with its line there. `variants` are the letters it is true of,
    by name; empty where it is true of the edition.
    """

    severity: Severity
    line: int
    column: int
    rule: str
    message: str
    variants: tuple[str, ...] = ()

    @property
    def in_text(self) -> bool:
        """Return whether it is mended in the edition's text, whose first line is but a fence."""
        return (self.line, self.column) != (1, 1)
