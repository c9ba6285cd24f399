"""What a person's own address and name are like: conditions in SQL, each with what is bound to it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from subscribers.addresses import LONGEST, AddressError, parse
from subscribers.errors import SubscribersError

# Above every character that stands in an address.
_LAST = "\U0010ffff"
_BEFORE_A_WORD = ("", "% ", "%-")


class FindingError(SubscribersError):
    """People cannot be looked for in that way."""


def at_domain(text: str, bound: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that an address is at this domain, without those below it. Raises FindingError."""
    bound["domain"] = _domain(text)
    # In the words of PostgreSQL's index, subscriber_domain.
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    yield f"substr(subscriber.canonical, {position}(subscriber.canonical, '@') + 1) = %(domain)s"


def beginning(text: str, bound: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that an address begins so; a whole one is found as others spell it, too."""
    text = _checked(text).strip()
    try:
        begins = parse(text).canonical
    except AddressError:  # the beginning of one
        begins = unicodedata.normalize("NFC", text).lower()
    bound["begins"] = f"{_escaped(begins)}%"
    yield "subscriber.canonical LIKE %(begins)s ESCAPE '!'"
    # PostgreSQL has an index for LIKE, whose order may be another than the language's own; SQLite has one for
    # the order of the octets.
    if connection.vendor == "sqlite":
        bound |= {"begins_from": begins, "begins_to": begins + _LAST}
        yield "subscriber.canonical >= %(begins_from)s AND subscriber.canonical < %(begins_to)s"


def called(text: str, bound: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that each word of the text begins a word of the name."""
    words = _checked(text).split()
    if connection.vendor == "postgresql":
        # In the words of its index, subscriber_name_words.
        bound["called"] = " & ".join(
            f"({' | '.join(f'{_quoted(spelling)}:*' for spelling in _spellings(word))})" for word in words
        )
        yield "to_tsvector('simple', subscriber.name) @@ to_tsquery('simple', %(called)s)"
        return
    for number, word in enumerate(words):
        ways = [
            f"{before}{_escaped(spelling)}%" for spelling in _spellings(word) for before in _BEFORE_A_WORD
        ]
        yield f"({_any_of(f'called_{number}', ways, bound)})"


def holding(text: str, bound: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that this is a part of the address or of the name."""
    text = _checked(text)
    bound["match"] = f"%{_escaped(unicodedata.normalize('NFC', text).lower())}%"
    ways = [f"%{_escaped(spelling)}%" for spelling in _spellings(text)]
    yield f"(subscriber.canonical LIKE %(match)s ESCAPE '!' OR {_any_of('match', ways, bound)})"


def _any_of(name: str, ways: Iterable[str], bound: dict[str, Any]) -> str:
    # SQLite's LIKE is blind to capitals, though to those of ASCII only; so may PostgreSQL's ILIKE be.
    like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    numbered = {f"{name}_{number}": way for number, way in enumerate(ways)}
    bound |= numbered
    return " OR ".join(f"subscriber.name {like} %({key})s ESCAPE '!'" for key in numbered)


def _spellings(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", text)
    return sorted({text, text.lower(), text.upper(), text.title(), text.capitalize()})


def _checked(text: str) -> str:
    """Return a text that can be looked for. Raises FindingError."""
    if len(text) > LONGEST:
        raise FindingError(f"No address and no name is longer than {LONGEST} characters")
    if "\0" in text:
        raise FindingError("No address and no name holds such a character")
    return text


def _quoted(word: str) -> str:
    """Return a word that PostgreSQL's text search takes as it is."""
    doubled = re.sub(r"['\\]", r"\g<0>\g<0>", word)
    return f"'{doubled}'"


def _domain(text: str) -> str:
    """Return a domain as addresses hold it. Raises FindingError."""
    try:
        return parse(f"x@{text.strip().removeprefix('@')}").canonical.partition("@")[2]
    except AddressError as error:
        raise FindingError(f"{text!r} is no domain of an address: {error.reason}") from None


def _escaped(text: str) -> str:
    """Return a text that LIKE takes as it is, with ! as its ESCAPE."""
    return re.sub(r"[!%_]", r"!\g<0>", text)
