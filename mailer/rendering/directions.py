"""Set plain text line by line in its own direction, so that mixed scripts are read in order (UAX #9).

A mail program may set text from the left, from the right, or each line as its first letter runs. A line that
would be read out of order in one of these holds its direction: a mark for programs that look at the first
letter, and an isolate for those that do not. A line's end closes an isolate (UAX #9, P1): each has its own.

Nothing is put behind an address: programs make links of addresses, and would take the mark into them.
"""

import re
import unicodedata
from functools import lru_cache

from mailer.rendering.columns import underlined, wrapped
from mailer.rendering.languages import script_of
from mailer.rendering.tongues import tongue

_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_TURNED = re.compile(f"[{_RIGHT_TO_LEFT}]")
# The number of a link is read with the line, not with the last word before it.
_NUMBERED = re.compile(rf"([{_RIGHT_TO_LEFT}])(?=[ \u00a0]\[\d+\])")
_QUOTES = re.compile(r"(?:> )*")
_MARKS = {"ltr": "\N{LEFT-TO-RIGHT MARK}", "rtl": "\N{RIGHT-TO-LEFT MARK}"}
_ISOLATES = {"ltr": "\N{LEFT-TO-RIGHT ISOLATE}", "rtl": "\N{RIGHT-TO-LEFT ISOLATE}"}
_END = "\N{POP DIRECTIONAL ISOLATE}"
# Classes of characters that are read in order whatever is around them; spaces and marks are with any letter.
_SAFE = {"ltr": {"L", "WS", "NSM", "BN"}, "rtl": {"R", "AL", "WS", "NSM", "BN"}}
_LETTERS = {"L", "R", "AL"}


def direction_of(text: str, language: str) -> str:
    """Return how words in a letter of a BCP 47 language run: ltr | rtl."""
    return script_of(tongue(text, language) or language).direction


def isolated(name: str, language: str) -> str:
    """Return a name as a line of `language` may hold it: it turns nothing around it."""
    direction = direction_of(name, language)
    if direction == script_of(language).direction:
        return name
    return f"{_ISOLATES[direction]}{name}{_END}"


@lru_cache(maxsize=4096)
def laid(text: str, language: str) -> str:
    """Return text in a letter of `language`, wrapped, each line as its own letters run."""
    if script_of(language).direction == "ltr" and not _TURNED.search(text):
        return wrapped(text)
    return "\n".join(_laid(line, direction_of(line, language), language) for line in text.split("\n"))


def laid_as(text: str, spoken: str, language: str) -> str:
    """Return text in a letter of `language`, wrapped, every line of it as `spoken` runs."""
    direction = script_of(spoken).direction
    return "\n".join(_laid(line, direction, language) for line in text.split("\n"))


@lru_cache(maxsize=1024)
def headed(title: str, sign: str, language: str) -> str:
    """Return a heading, wrapped, above a row of signs (`columns.underlined`) that begins where it does."""
    lines, row = underlined(title, sign).rsplit("\n", 1)
    mark = _MARKS["rtl"] if direction_of(title, language) == "rtl" else ""
    return f"{laid(lines, language)}\n{mark}{row}"


@lru_cache(maxsize=4096)
def _laid(line: str, direction: str, language: str) -> str:
    lines = wrapped(line)
    around = script_of(language).direction
    if direction == around == "ltr":
        return _NUMBERED.sub(rf"\1{_MARKS['ltr']}", lines) if _TURNED.search(lines) else lines
    return "\n".join(_held(each, direction) for each in lines.split("\n"))


def _held(line: str, direction: str) -> str:
    """Return a line that keeps its direction; signs of quotation stay the first that stand in it."""
    quotes = _QUOTES.match(line)
    begin = quotes.end() if quotes else 0
    words = line[begin:]
    classes = set(map(unicodedata.bidirectional, words))
    if classes <= _SAFE[direction] or classes.isdisjoint(_LETTERS):
        return line
    # The line's end closes the isolate as well.
    end = "" if "://" in words.rpartition(" ")[2] else _END
    return f"{line[:begin]}{_MARKS[direction]}{_ISOLATES[direction]}{words}{end}"
