"""A tree as text that reads back as the same tree, and as words for people."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from subscribers.segments.conditions import (
    All,
    Among,
    Any,
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
from subscribers.segments.reading import RESERVED
from subscribers.segments.values import plain

_QUANTIFIED = {Quantifier.ANY: "in", Quantifier.ALL: "all of", Quantifier.NONE: "not in"}
_CHOSE = {Quantifier.ANY: "chose {}", Quantifier.ALL: "chose {}", Quantifier.NONE: "did not choose {}"}
_FIELDS = {Field.STATUS: "status", Field.DOMAIN: "address at", Field.LOCALE: "locale"}

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NEEDS_ESCAPE = re.compile(r'(["\\])')

_EVENTS = {
    Event.JOINED: "joined",
    Event.OPENED: "last opened a letter",
    Event.CLICKED: "last followed a link",
}
_NEVER = {Event.OPENED: "never opened a letter", Event.CLICKED: "never followed a link"}
_COMPARED = {
    Comparison.EQUAL: "is",
    Comparison.NOT_EQUAL: "is set and is not",
    Comparison.LESS: "is less than",
    Comparison.AT_MOST: "is at most",
    Comparison.MORE: "is more than",
    Comparison.AT_LEAST: "is at least",
    Comparison.CONTAINS: "contains",
}


def write(condition: Condition) -> str:
    """Return the text that `reading.read` makes this tree of."""
    match condition:
        case All(of):
            return " and ".join(map(_inside, of))
        case Any(of):
            return " or ".join(map(_inside, of))
        case Not(of):
            return f"not {_inside(of)}"
        case leaf:
            return _written(leaf)


def describe(condition: Condition) -> list[str]:
    """Return the tree in words, a condition a line; what belongs to a line is indented beneath it."""
    return list(_lines(condition))


def _inside(condition: Condition) -> str:
    # Parentheses where none are needed too: nobody has to know what binds first.
    return f"({write(condition)})" if isinstance(condition, All | Any) else write(condition)


def _set(*, present: bool) -> str:
    return "is set" if present else "is not set"


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) and name.lower() not in RESERVED else _quoted(name)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else plain(Decimal(repr(value)))


def _quoted(text: str) -> str:
    return f'"{_NEEDS_ESCAPE.sub(_BACKSLASH, text)}"'


_BACKSLASH = r"\\\1"


def _lines(condition: Condition, indent: str = "") -> Iterator[str]:
    match condition:
        case All(of):
            yield f"{indent}all of these:"
            yield from _beneath(of, indent)
        case Any(of):
            yield f"{indent}at least one of these:"
            yield from _beneath(of, indent)
        case Not(of):
            yield f"{indent}not:"
            yield from _beneath((of,), indent)
        case leaf:
            yield f"{indent}{_words(leaf)}"


def _beneath(parts: Iterable[Condition], indent: str) -> Iterator[str]:
    for part in parts:
        yield from _lines(part, f"{indent}  ")


def _written(leaf: Leaf) -> str:
    match leaf:
        case Chose(how, interests):
            return f"interest {_QUANTIFIED[how]} ({', '.join(interests)})"
        case GetsEverything():
            return "everything"
        case Among() | DomainEnds() | LocaleBegins() | LocaleKnown():
            return _written_word(leaf)
        case Dated() | Within() | Never():
            return f"{leaf.event} {_written_moment(leaf)}"
        case Compared() | Present():
            return _attribute(leaf, {comparison: comparison.value for comparison in Comparison})


def _written_word(word: Word) -> str:
    match word:
        case Among(field, (value,), inside):
            return f"{field} {'=' if inside else '!='} {value}"
        case Among(field, values, inside):
            return f"{field} {'in' if inside else 'not in'} ({', '.join(values)})"
        case DomainEnds(ending):
            return f"domain ends {ending}"
        case LocaleBegins(tag):
            return f"locale begins {tag}"
        case LocaleKnown(known):
            return f"locale {_set(present=known)}"


def _written_moment(moment: Moment) -> str:
    match moment:
        case Dated(_, side, day):
            return f"{side} {day}"
        case Within(_, days):
            return f"within {_days(days)}"
        case Never():
            return "never"


def _words(leaf: Leaf) -> str:
    match leaf:
        case Chose(how, interests):
            return _CHOSE[how].format(_listed(interests, "and" if how is Quantifier.ALL else "or"))
        case GetsEverything():
            return "gets everything"
        case Among() | DomainEnds() | LocaleBegins() | LocaleKnown():
            return _words_of_word(leaf)
        case Dated() | Within() | Never():
            return _words_of_moment(leaf)
        case Compared() | Present():
            return _attribute(leaf, _COMPARED)


def _words_of_word(word: Word) -> str:
    match word:
        case Among(field, values, inside):
            return f"{_FIELDS[field]}{'' if inside else ' other than'} {_listed(values, 'or')}"
        case DomainEnds(ending):
            return f"address at a domain that ends with {ending}"
        case LocaleBegins(tag):
            return f"locale {tag}, or a kind of it"
        case LocaleKnown(known):
            return "has a locale of their own" if known else "has no locale of their own"


def _words_of_moment(moment: Moment) -> str:
    match moment:
        case Dated(event, Side.BEFORE, day):
            return f"{_EVENTS[event]} before {day} began (UTC)"
        case Dated(event, _, day):
            return f"{_EVENTS[event]} after {day} had ended (UTC)"
        case Within(event, days):
            return f"{_EVENTS[event]} within the last {_days(days)}"
        case Never(event):
            return _NEVER[event]


def _attribute(attribute: Attribute, signs: Mapping[Comparison, str]) -> str:
    match attribute:
        case Compared(name, comparison, value):
            return f"attribute {_name(name)} {signs[comparison]} {_value(value)}"
        case Present(name, present):
            return f"attribute {_name(name)} {_set(present=present)}"


def _days(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"


def _listed(words: Iterable[str], last: str) -> str:
    *others, final = words
    return f"{', '.join(others)} {last} {final}" if others else final
