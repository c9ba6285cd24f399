"""When a send leaves: wall time in a zone, resolved once to an instant.

Daylight saving: a time that does not exist becomes the first valid instant after the gap; one that
comes twice is the first of the two.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from subscribers import zones


class TimeError(Exception):
    """A time that cannot be read; the message shows one that can."""


class OffsetError(TimeError):
    """A time that says how far it is from UTC, beside the zone that says it too."""


@dataclass(frozen=True)
class Instant:
    """A moment, and what the editor said: '' for "at once"; `note` tells what daylight saving did."""

    utc: dt.datetime
    wall_time: str = ""
    zone: str = "UTC"
    note: str = ""


# What is nearer the end of all years has no time in some zone that somebody reads it in.
_FIRST_YEAR, _LAST_YEAR = dt.MINYEAR + 1, dt.MAXYEAR - 1
_YEAR = dt.timedelta(days=366)  # whoever means a time beyond it is asked, since a year is soon mistyped


def resolve(wall_time: str, zone: str) -> Instant:
    """Return the instant of `wall_time` ("2026-12-01 09:00") in the IANA zone; raises TimeError."""
    zone = _known(zone)
    where = ZoneInfo(zone)
    try:
        local = dt.datetime.fromisoformat(wall_time.strip())
    except ValueError as error:
        raise TimeError(f"{wall_time!r} is no time; write it like 2026-12-01 09:00") from error
    if local.tzinfo is not None:
        raise OffsetError(f"{wall_time!r} names its own offset; leave that out, and name the zone")
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise TimeError(f"{wall_time!r} is beyond all calendars; write a time like 2026-12-01 09:00")
    utc = local.replace(tzinfo=where).astimezone(dt.UTC)
    note = ""
    if utc.astimezone(where).replace(tzinfo=None) != local:
        utc = _end_of_gap(local, where)
        note = f"that hour is skipped in {zone}: the first valid time after it is taken"
    elif local.replace(tzinfo=where, fold=1).astimezone(dt.UTC) != utc:
        note = f"that hour comes twice in {zone}: the first is taken"
    return Instant(utc, wall_time.strip(), zone, note)


def far(instant: Instant, *, now: dt.datetime) -> str:
    """Return how far an instant is, as in “that is 3 years from now”; '' for the next year."""
    if instant.utc - now <= _YEAR:
        return ""
    short = f"{instant.utc:%m%d%H%M%S}" < f"{now.astimezone(dt.UTC):%m%d%H%M%S}"  # of the last year
    years = instant.utc.year - now.astimezone(dt.UTC).year - short
    return f"that is {years:,} years from now" if years > 1 else "that is more than a year from now"


def _known(zone: str) -> str:
    """Return the name of a zone as the IANA writes it. Raises TimeError, which proposes the obvious one."""
    if found := zones.find(zone):
        return found
    meant = " or ".join(zones.of_place(zone)) or "one like Africa/Nairobi or UTC"
    raise TimeError(f"There is no time zone {zone!r}; write {meant}")


def _end_of_gap(local: dt.datetime, where: ZoneInfo) -> dt.datetime:
    """Return the instant at which the clocks that skip `local` are put forward."""
    # With fold=0 the offset before the gap is taken, which lands after it; with fold=1 before it.
    before = local.replace(tzinfo=where, fold=1).astimezone(dt.UTC)
    after = local.replace(tzinfo=where, fold=0).astimezone(dt.UTC)
    offset = before.astimezone(where).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(where).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
