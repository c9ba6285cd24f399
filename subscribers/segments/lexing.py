"""Conditions as text, cut into words, quoted texts and signs, each with the column it begins at."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from subscribers.segments.conditions import SegmentError

# One of the groups matches, or nothing is right here. A backslash makes the next character one of the text.
_TOKEN = re.compile(
    r"""
    (?P<sign> [(),] | != | <= | >= | [=<>] )
    | "(?P<double> (?: [^"\\] | \\. )* )"
    | '(?P<single> (?: [^'\\] | \\. )* )'
    | “(?P<curly> (?: [^”\\] | \\. )* )”
    | (?P<word> [^\s(),=<>!"'“”]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPACE = re.compile(r"\s*")
_QUOTES = "\"'“”"


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True)
class Token:
    """One word, quoted text (without its quotation marks) or sign; columns count characters from 1."""

    kind: Kind
    text: str
    column: int

    def says(self, *words: str) -> bool:
        """Return whether this is one of these signs, or one of these words in any case."""
        return self.kind in (Kind.WORD, Kind.SIGN) and self.text.lower() in words


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, and its end. Raises SegmentError with a column."""
    found = []
    place = _skip_space(text, 0)
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise SegmentError(_wrong(text[place]), column=place + 1)
        kind = {"sign": Kind.SIGN, "word": Kind.WORD}.get(match.lastgroup, Kind.QUOTED)
        inside = match[match.lastgroup]
        written = _ESCAPED.sub(r"\1", inside) if kind is Kind.QUOTED else inside
        found.append(Token(kind, written, place + 1))
        place = _skip_space(text, match.end())
    return [*found, Token(Kind.END, "", len(text) + 1)]


def _skip_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _wrong(character: str) -> str:
    if character in _QUOTES:
        return "this quotation mark has no other to go with it"
    return f"{character!r} means nothing here; unequal is written !="
