"""Dates (English, or in figures: 27.11.2026, 27/11/2026, 2026年11月27日) in a line, with their places."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.manuscript.dates import find_date

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
_YEAR = r"(?:19|20)\d{2}\b"
_DATE = re.compile(
    rf"(?<![\w./-])(?:\d{{4}}-\d{{2}}-\d{{2}}(?![\w-])"
    rf"|{_DAY}(?:\s+of)?\s+{_MONTH}(?P<year>[\s,]+{_YEAR})?"
    rf"|{_MONTH}\s+{_DAY}(?P<other>[\s,]+{_YEAR})?"
    r"|(?P<dots>\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}|\d{1,2}/\d{1,2}/(?:19|20)\d{2})(?![\w/-]|\.\d))"
    r"|(?<!\d)(?P<chinese>(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)",
    re.IGNORECASE,
)
MONTH_OF = re.compile(rf"(?<!\w)(?P<month>{_MONTH})[\s,]+(?P<year>{_YEAR})", re.IGNORECASE)


_MONTHS, _DAYS = 12, 31


@dataclass(frozen=True)
class Day:
    """A date and its place in the line; `dated`: the year stands there too."""

    date: dt.date
    start: int
    end: int
    dated: bool


def days(text: str, near: dt.date) -> Iterator[Day]:
    """Yield the dates in `text`; one without a year, or with two readings, is the nearest to `near`."""
    for found in _DATE.finditer(text):
        dated = _is_dated(found)
        if read := _readings(found, near):
            yield Day(min(read, key=lambda date: abs(date - near)), found.start(), found.end(), dated)


def impossible(text: str, near: dt.date) -> Iterator[re.Match[str]]:
    """Yield what is written as a date and is no day of the calendar: 31 November, 29.02.2026."""
    for found in _DATE.finditer(text):
        # What has a month or a day that none has may be the number of something.
        figures = [int(each) for each in re.findall(r"\d+", found[0])]
        is_number = not re.search(r"[A-Za-z]", found[0]) and (
            sorted(figures)[1] > _DAYS or not 1 <= min(figures) <= _MONTHS
        )
        leap = dt.date(near.year + -near.year % 4, 1, 1)
        if not is_number and not _readings(found, near) and not _readings(found, leap):
            yield found


def _is_dated(found: re.Match[str]) -> bool:
    names = ("year", "other", "dots", "chinese")
    return any(found[name] for name in names) or re.match(r"\d{4}-", found[0]) is not None


def _readings(found: re.Match[str], near: dt.date) -> list[dt.date]:
    """Return the days that a date can mean."""
    written = found[0].rstrip(". ")
    if found["dots"] and "/" in written:
        first, second, year = (int(each) for each in written.split("/"))
        return [date for month, day in ((first, second), (second, first)) if (date := _day(year, month, day))]
    years = [""] if _is_dated(found) else [f" {near.year + more}" for more in (-1, 0, 1)]
    return [date for year in years if (date := _read(f"{written}{year}"))]


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _read(text: str) -> dt.date | None:
    found = find_date(text)
    return found.date if found else None


def month_of(written: str, year: str) -> dt.date | None:
    """Return the first day of a month written in words."""
    return _read(f"1 {written.rstrip('.')} {year}")
