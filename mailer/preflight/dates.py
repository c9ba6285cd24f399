"""Rules of dates (English): those that contradict each other, the calendar, or the day of sending."""

import datetime as dt
import re
from collections.abc import Iterator

from mailer.manuscript.faults import quoted
from mailer.preflight.days import MONTH_OF, days, impossible, month_of
from mailer.preflight.page import PLAIN, Line
from mailer.preflight.values import Found, Matter

# An edition of last Monday may leave on Friday; one of last month was forgotten.
MOST_DAYS = 7
_OLD = 2  # years; that of the year before is still looked back at in January, and in words all the year
_FEBRUARY = 2

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Short ones have a capital, or are other words: delegates sat.
_WEEKDAY = rf"(?:(?i:{'|'.join(_WEEKDAYS)})|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b)"
_BEFORE = re.compile(rf"\b(?P<weekday>{_WEEKDAY})\b[.,]?\s+(?:the\s+)?$")
_AFTER = re.compile(rf"\s*\((?P<weekday>{_WEEKDAY})\)")
_YEAR = re.compile(r"(?<![\w–-])(?:19|20)\d{2}(?![\w–-])")
_SPEAKS_OF_PAST = re.compile(
    r"\b(?:in|since|from|of|until|after|before|between|and|the"
    r"|en|depuis|de|dès|avant|après|в|с|до|после|за|на|от|im|seit|von|في|منذ|عام|سنة)\s*$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)\s*(?P<year>(?:19|20)\d{2})\b(?!\s*[–-])", re.IGNORECASE)


def off(matter: Matter) -> Iterator[Found]:
    """Find an edition whose date is far from the day it leaves."""
    date, leaves = matter.document.date, matter.sends_on
    if date is None:
        return
    late, place = (leaves - date).days, matter.page.key("date")
    if late > MOST_DAYS:
        far = f"{leaves.year - date.year} years" if late > 2 * 366 else f"{late} days"
        yield Found(
            f"The edition is dated {date}, {far} before it leaves: correct the date, if it is new", place
        )
    elif matter.sends_at is not None and late < -MOST_DAYS:
        yield Found(
            f"The edition is dated {date} and leaves {-late} days before that: correct one of them", place
        )


def contradict(matter: Matter) -> Iterator[Found]:
    """Find a title or subtitle that names another date, or another month, than the front matter."""
    date = matter.document.date
    for line in matter.page.lines if date else ():
        if line.kind not in {"title", "subtitle"} or date is None:
            continue
        named = [day for day in days(line.words, date) if day.dated]
        for day in named:
            if day.date != date:
                said = f"The {line.kind} says {day.date} and date: says {date}"
                yield Found(f"{said}: correct one of them", line.place(day.start))
        for found in MONTH_OF.finditer(line.words) if not named else ():
            month = month_of(found["month"], found["year"])
            if month and (month.year, month.month) != (date.year, date.month):
                said = f"The {line.kind} says {found[0]} and date: says {date}"
                yield Found(f"{said}: correct one of them", line.place(found.start()))


def wrong_weekday(matter: Matter) -> Iterator[Found]:
    """Find a weekday that its date does not have."""
    near = matter.document.date or matter.sends_on
    for line in matter.page.lines:
        for day in days(line.words, near):
            before = _BEFORE.search(line.words[: day.start])
            found = before or _AFTER.match(line.words, day.end)
            if found and not _WEEKDAYS[day.date.weekday()].startswith(found["weekday"].lower()[:3]):
                true = _WEEKDAYS[day.date.weekday()].capitalize()
                written = line.words[
                    found.start() if before else day.start : max(found.end(), day.end)
                ].strip()
                said = f"{quoted(written)}: {day.date} is a {true}, so correct the weekday or the date"
                yield Found(said, line.place(found.start() if before else day.start))


def old_year(matter: Matter) -> Iterator[Found]:
    """Find a year that is past where an edition says what it is of, and in a copyright."""
    for line in matter.page.lines:
        years = list(_years(line))
        for found, year in years:
            past = matter.sends_on.year - year
            if past >= _least(line, matter, years) and year != _year_of(matter.document.date):
                said = f"{quoted(found[0])} is {past} {'year' if past == 1 else 'years'} ago"
                yield Found(
                    f"{said}: bring it up to date, or leave it if it is meant", line.place(found.start())
                )


def _least(line: Line, matter: Matter, years: list[tuple[re.Match[str], int]]) -> int:
    """Return how many years ago is too long: the one before where a title has no other, from February on."""
    if line.kind not in PLAIN:
        return 1
    if line.kind == "preheader" or len(years) > 1 or matter.sends_on.month < _FEBRUARY:
        return _OLD
    date = matter.document.date
    told = line.kind in {"title", "subtitle"}  # by `contradict`
    return _OLD if told and date and (any(days(line.words, date)) or MONTH_OF.search(line.words)) else 1


def impossible_days(matter: Matter) -> Iterator[Found]:
    """Find dates that no calendar has."""
    for line in matter.page.lines:
        for found in impossible(line.words, matter.document.date or matter.sends_on):
            yield Found(
                f"{quoted(found[0])} is no day of the calendar: correct it", line.place(found.start())
            )


def _years(line: Line) -> Iterator[tuple[re.Match[str], int]]:
    if line.kind in PLAIN:
        for found in _YEAR.finditer(line.words):
            if not _SPEAKS_OF_PAST.search(line.words[: found.start()]):
                yield found, int(found[0])
    else:
        for found in _COPYRIGHT.finditer(line.words):
            yield found, int(found["year"])


def _year_of(date: dt.date | None) -> int | None:
    return date.year if date else None
