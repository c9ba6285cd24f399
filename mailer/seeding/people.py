"""Invented people as rows, in the order of their numbers: values in, values out, no database.

Everything is text as both databases read it: 1 and 0 are true and false, None is NULL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mailer.seeding import chance, members
from mailer.seeding.cast import CULTURES, DOMAINS, PROFESSIONS, Culture
from mailer.seeding.course import DAY
from mailer.seeding.plan import Plan
from mailer.seeding.standing import Place, Row, moment, stand
from subscribers.addresses import address_key
from subscribers.vocabulary import Suppressed

# Shares of all people.
TEXT_ONLY, UNTRACKED, CAPITALS, NAMELESS, NO_LOCALE = map(chance.share, (0.02, 0.04, 0.03, 0.05, 0.25))
ERASED_ONE_IN = 400

# Which number of a person's decides what; what they are on their lists is drawn from the last two.
_CULTURE, _GIVEN, _FAMILY, _DOMAIN, _CAPITALS, _NAMELESS, _NO_LOCALE, _TEXT_ONLY, _UNTRACKED = range(9)
_COUNTRY, _PROFESSION, _YEARS, _MOMENT, _FIRST_LIST, _SECOND_LIST = range(9, 15)


@dataclass
class Rows:
    """Rows of some people, by table."""

    subscriber: list[Row] = field(default_factory=list)
    subscription: list[Row] = field(default_factory=list)
    consent: list[Row] = field(default_factory=list)
    suppression: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class People:
    """Everybody of a plan; person 1 gets the row `first`, the others those after it."""

    plan: Plan
    places: Sequence[Place]
    first: int

    def rows(self, numbers: range) -> Rows:
        """Return the rows of the people with these numbers."""
        rows = Rows()
        for number in numbers:
            self._add(rows, number)
        return rows

    def erased(self) -> Iterator[Row]:
        """Yield the suppressions of people who asked to be forgotten, of whom there is nothing else."""
        people = self.plan.wish.subscribers
        for number in range(people + 1, people + 1 + max(1, people // ERASED_ONE_IN)):
            mix = chance.mixed(number, self._salt)
            at = self.plan.at - chance.within(chance.stream(mix, _MOMENT), 365 * DAY)
            key = address_key(self.address(number, mix).lower())
            yield key, None, Suppressed.ERASED.value, "asked to be forgotten", moment(at), ""

    def address(self, number: int, mix: int | None = None) -> str:
        """Return a person's address as they write it; no two seeds make the same."""
        mix = chance.mixed(number, self._salt) if mix is None else mix
        culture = _culture(mix)
        given, family = chance.stream(mix, _GIVEN), chance.stream(mix, _FAMILY)
        local = f"{culture.local_part(given, family)}{number}.{self._tag}"
        domain = DOMAINS[chance.stream(mix, _DOMAIN) % len(DOMAINS)]
        return f"{local.title() if chance.stream(mix, _CAPITALS) < CAPITALS else local}@{domain}"

    @cached_property
    def _salt(self) -> int:
        return chance.salt(self.plan.wish.word, "people")

    @cached_property
    def _tag(self) -> str:
        return f"{chance.salt(self.plan.wish.word, 'addresses'):x}"

    def _add(self, rows: Rows, number: int) -> None:
        """Add a person, where they stand on each of their lists, and the evidence of it."""
        mix = chance.mixed(number, self._salt)
        row, address = str(self.first + number - 1), self.address(number, mix)
        canonical = address.lower()
        key = address_key(canonical)
        standings = []
        for place, which in zip(
            self.plan.members.lists_of(number), (_FIRST_LIST, _SECOND_LIST), strict=False
        ):
            standing = stand(self.plan.courses[place], self.places[place], number, chance.stream(mix, which))
            standings.append(standing)
            rows.subscription.append((row, *standing.subscription))
            rows.consent += [(row, *line) for line in standing.consents]
            if standing.left_before:
                rows.suppression.append((key, *standing.left_before))
        rows.subscriber.append(
            (row, address, canonical, key, *_self(mix), moment(min(s.came for s in standings)))
        )
        if members.suppressed(number):
            at = _between(
                min(s.since for s in standings), min(s.bound for s in standings), chance.stream(mix, _MOMENT)
            )
            rows.suppression.append((key, None, *_barred(number), moment(at), ""))


def _culture(mix: int) -> Culture:
    return CULTURES[chance.stream(mix, _CULTURE) % len(CULTURES)]


def _self(mix: int) -> Row:
    """Return name, locale, text_only, tracked and attributes."""
    culture = _culture(mix)
    given, family = chance.stream(mix, _GIVEN), chance.stream(mix, _FAMILY)
    country = culture.countries[chance.stream(mix, _COUNTRY) % len(culture.countries)]
    profession = PROFESSIONS[chance.stream(mix, _PROFESSION) % len(PROFESSIONS)]
    years = chance.within(chance.stream(mix, _YEARS), 40)
    return (
        "" if chance.stream(mix, _NAMELESS) < NAMELESS else culture.name(given, family),
        "" if chance.stream(mix, _NO_LOCALE) < NO_LOCALE else culture.locale,
        "1" if chance.stream(mix, _TEXT_ONLY) < TEXT_ONLY else "0",
        "0" if chance.stream(mix, _UNTRACKED) < UNTRACKED else "1",
        f'{{"country": "{country}", "profession": "{profession}", "years": {years}}}',
    )


def _barred(number: int) -> tuple[str, str]:
    """Return why a person was suppressed before any edition, and by what word."""
    if members.bounced(number):
        return Suppressed.BOUNCED.value, "sendgrid"
    if members.complained(number):
        return Suppressed.COMPLAINED.value, "sendgrid"
    return Suppressed.BY_HAND.value, "asked on the telephone"


def _between(low: int, high: int, drawn: int) -> int:
    return low + 1 + chance.within(drawn, max(high - low - 2, 1))
