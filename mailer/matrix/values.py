"""What the matrix shows: letters, who gets them, and what each says."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mailer.rendering.values import InterestLook, Rendered

EVERYTHING, NO_INTEREST = "everything", "no-interest"
# By these words our page is known again; nobody else's is written over.
GENERATOR = '<meta name="generator" content="mailer editions render --all">'


class Shown(StrEnum):
    """How a letter has a story or a line."""

    # where the editor put it
    FULL = "full"
    # in full too, but after the reader's own, as the list wants it
    FURTHER = "further"
    # as one line under "Elsewhere in this edition"
    HEADLINE = "headline"
    NOT = "not"


IN_FULL = frozenset({Shown.FULL, Shown.FURTHER})


@dataclass(frozen=True)
class Readers:
    """How many active readers; those of text alone and those not tracked are among `all`."""

    all: int = 0
    text_only: int = 0
    untracked: int = 0

    def __add__(self, other: "Readers") -> "Readers":
        """Return both together."""
        return Readers(
            self.all + other.all, self.text_only + other.text_only, self.untracked + other.untracked
        )


@dataclass(frozen=True)
class Choice:
    """A set of interests that the edition carries, and who chose just that; `interests` None is everything.

    The empty set is what remains of interests that the edition does not carry.
    """

    interests: tuple[InterestLook, ...] | None
    readers: Readers = Readers()

    @property
    def slugs(self) -> tuple[str, ...]:
        """Return the slugs, in the list's order; none for everything too."""
        return tuple(interest.slug for interest in self.interests or ())

    @property
    def name(self) -> str:
        """Return what commands call it, as preflight does: `everything`, `china+africa`."""
        if self.interests is None:
            return EVERYTHING
        return "+".join(self.slugs) or NO_INTEREST

    @property
    def said(self) -> str:
        """Return it for people: “China + Africa”."""
        if self.interests is None:
            return "Everything"
        return " + ".join(interest.name for interest in self.interests) or "None of these interests"


@dataclass(frozen=True)
class Item:
    """A story, or a line of a list as plain text, under the headings it stands beneath."""

    title: str
    heading: str
    interests: tuple[InterestLook, ...] = ()
    is_story: bool = True


@dataclass(frozen=True)
class Variant:
    """A letter, and all sets of interests that get it.

    `shown` says how it has each item of the matrix. `leaving` is its HTML in bytes once links are rewritten,
    at most. `sent` is False where it holds no story and the list skips its readers.
    """

    choices: tuple[Choice, ...]
    letter: Rendered
    shown: tuple[Shown, ...]
    leaving: int
    sent: bool = True

    @property
    def name(self) -> str:
        """Return the name of its first set."""
        return self.choices[0].name

    @property
    def readers(self) -> Readers:
        """Return who gets it, or would."""
        return sum((choice.readers for choice in self.choices), Readers())

    @property
    def interests(self) -> tuple[InterestLook, ...] | None:
        """Return its first set."""
        return self.choices[0].interests


@dataclass(frozen=True)
class Matrix:
    """All letters of an edition beside one another.

    `interests` are those it carries, `idle` those offered that it does not. `unseen` are readers of `more`
    sets of interests whose letters were not rendered, since there are too many sets. They are counted in
    `full`, how many readers are sent each item in full, in `chose`, how many named each interest, and in
    `unsent`, how many are passed over since their letter would hold no story.
    """

    edition: int
    list_name: str
    language: str
    title: str
    date: dt.date | None
    variants: tuple[Variant, ...]
    items: tuple[Item, ...]
    full: tuple[int, ...]
    interests: tuple[InterestLook, ...] = ()
    chose: tuple[int, ...] = ()
    idle: tuple[InterestLook, ...] = ()
    unseen: Readers = Readers()
    more: int = 0
    unsent: int = 0

    @property
    def readers(self) -> Readers:
        """Return the list's active readers, all of them."""
        return sum((variant.readers for variant in self.variants), self.unseen)
