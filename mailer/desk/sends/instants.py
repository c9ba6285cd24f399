"""A moment as editors type it and as it is shown back: in their zone, the list's, UTC and a few others."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailer import timetable
from mailer.calendar import city
from mailer.models import Send
from mailer.timetable import Instant, resolve
from subscribers import zones
from subscribers.models import List

# Where many readers and editors are, some that change their clocks and some that do not.
ELSEWHERE = ("America/New_York", "Europe/Berlin", "Asia/Shanghai")
# Offered to whoever begins to type; any other name of the IANA's is taken too.
COMMON = (
    *("Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Los_Angeles"),
    *("America/New_York", "America/Sao_Paulo", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Shanghai"),
    *("Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London", "Europe/Moscow", "UTC"),
)
_MANY = 3  # other zones beside the editor's, the list's and UTC
_LOOKED_BACK = 200  # sends whose zones are offered
_FAR = 200  # days: one change of clocks lies within them


@dataclass(frozen=True)
class Shown:
    """One instant in one zone: “Tuesday 1 December 2026, 09:00”, “Nairobi”, “UTC+3”."""

    zone: str
    place: str
    time: str
    offset: str


def understood(typed: str, zone: str) -> Instant:
    """Return the instant of what a field brings ("2026-12-01T09:00"). Raises TimeError.

    For a zone its city will do (“nairobi”) where there is only one: what was understood is shown to be
    confirmed.
    """
    meant = () if zones.find(zone) else zones.of_place(zone)
    return resolve(typed.strip().replace("T", " ", 1), meant[0] if len(meant) == 1 else zone.strip())


def far(instant: Instant, *, now: dt.datetime) -> str:
    """Return in a sentence that a moment is more than a year away, '' where it is not."""
    remark = timetable.far(instant, now=now)
    return f"T{remark[1:]}: is the year right?" if remark else ""


def typed(at: dt.datetime, zone: str) -> str:
    """Return a moment as a field of date and time holds it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def offered(own: str) -> list[str]:
    """Return zones to choose from: the list's, UTC, those that sends and lists have, then common ones."""
    newest = Send.objects.order_by("-pk").values_list("zone", flat=True)[:_LOOKED_BACK]
    lists = List.objects.order_by("pk").values_list("zone", flat=True)
    return list(dict.fromkeys([own, "UTC", *newest, *lists, *COMMON]))


def shown(instant: Instant, own: str) -> tuple[Shown, ...]:
    """Return the instant in the editor's zone, the list's, UTC, and as many others that differ from these."""
    first = [instant.zone, own, "UTC"]
    others = [zone for zone in ELSEWHERE if zone not in first][:_MANY]
    return tuple(_in(instant.utc, zone) for zone in dict.fromkeys([*first, *others]))


def note(instant: Instant, *, now: dt.datetime) -> str:
    """Return what daylight saving has to do with it, in a sentence; '' where clocks stay until then."""
    if instant.note:
        return f"{instant.note[0].upper()}{instant.note[1:]}."
    turn = _last_turn(ZoneInfo(instant.zone), now, instant.utc)
    if turn is None:
        return ""
    day = turn.astimezone(ZoneInfo(instant.zone))
    return (
        f"Clocks in {city(instant.zone)} change on {day:%A} {day.day} {day:%B}, before it leaves: the time is"
        " by the clock of that day."
    )


def _last_turn(where: ZoneInfo, now: dt.datetime, until: dt.datetime) -> dt.datetime | None:
    """Return a moment within a day of the last change of clocks between now and then, None without one."""
    for back in range(min((until - now).days + 1, _FAR)):
        later = until - dt.timedelta(days=back)
        earlier = max(later - dt.timedelta(days=1), now)
        if earlier.astimezone(where).utcoffset() != later.astimezone(where).utcoffset():
            return later
    return None


def _in(utc: dt.datetime, zone: str) -> Shown:
    there = utc.astimezone(ZoneInfo(zone))
    return Shown(
        zone=zone,
        place=city(zone),
        time=f"{there:%A} {there.day} {there:%B %Y, %H:%M}",
        offset=_offset(there),
    )


def _offset(there: dt.datetime) -> str:
    minutes = round((there.utcoffset() or dt.timedelta()) / dt.timedelta(minutes=1))
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"
