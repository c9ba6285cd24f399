"""Who is meant, as a tree of typed conditions: values, without a database or a clock.

Text is read into it (`reading`), JSON too (`storing`); it is asked of the database (`querying`), or of one
person's values in Python (`evaluating`), with the same answer.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from subscribers.errors import SubscribersError

MOST_CONDITIONS = 50
MOST_LEVELS = 5  # of and, or and not inside each other
MOST_VALUES = 100  # in one pair of parentheses


class SegmentError(SubscribersError):
    """Conditions that cannot be understood, or a segment that cannot be kept or found as asked.

    `column` counts characters from 1 where the conditions were text; `place` names a part of JSON.
    """

    def __init__(self, reason: str, *, column: int | None = None, place: str = "") -> None:
        """Keep the reason, a sentence without its full stop."""
        self.reason, self.column, self.place = reason, column, place
        where = f"column {column}" if column is not None else place
        super().__init__(f"{where}: {reason}" if where else reason)


class Quantifier(StrEnum):
    """How many of the interests named somebody chose."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


class Field(StrEnum):
    """What has one of a few words as its value."""

    STATUS = "status"
    # What stands after the @-sign, in lower case, international ones in their A-label form.
    DOMAIN = "domain"
    # A BCP 47 tag; of people without one it is the list's language.
    LOCALE = "locale"


class Event(StrEnum):
    """What happened at a moment that is kept."""

    # onto this list
    JOINED = "joined"
    # the last time, on any list; what machines opened or followed does not count
    OPENED = "opened"
    CLICKED = "clicked"


class Side(StrEnum):
    """Of a day in UTC: before it begins, after it has ended."""

    BEFORE = "before"
    AFTER = "after"


class Comparison(StrEnum):
    """How an attribute is compared: numbers as numbers, text by its code points, a case exactly."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"


Value: TypeAlias = str | bool | int | float


@dataclass(frozen=True)
class Chose:
    """They chose any, all or none of these interests; who gets everything chose no single one."""

    how: Quantifier
    interests: tuple[str, ...]


@dataclass(frozen=True)
class GetsEverything:
    """They chose everything, or nothing yet."""


@dataclass(frozen=True)
class Among:
    """The field is, or is not, one of these values."""

    field: Field
    values: tuple[str, ...]
    inside: bool = True


@dataclass(frozen=True)
class DomainEnds:
    """The domain ends so; `ending` begins with a dot."""

    ending: str


@dataclass(frozen=True)
class LocaleBegins:
    """The locale is this tag, or this tag and more of it (basic filtering, RFC 4647 3.3.1)."""

    tag: str


@dataclass(frozen=True)
class LocaleKnown:
    """They have a locale of their own, or (not `known`) read in the list's language."""

    known: bool


@dataclass(frozen=True)
class Dated:
    """It happened before or after a day."""

    event: Event
    side: Side
    day: dt.date


@dataclass(frozen=True)
class Within:
    """It happened not longer than so many times 24 hours ago."""

    event: Event
    days: int


@dataclass(frozen=True)
class Never:
    """They never opened, or never clicked."""

    event: Event


@dataclass(frozen=True)
class Compared:
    """An attribute that is set compares so; a value of another kind is never equal, smaller or larger."""

    name: str
    comparison: Comparison
    value: Value


@dataclass(frozen=True)
class Present:
    """An attribute is set, or not: it is missing, or null."""

    name: str
    present: bool


@dataclass(frozen=True)
class All:
    """All of at least two conditions."""

    of: tuple["Condition", ...]


@dataclass(frozen=True)
class Any:
    """At least one of at least two conditions."""

    of: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """Exactly those whom the condition leaves out: each is either true or false of everybody."""

    of: "Condition"


Choice: TypeAlias = Chose | GetsEverything
Word: TypeAlias = Among | DomainEnds | LocaleBegins | LocaleKnown
Moment: TypeAlias = Dated | Within | Never
Attribute: TypeAlias = Compared | Present
Leaf: TypeAlias = Choice | Word | Moment | Attribute
Condition: TypeAlias = Leaf | All | Any | Not


@dataclass(frozen=True)
class AsOf:
    """What conditions are relative to: the moment, the list's language, its interests' numbers by slug."""

    now: dt.datetime
    language: str
    numbers: Mapping[str, int]

    def bits(self, slugs: Iterable[str]) -> int:
        """Return the bits of these interests. Raises SegmentError for one that the list does not have."""
        bits = 0
        for slug in slugs:
            if slug not in self.numbers:
                raise unknown_interest(slug, self.numbers)
            bits |= 1 << self.numbers[slug]
        return bits


def unknown_interest(slug: str, known: Iterable[str]) -> SegmentError:
    """Return the error that names the interests there are."""
    there = ", ".join(known)
    return SegmentError(f"the list has no interest {slug!r}; {f'it has {there}' if there else 'it has none'}")


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the conditions that are not made of others, from left to right."""
    match condition:
        case All(of) | Any(of):
            for part in of:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case leaf:
            yield leaf


def levels(condition: Condition) -> int:
    """Return how deep and, or and not stand inside each other."""
    match condition:
        case All(of) | Any(of):
            return 1 + max(map(levels, of))
        case Not(part):
            return 1 + levels(part)
        case _:
            return 0


def interests_of(condition: Condition) -> tuple[str, ...]:
    """Return the interests that are named, each once."""
    named = (slug for leaf in leaves(condition) if isinstance(leaf, Chose) for slug in leaf.interests)
    return tuple(dict.fromkeys(named))
