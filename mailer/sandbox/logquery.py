"""The query language of the Email Logs: its text in, conditions out.

Conditions are joined by AND and by nothing else; words are case-sensitive; strings stand in either quote and
know no escape. (Email Logs API, POST /v3/logs.)
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

EQUAL = frozenset({"sg_message_id", "subject", "to_email", "reason"})
AMONG = frozenset({"status", "categories"})
CREATED = "sg_message_id_created_at"

_STRING = r"'[^']*'|\"[^\"]*\""
_TIME = rf"TIMESTAMP\s*(?:{_STRING})"
_CONDITION = re.compile(
    rf"""\s*(?P<field>[a-z_]+)\s*(?:
        =\s*(?P<equal>{_STRING})
        | (?<![a-z_])IN\s*\(\s*(?P<among>(?:{_STRING})(?:\s*,\s*(?:{_STRING}))*)\s*\)
        | (?<![a-z_])BETWEEN\s+(?P<low>{_TIME})\s+AND\s+(?P<high>{_TIME})
        | (?P<sign>[<>]=?)\s*(?P<bound>{_TIME})
    )\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"AND\b")


class QueryError(ValueError):
    """The query cannot be read; the message says where."""


@dataclass(frozen=True)
class Query:
    """What is looked for: `equal` by field, `among` by field, and bounds as sign and unix seconds."""

    equal: dict[str, str] = field(default_factory=dict)
    among: dict[str, frozenset[str]] = field(default_factory=dict)
    bounds: tuple[tuple[str, float], ...] = ()


def parse(text: str) -> Query:
    """Return what `text` asks; an empty one asks for everything. Raises QueryError."""
    equal: dict[str, str] = {}
    among: dict[str, frozenset[str]] = {}
    bounds: list[tuple[str, float]] = []
    for found in _conditions(text):
        name = found["field"]
        if name in equal or name in among:
            raise QueryError(f"{name} is named twice")
        if found["equal"] and name in EQUAL:
            equal[name] = found["equal"][1:-1]
        elif found["among"] and name in AMONG:
            among[name] = frozenset(each[1:-1] for each in re.findall(_STRING, found["among"]))
        elif found["bound"] and name == CREATED:
            bounds.append((found["sign"], _moment(found["bound"])))
        elif found["low"] and name == CREATED:
            bounds += [(">=", _moment(found["low"])), ("<=", _moment(found["high"]))]
        else:
            raise QueryError(f"{name} cannot be asked so")
    return Query(equal, among, tuple(bounds))


def _conditions(text: str) -> Iterator[re.Match[str]]:
    place = 0
    while text.strip():
        found = _CONDITION.match(text, place)
        if not found:
            raise QueryError(f"cannot be read from character {place + 1} on")
        yield found
        place = found.end()
        if place == len(text):
            return
        joint = _AND.match(text, place)
        if not joint:
            raise QueryError(f"AND is wanted at character {place + 1}")
        place = joint.end()


def _moment(literal: str) -> float:
    text = literal[literal.index(literal[-1]) + 1 : -1]
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise QueryError(f"{text} is no ISO 8601 time") from None
    if moment.tzinfo is None:
        raise QueryError(f"{text} lacks its zone, such as Z")
    return moment.timestamp()
