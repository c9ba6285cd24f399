"""Dates as other programs write them."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

# A time without a zone may be of any place, the easternmost included: it is not in the future before that.
_EASTERNMOST = dt.timedelta(hours=14)
_NOBODY_AGREED_BEFORE = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)

# Go's time.String(), which listmonk writes: 2023-04-21 11:16:57.123456 +0000 UTC
_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)? ([+-]\d\d)(\d\d)( [A-Z+\-\d]+)?")
_ZONE_WORD = re.compile(r" ?(UTC|GMT)$")
_CLOCK = (
    r"(?:,?[ T]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.\-年](?P<month>\d{1,2})[/.\-月](?P<day>\d{1,2})日?" + _CLOCK)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})" + _CLOCK)
_SLASHES = re.compile(r"(?P<one>\d{1,2})[/\-](?P<two>\d{1,2})[/\-](?P<year>\d{4})" + _CLOCK)
_DAY_WORD = re.compile(r"(?P<day>\d{1,2})\.? (?P<word>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})" + _CLOCK)
_WORD_DAY = re.compile(r"(?P<word>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _CLOCK)
_SINCE_1970 = re.compile(r"\d{10}(\d{3})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_IN_A_YEAR = 12
_NOON = 12


class MomentError(ValueError):
    """The text is no date, can be two, or is one that cannot be true."""


def parse(text: str, now: dt.datetime) -> dt.datetime:
    """Return the moment that `text` names, in UTC; a time without a zone is taken as UTC.

    Raises MomentError for what is no date, lies in the future, or could be two dates.
    """
    try:
        found = _read(text)
        moment = (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, MomentError):
            raise
        raise MomentError("no date; write it as 2026-03-24 or 2026-03-24T12:00:00Z") from None
    if moment > now:
        if found.tzinfo or moment > now + _EASTERNMOST:
            raise MomentError("lies in the future")
        return now
    if moment < _NOBODY_AGREED_BEFORE:
        raise MomentError("lies before 1990, when nobody had a newsletter by mail")
    return moment


def _read(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    if go := _GO.fullmatch(text):
        day, fraction, hours, minutes = go.group(1, 2, 3, 4)
        return dt.datetime.fromisoformat(f"{day}{fraction or ''}{hours}:{minutes}")
    plain = _ZONE_WORD.sub("", text)
    found = _as_people_write(plain)
    if found is None and _SINCE_1970.fullmatch(text):
        seconds = int(text) if len(text) == len("1700000000") else int(text) / 1000
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    if found is None:
        return parsedate_to_datetime(text)  # RFC 5322: Tue, 24 Mar 2026 12:00:00 +0000
    return found if plain == text else found.replace(tzinfo=dt.UTC)


def _as_people_write(text: str) -> dt.datetime | None:
    for form in (_YEAR_FIRST, _DAY_FIRST):
        if found := form.fullmatch(text):
            return _at(found, int(found["month"]), int(found["day"]))
    if found := _SLASHES.fullmatch(text):
        one, two = int(found["one"]), int(found["two"])
        if one == two or two > _MONTHS_IN_A_YEAR:
            return _at(found, one, two)
        if one > _MONTHS_IN_A_YEAR:
            return _at(found, two, one)
        year = found["year"]
        raise MomentError(f"can be {year}-{one:02}-{two:02} or {year}-{two:02}-{one:02}; write it that way")
    for form in (_DAY_WORD, _WORD_DAY):
        if (found := form.fullmatch(text)) and (short := found["word"][:3].lower()) in _MONTHS:
            return _at(found, _MONTHS.index(short) + 1, int(found["day"]))
    return None


def _at(found: re.Match[str], month: int, day: int) -> dt.datetime:
    hour = int(found["hour"] or 0)
    if half := found["half"]:
        hour = hour % _NOON + (_NOON if half in "Pp" else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return dt.datetime(int(found["year"]), month, day, hour, minute, second)  # noqa: DTZ001 - `parse` sees to it
