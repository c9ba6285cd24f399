"""A tree as one WHERE over a list's people: words from closed tables, every value bound.

Each condition is either true or false of everybody and never NULL, or NOT would lose people: where a moment
or an attribute is missing, it is asked for first. The columns are those of `subscription` and `subscriber`.

The databases differ in what they call two functions, and in how they take JSON apart. Numbers of a tree have
at most 15 digits, so that comparing them exactly (PostgreSQL's numeric) and as binary64 (SQLite, Python)
gives one answer.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any as Anything

from django.db import connection

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
from subscribers.segments.evaluating import DAY, lowered, span
from subscribers.segments.values import plain

_MOMENTS = {
    Event.JOINED: "subscription.since",
    Event.OPENED: "subscriber.last_opened_at",
    Event.CLICKED: "subscriber.last_clicked_at",
}
_QUANTIFIED = {Quantifier.ANY: "<> 0", Quantifier.ALL: "= {asked}", Quantifier.NONE: "= 0"}
_SIGNS = {
    Comparison.EQUAL: "=",
    Comparison.LESS: "<",
    Comparison.AT_MOST: "<=",
    Comparison.MORE: ">",
    Comparison.AT_LEAST: ">=",
}


@dataclass(frozen=True)
class Where:
    """What follows WHERE, its bound values by name, and whether it asks for more than the subscription."""

    sql: str
    parameters: Mapping[str, Anything]
    of_subscriber: bool


def where(condition: Condition, as_of: AsOf) -> Where:
    """Return the conditions in SQL, for the database that is connected.

    Parameters are called segment_0, segment_1 and so on. Raises SegmentError for an unknown interest.
    """
    dialect = (_OnPostgreSQL if connection.vendor == "postgresql" else _OnSQLite)(as_of)
    sql = dialect.condition(condition)
    return Where(f"({sql})", dialect.parameters, of_subscriber="subscriber." in sql)


@dataclass
class _Dialect:
    as_of: AsOf
    parameters: dict[str, Anything] = field(default_factory=dict)

    lower = "lower({})"
    position = "instr"

    def bound(self, value: object) -> str:
        """Return the name of a parameter with this value."""
        name = f"segment_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def instant(self, value: dt.datetime) -> str:
        return self.bound(connection.ops.adapt_datetimefield_value(value))

    def condition(self, condition: Condition) -> str:
        match condition:
            case All(of):
                return " AND ".join(f"({self.condition(part)})" for part in of)
            case Any(of):
                return " OR ".join(f"({self.condition(part)})" for part in of)
            case Not(of):
                return f"NOT ({self.condition(of)})"
            case leaf:
                return self.leaf(leaf)

    def leaf(self, leaf: Leaf) -> str:
        match leaf:
            case Chose(how, interests):
                asked = self.bound(self.as_of.bits(interests))
                return f"(subscription.interests & {asked}) {_QUANTIFIED[how].format(asked=asked)}"
            case GetsEverything():
                return "subscription.everything"
            case Among() | DomainEnds() | LocaleBegins() | LocaleKnown():
                return self.word(leaf)
            case Dated() | Within() | Never():
                return self.moment(leaf)
            case Compared() | Present():
                return self.attribute(leaf)

    def word(self, word: Word) -> str:
        match word:
            case Among(named, values, inside):
                several = ", ".join(self.bound(lowered(value)) for value in values)
                return f"{self.field(named)} {'IN' if inside else 'NOT IN'} ({several})"
            case DomainEnds(ending):
                # A start before the first character gives less than was asked for, which equals no ending.
                start = f"length(subscriber.canonical) - {len(ending) - 1}"
                return f"substr(subscriber.canonical, {start}) = {self.bound(ending)}"
            case LocaleBegins(tag):
                begins = f"{lowered(tag)}-"
                return f"substr({self.field(Field.LOCALE)} || '-', 1, {len(begins)}) = {self.bound(begins)}"
            case LocaleKnown(known):
                return f"subscriber.locale {'<>' if known else '='} ''"

    def moment(self, moment: Moment) -> str:
        column = _MOMENTS[moment.event]
        match moment:
            case Dated(_, Side.BEFORE, day):
                test = f"< {self.instant(span(day)[0])}"
            case Dated(_, _, day):
                test = f">= {self.instant(span(day)[1])}"
            case Within(_, days):
                test = f">= {self.instant(self.as_of.now - days * DAY)}"
            case Never():
                return f"{column} IS NULL"
        return f"({column} IS NOT NULL AND {column} {test})"

    def attribute(self, attribute: Attribute) -> str:
        match attribute:
            case Present(name, present):
                return self.present(name) if present else f"NOT ({self.present(name)})"
            case Compared(name, Comparison.NOT_EQUAL, value):
                return f"{self.present(name)} AND NOT ({self.compares(name, Comparison.EQUAL, value)})"
            case Compared(name, comparison, value):
                return self.compares(name, comparison, value)

    def field(self, named: Field) -> str:
        match named:
            case Field.STATUS:
                return "subscription.status"
            case Field.DOMAIN:
                return f"substr(subscriber.canonical, {self.position}(subscriber.canonical, '@') + 1)"
            case Field.LOCALE:
                language = self.bound(lowered(self.as_of.language))
                own = self.lower.format("subscriber.locale")
                return f"CASE WHEN subscriber.locale = '' THEN {language} ELSE {own} END"

    def present(self, name: str) -> str:
        raise NotImplementedError

    def compares(self, name: str, comparison: Comparison, value: Value) -> str:
        raise NotImplementedError


class _OnSQLite(_Dialect):
    def present(self, name: str) -> str:
        return self.any_attribute(name, "attribute.type <> 'null'")

    def compares(self, name: str, comparison: Comparison, value: Value) -> str:
        if isinstance(value, bool):
            return self.any_attribute(name, f"attribute.type = {self.bound(str(value).lower())}")
        if comparison is Comparison.CONTAINS:
            test = f"attribute.type = 'text' AND instr(attribute.value, {self.bound(value)}) > 0"
        elif isinstance(value, str):
            test = f"attribute.type = 'text' AND attribute.value {_SIGNS[comparison]} {self.bound(value)}"
        else:
            test = (
                f"attribute.type IN ('integer', 'real')"
                f" AND attribute.value {_SIGNS[comparison]} {self.number(value)}"
            )
        return self.any_attribute(name, test)

    def any_attribute(self, name: str, test: str) -> str:
        # A path would do too, but older versions cannot name every key in one, nor one with escapes.
        return (
            f"EXISTS (SELECT 1 FROM json_each(subscriber.attributes) AS attribute"
            f" WHERE attribute.key = {self.bound(name)} AND {test})"
        )

    def number(self, value: float) -> str:
        # As text, so that the same code reads it as reads the number it is compared with.
        if isinstance(value, int):
            return self.bound(value)
        return f"CAST({self.bound(plain(Decimal(repr(value))))} AS REAL)"


class _OnPostgreSQL(_Dialect):
    # By bytes, whatever the database's locale: of UTF-8 that is by code points.
    lower = 'lower({} COLLATE "C")'
    position = "strpos"

    def present(self, name: str) -> str:
        kind, _, _ = self.taken_apart(name)
        return f"COALESCE({kind}, 'null') <> 'null'"

    def compares(self, name: str, comparison: Comparison, value: Value) -> str:
        kind, stored, text = self.taken_apart(name)
        if isinstance(value, bool):
            return f"COALESCE({stored} = CAST({self.bound(str(value).lower())} AS jsonb), FALSE)"
        if isinstance(value, str):
            asked = f"CAST({self.bound(value)} AS text)"
            test = (
                f"strpos({text}, {asked}) > 0"
                if comparison is Comparison.CONTAINS
                else f'{text} COLLATE "C" {_SIGNS[comparison]} {asked}'
            )
            return f"COALESCE({kind} = 'string' AND {test}, FALSE)"
        # A CASE, since AND does not promise that what is no number is never cast.
        asked = f"CAST({self.bound(plain(Decimal(repr(value))))} AS numeric)"
        return (
            f"CASE WHEN {kind} = 'number' THEN CAST({text} AS numeric) {_SIGNS[comparison]} {asked}"
            f" ELSE FALSE END"
        )

    def taken_apart(self, name: str) -> tuple[str, str, str]:
        """Return in SQL the kind of an attribute, its value as JSON, and as text."""
        key = f"CAST({self.bound(name)} AS text)"
        stored = f"(subscriber.attributes -> {key})"
        return f"jsonb_typeof({stored})", stored, f"(subscriber.attributes ->> {key})"
