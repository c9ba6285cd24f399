"""What one cell says: a flag, a language, a name of two parts, attributes. Each raises CellError."""

import json
import re
from typing import Any

from subscribers import names
from subscribers.csvfiles.errors import CellError

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_LOCALE = 35  # characters; the column's
_YES = frozenset(
    {
        "yes",
        "y",
        "true",
        "t",
        "1",
        "x",
        "on",
        "checked",
        "✓",
        "✔",
        "☑",
        "ja",
        "oui",
        "sí",
        "si",
        "sim",
        "да",
        "是",
        "はい",
        "예",
    }
)
_NO = frozenset(
    {
        "",
        "no",
        "n",
        "false",
        "f",
        "0",
        "-",
        "off",
        "unchecked",
        "nein",
        "non",
        "não",
        "нет",
        "否",
        "いいえ",
        "아니요",
        "null",
        "none",
    }
)
# Written with characters of their own: the family's name stands first, and nothing between.
_EASTERN = re.compile(r"[぀-ヿ㐀-鿿가-힯豈-﫿]+")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SHOWN = 40  # characters: half a line of a terminal
_NO_OBJECT = 'no JSON object such as {"city": "Lagos"}'


def flag(text: str, column: str) -> bool:
    """Return what yes, no and their like say; an empty cell is no."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(column, f"neither yes nor no: “{shortened(text)}”")


def is_flag(text: str) -> bool | None:
    """Return what yes and no say, and None for anything else, the empty cell among it."""
    word = text.strip().lower()
    return True if word in _YES else False if word and word in _NO else None


def locale(text: str) -> str:
    """Return a BCP 47 language tag, with hyphens; '' for none."""
    tag = text.strip().replace("_", "-")
    if tag and not (_LOCALE.fullmatch(tag) and len(tag) <= _LONGEST_LOCALE):
        raise CellError("locale", "no language tag such as en or pt-BR")
    return tag


def name(text: str) -> str:
    """Return a name as `names.parse` does."""
    try:
        return names.parse(text)
    except names.NameTextError as error:
        raise CellError("name", str(error)) from None


def joined(first: str, last: str) -> str:
    """Return a name of two parts, in the order and with the space that its writing has."""
    first, last = first.strip(), last.strip()
    if _EASTERN.fullmatch(first) and _EASTERN.fullmatch(last):
        return last + first
    return f"{first} {last}".strip()


def attributes(text: str) -> dict[str, Any]:
    """Return the JSON object that a cell holds."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
    except (ValueError, RecursionError):
        raise CellError("attributes", _NO_OBJECT) from None
    if not isinstance(value, dict) or _NUL.search(written):
        raise CellError("attributes", _NO_OBJECT)
    return value


def written(value: dict[str, Any]) -> str:
    """Return attributes as Django's JSONField writes them on SQLite, so that what is the same is equal."""
    return json.dumps(value)


def evidence(text: str) -> str:
    """Return the words of a consent; no database takes a zero in them."""
    if "\0" in text:
        raise CellError("consent", "holds a character of zero")
    return text.strip()


def shortened(text: str) -> str:
    """Return a cell for an error's line: short, and no address, which may have slipped into any column."""
    line = " ".join(text.split())
    return "…" if "@" in line else line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _no_constant(word: str) -> float:
    raise ValueError(word)
