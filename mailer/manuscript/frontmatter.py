"""The `key: value` lines between two `---` at the head of an edition."""

import datetime as dt
import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from mailer.manuscript.faults import Fault, quoted

KEYS = ("list", "title", "subtitle", "date", "subject", "preheader")
FENCE = "---"
# What the database keeps of a title.
LONGEST_TITLE = 500

_QUOTE = '"'
_ENTRY = re.compile(r"\s*(?P<key>[^\s:]+)\s*:\s*(?P<value>.*?)\s*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class FrontMatter:
    """What the head says: values by key, the line of each, and how many lines to skip for the body."""

    values: dict[str, str]
    lines: dict[str, int] = field(default_factory=dict)
    height: int = 0
    date: dt.date | None = None


def opens_front_matter(text: str) -> bool:
    """Return whether `text` begins as an edition does, and not with a rule of dashes alone.

    It does so too where colons were forgotten, as long as it has a known key on each line between two rules.
    """
    opening, *lines = [line.rstrip() for line in text.split("\n") if line.strip()] or [""]
    if opening != FENCE or not lines:
        return False
    if _ENTRY.fullmatch(lines[0]):
        return True
    head = lines[: lines.index(FENCE)] if FENCE in lines else []
    return bool(head) and all(_ENTRY.fullmatch(line) or _names_key(line) for line in head)


def _names_key(line: str) -> bool:
    return line.split(maxsplit=1)[0] in KEYS


def in_quotes(value: str) -> str:
    """Return `value` as the head writes it: quoted where its own quotes would be taken off."""
    return f"{_QUOTE}{value}{_QUOTE}" if _unquoted(value) != value else value


def _unquoted(written: str) -> str:
    """Take off one pair of straight quotes around all of a value; those in `"A" and "B"` are no pair."""
    within = written[1:-1]
    pair = _is_quoted(written) and (_QUOTE not in within or _is_quoted(within))
    return within.strip() if pair else written


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text.startswith(_QUOTE) and text.endswith(_QUOTE)


def read_front_matter(lines: list[str], faults: list[Fault]) -> FrontMatter:
    """Return what the head says, adding to `faults` what is wrong with it."""
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[start].rstrip() != FENCE:
        faults.append(
            Fault(
                start + 1, 1, "the front matter is missing: begin with ---, title: … and --- on three lines"
            )
        )
        return FrontMatter({}, height=start)
    end = next((index for index in range(start + 1, len(lines)) if lines[index].rstrip() == FENCE), None)
    if end is None:
        faults.append(
            Fault(start + 1, 1, "the front matter does not end: write --- on a line after its keys")
        )
        return FrontMatter({}, height=len(lines))
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines[start + 1 : end], start + 2):
        if line.strip():
            _read_entry(number, line, values, places, faults)
    if not values.get("title"):
        faults.append(Fault(places.get("title", start + 1), 1, "the title is missing: write title: … here"))
    elif len(values["title"]) > LONGEST_TITLE:
        most = f"the title has {len(values['title'])} characters: {LONGEST_TITLE} at most"
        faults.append(Fault(places["title"], 1, most))
    date = _date(values.get("date", ""), places.get("date", 0), faults)
    return FrontMatter(values, places, end + 1, date)


def _read_entry(
    number: int, line: str, values: dict[str, str], places: dict[str, int], faults: list[Fault]
) -> None:
    entry = _ENTRY.fullmatch(line)
    if entry is None:
        key, _, rest = line.strip().partition(" ")
        if key not in KEYS:
            faults.append(Fault(number, 1, f"{quoted(line.strip())} is no key: value line"))
            return
        column = line.index(key) + len(key) + 1
        faults.append(Fault(number, column, f"the colon is missing after {key}: write {key}: {rest.strip()}"))
        values.setdefault(key, rest.strip())
        places.setdefault(key, number)
        return
    key, column = entry["key"], entry.start("key") + 1
    if key not in KEYS:
        near = get_close_matches(key.lower(), KEYS, n=1)
        hint = f": did you mean {near[0]}?" if near else f"; known are {', '.join(KEYS)}"
        faults.append(Fault(number, column, f"{quoted(key)} is no key of the front matter{hint}"))
    elif key in values:
        faults.append(Fault(number, column, f"{key} is given twice, first on line {places[key]}: keep one"))
    else:
        values[key], places[key] = _unquoted(entry["value"]), number


def _date(written: str, line: int, faults: list[Fault]) -> dt.date | None:
    if not written:
        return None
    try:
        if _DATE.fullmatch(written):
            return dt.date.fromisoformat(written)
    except ValueError:
        pass
    faults.append(Fault(line, 1, f"{quoted(written)} is no date: write it as 2026-11-30"))
    return None
