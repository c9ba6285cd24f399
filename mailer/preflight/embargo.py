"""Rules of embargoes (English): news that may not be out before a moment that is still to come."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.manuscript.faults import quoted
from mailer.preflight.days import days
from mailer.preflight.page import Line, Place
from mailer.preflight.values import Found, Matter

# An arms embargo is one that news speaks of; these words are a newsroom's own.
_EMBARGO = re.compile(
    r"(?:^|[\[(*_>:.!?–—-])\s*(?:strict(?:ly)?\s+|press\s+|media\s+|news\s+)?embargo(?:ed)?\b\s*"
    r"(?::|until|till|ends|lifts|lifted|for\s+release)"
    r"|\bunder\s+(?:strict\s+|press\s+)?embargo\s+(?:until|till)"
    r"|\bstrictly\s+embargoed\b|\bembargoed\s+(?:until|till|for\s+release)"
    r"|\bnot\s+for\s+(?:release|publication|broadcast|distribution)\s+(?:before|until)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[A-Z]{1,4}\b)?"
)
_HOURS = {"Z": 0, "UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "EAT": 3, "MSK": 3,
          "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "PST": -8, "PDT": -7}  # fmt: skip


@dataclass(frozen=True)
class _Embargo:
    """What a line says: until when (None: it cannot be read), and where."""

    until: dt.datetime | None
    words: str
    place: Place


def broken(matter: Matter) -> Iterator[Found]:
    """Find an edition that would leave before its embargo ends."""
    for embargo in _embargoes(matter):
        if matter.sends_at and embargo.until and embargo.until > matter.sends_at:
            leaves = f"{matter.sends_at.astimezone(matter.zone):%Y-%m-%d %H:%M %Z}"
            said = f"{quoted(embargo.words)} ends {_moment(embargo, matter)}"
            advice = f"the edition would leave {leaves}: schedule it for later"
            yield Found(f"{said}, and {advice}", embargo.place)


def ahead(matter: Matter) -> Iterator[Found]:
    """Find an embargo that lasts, while nobody has said when the edition leaves, or that cannot be read."""
    for embargo in _embargoes(matter):
        if embargo.until is None:
            said = f"{quoted(embargo.words)} names no date that could be read"
            yield Found(f"{said}: make sure that the edition leaves after it", embargo.place)
        elif matter.sends_at is None and embargo.until > matter.now:
            said = f"{quoted(embargo.words)} lasts until {_moment(embargo, matter)}"
            yield Found(f"{said}: schedule the edition for later than that", embargo.place)


def _moment(embargo: _Embargo, matter: Matter) -> str:
    return f"{embargo.until.astimezone(matter.zone):%Y-%m-%d %H:%M %Z}" if embargo.until else ""


def _embargoes(matter: Matter) -> Iterator[_Embargo]:
    near = matter.document.date or matter.sends_on
    for line in matter.page.lines:
        for found in _EMBARGO.finditer(line.words):
            start = found.start() + len(found[0]) - len(found[0].lstrip("[(*_>:.!?–—- \t"))
            until, end = _until(line, found.end(), near, matter.zone)
            yield _Embargo(until, line.words[start:end].strip(), line.place(start))


def _until(line: Line, start: int, near: dt.date, zone: dt.tzinfo) -> tuple[dt.datetime | None, int]:
    """Return the moment after `start`, and where its words end; a day alone is over when it begins."""
    rest = line.words[start:]
    day = next(days(rest, near), None)
    if day is None:
        return None, start
    beside = f"{rest[: day.start]}{' ' * (day.end - day.start)}{rest[day.end : day.end + 30]}"
    clocks = (clock for clock in _CLOCK.finditer(beside) if clock["minute"] or clock["half"])
    if (clock := next(clocks, None)) is None:
        return dt.datetime.combine(day.date, dt.time(), zone), start + day.end
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    if clock["half"]:
        hour = hour % 12 + 12 * (clock["half"][0].lower() == "p")
    named = _HOURS.get(clock["zone"] or "")
    at = zone if named is None else dt.timezone(dt.timedelta(hours=named))
    end = start + max(day.end, clock.end())
    return dt.datetime.combine(day.date, dt.time(hour, minute), at), end
