"""Find the date that a line of words and figures holds."""

import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORTEST = 3  # "Mar" is enough of a month
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS)}|sept)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_GAP = r"[\s.,]+"

_FORMS = tuple(
    re.compile(rf"(?<![\w/.-]){form}(?![\w/-]|\.\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>\d{{1,2}})-{_DAY}",
        rf"{_YEAR}年(?P<month>\d{{1,2}})月{_DAY}日",
        rf"{_DAY}(?:\s+of)?{_GAP}{_MONTH}{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        rf"{_DAY}\.(?P<month>\d{{1,2}})\.{_YEAR}",
    )
)
_SLASHED = re.compile(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/((?:19|20)\d{2})(?![\w/-]|\.\d)")


@dataclass(frozen=True)
class FoundDate:
    """A date in a text; `date` is None where it can be read in two ways, and `rest` the text without it."""

    date: dt.date | None
    rest: str


def find_date(text: str) -> FoundDate | None:
    """Return the first date in `text`, or None; 03/04/2026 is found but not decided."""
    for form in _FORMS:
        for match in form.finditer(text):
            date = _date(match["year"], _month(match["month"]), match["day"])
            if date:
                return FoundDate(date, _without(text, match))
    slashed = _SLASHED.search(text)
    if slashed:
        first, second, year = slashed.groups()
        readings = {_date(year, int(second), first), _date(year, int(first), second)} - {None}
        if readings:
            return FoundDate(readings.pop() if len(readings) == 1 else None, _without(text, slashed))
    return None


def _month(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return [name[:_SHORTEST] for name in _MONTHS].index(written[:_SHORTEST].lower()) + 1


def _date(year: str, month: int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), month, int(day))
    except ValueError:
        return None


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip(" \t,.–—|-")
