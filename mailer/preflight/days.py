"""Dates (English) in a line of text, each with where it begins and ends."""

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
    rf"|{_MONTH}\s+{_DAY}(?P<other>[\s,]+{_YEAR})?)",
    re.IGNORECASE,
)
MONTH_OF = re.compile(rf"(?<!\w)(?P<month>{_MONTH})[\s,]+(?P<year>{_YEAR})", re.IGNORECASE)


@dataclass(frozen=True)
class Day:
    """A date and its place in the line; `dated`: the year stands there too."""

    date: dt.date
    start: int
    end: int
    dated: bool


def days(text: str, near: dt.date) -> Iterator[Day]:
    """Yield the dates in `text`; one without a year is the nearest to `near`."""
    for found in _DATE.finditer(text):
        dated = bool(found["year"] or found["other"] or re.match(r"\d{4}-", found[0]))
        years = [""] if dated else [f" {near.year + more}" for more in (-1, 0, 1)]
        read = [date for year in years if (date := _read(f"{found[0].rstrip('. ')}{year}"))]
        if read:
            yield Day(min(read, key=lambda date: abs(date - near)), found.start(), found.end(), dated)


def _read(text: str) -> dt.date | None:
    found = find_date(text)
    return found.date if found else None


def month_of(written: str, year: str) -> dt.date | None:
    """Return the first day of a month written in words."""
    return _read(f"1 {written.rstrip('.')} {year}")
