"""Whether a condition is true of one person, in plain Python: the answer that the database gives too."""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from subscribers.models import Subscription
from subscribers.segments.conditions import (
    All,
    Among,
    Any,
    AsOf,
    Attribute,
    Chose,
    Compared,
    Comparison,
    Condition,
    Dated,
    DomainEnds,
    Event,
    Field,
    GetsEverything,
    Leaf,
    LocaleBegins,
    LocaleKnown,
    Moment,
    Never,
    Not,
    Present,
    Quantifier,
    Side,
    Value,
    Within,
    Word,
)

DAY = dt.timedelta(days=1)

_ORDER: Mapping[Comparison, Callable[[Anything, Anything], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.CONTAINS: operator.contains,
}


@dataclass(frozen=True)
class Person:
    """One person on one list, as far as conditions ask: bits of interests, attributes as JSON."""

    status: str
    everything: bool
    interests: int
    since: dt.datetime
    canonical: str
    locale: str
    last_opened_at: dt.datetime | None
    last_clicked_at: dt.datetime | None
    attributes: Mapping[str, Anything]

    @classmethod
    def of(cls, subscription: Subscription) -> "Person":
        """Read one subscription and its subscriber."""
        subscriber = subscription.subscriber
        return cls(
            status=subscription.status,
            everything=subscription.everything,
            interests=subscription.interests,
            since=subscription.since,
            canonical=subscriber.canonical,
            locale=subscriber.locale,
            last_opened_at=subscriber.last_opened_at,
            last_clicked_at=subscriber.last_clicked_at,
            attributes=subscriber.attributes,
        )

    def at(self, event: Event) -> dt.datetime | None:
        """Return when it happened last, if it ever did."""
        return {
            Event.JOINED: self.since,
            Event.OPENED: self.last_opened_at,
            Event.CLICKED: self.last_clicked_at,
        }[event]


def holds(condition: Condition, person: Person, as_of: AsOf) -> bool:
    """Return whether the condition is true of the person. Raises SegmentError for an unknown interest."""
    match condition:
        case All(of):
            return all(holds(part, person, as_of) for part in of)
        case Any(of):
            return any(holds(part, person, as_of) for part in of)
        case Not(of):
            return not holds(of, person, as_of)
        case leaf:
            return _leaf(leaf, person, as_of)


def _leaf(leaf: Leaf, person: Person, as_of: AsOf) -> bool:
    match leaf:
        case Chose(how, interests):
            return _chose(how, person.interests, as_of.bits(interests))
        case GetsEverything():
            return person.everything
        case Among() | DomainEnds() | LocaleBegins() | LocaleKnown():
            return _says(leaf, person, as_of)
        case Dated() | Within() | Never():
            return _happened(leaf, person.at(leaf.event), as_of)
        case Compared() | Present():
            return _has(leaf, person.attributes.get(leaf.name))


def _says(word: Word, person: Person, as_of: AsOf) -> bool:
    match word:
        case Among(field, values, inside):
            return (_field(field, person, as_of) in map(lowered, values)) is inside
        case DomainEnds(ending):
            return person.canonical.endswith(ending)
        case LocaleBegins(tag):
            return f"{_field(Field.LOCALE, person, as_of)}-".startswith(f"{lowered(tag)}-")
        case LocaleKnown(known):
            return bool(person.locale) is known


def _happened(moment: Moment, at: dt.datetime | None, as_of: AsOf) -> bool:
    if at is None:
        return isinstance(moment, Never)
    match moment:
        case Dated(_, Side.BEFORE, day):
            return at < span(day)[0]
        case Dated(_, _, day):
            return at >= span(day)[1]
        case Within(_, days):
            return at >= as_of.now - days * DAY
        case Never():
            return False


def _has(attribute: Attribute, stored: object) -> bool:
    match attribute:
        case Present(_, present):
            return (stored is not None) is present
        case Compared(_, Comparison.NOT_EQUAL, value):
            return stored is not None and not _compares(stored, Comparison.EQUAL, value)
        case Compared(_, comparison, value):
            return _compares(stored, comparison, value)


def span(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the moments a day begins and has ended, in UTC: the zone in which all moments are shown."""
    begins = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return begins, begins + DAY


def lowered(text: str) -> str:
    """Return the text with A to Z in lower case, and every other letter as it is: what both databases do."""
    return text.translate(_LOWER)


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def _chose(how: Quantifier, chosen: int, asked: int) -> bool:
    match how:
        case Quantifier.ANY:
            return bool(chosen & asked)
        case Quantifier.ALL:
            return chosen & asked == asked
        case Quantifier.NONE:
            return not chosen & asked


def _field(field: Field, person: Person, as_of: AsOf) -> str:
    match field:
        case Field.STATUS:
            return person.status
        case Field.DOMAIN:
            return person.canonical.partition("@")[2]
        case Field.LOCALE:
            return lowered(person.locale or as_of.language)


def _compares(stored: object, comparison: Comparison, value: Value) -> bool:
    """Return whether what is stored is of the same kind, and compares so."""
    return _kind(stored) is _kind(value) and _ORDER[comparison](stored, value)


def _kind(value: object) -> type | None:
    """Return the kind of a value: true and false are no numbers, and lists compare with nothing."""
    if isinstance(value, bool | str):
        return type(value)
    return float if isinstance(value, int | float) else None
