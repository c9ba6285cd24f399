"""What is due, day by day: sends that are scheduled or under way, and editions that say when they appear."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Q

from mailer import reports
from mailer.models import Edition, Send
from mailer.vocabulary import EditionStatus, SendKind, SendStatus
from subscribers.models import List

# A send that began and may want somebody; those that are over are on the day they left.
UNDER_WAY = (
    SendStatus.PREPARING,
    SendStatus.SENDING,
    SendStatus.PAUSED,
    SendStatus.SETTLING,
    SendStatus.MISSED,
)
OFTEN = 500  # entries of a calendar; a month of a busy house has fewer
_SATURDAY = 5

Ledgers = Mapping[int, reports.Ledger]


@dataclass(frozen=True)
class Due:
    """Something on a day: at `time` in the calendar's zone ('' where none is set), and how it stands.

    `send` None: an edition that only says its date. `percent` is how much of a running send is accepted.
    """

    time: str
    status: str
    title: str
    list_name: str
    edition: int
    send: int | None = None
    percent: int | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Day:
    """A day of the calendar; `clocks` are sentences about clocks that change on it."""

    date: dt.date
    zone: str
    today: bool = False
    due: tuple[Due, ...] = ()
    clocks: tuple[str, ...] = ()

    @property
    def weekend(self) -> bool:
        """Return whether it is a Saturday or a Sunday."""
        return self.date.weekday() >= _SATURDAY


@dataclass(frozen=True)
class Plan:
    """What a calendar is made of: what is due on which day, and the zones whose clocks concern it."""

    zone: str
    entries: tuple[tuple[dt.date, Due], ...]
    zones: tuple[str, ...] = field(default=())


def due(now: dt.datetime, days: int = 14, *, known: Ledgers | None = None) -> tuple[Day, ...]:
    """Return the days from today on, in the zone that most lists have, with what is due on each.

    `known` are sums that need not be asked for again, by their sends.
    """
    zone = house_zone()
    return between(today(now, zone), days, now=now, zone=zone, known=known)


def today(now: dt.datetime, zone: str) -> dt.date:
    """Return the day that it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def between(
    first: dt.date, days: int, *, now: dt.datetime, zone: str, known: Ledgers | None = None
) -> tuple[Day, ...]:
    """Return `days` days from `first` on, with what is due on each; three statements."""
    return laid_out(read(first, days, now=now, zone=zone, known=known), first, days, now=now)


def house_zone() -> str:
    """Return the zone that most lists have, the oldest's where several have as many; UTC without a list."""
    zones = list(List.objects.order_by("pk").values_list("zone", flat=True))
    return max(dict.fromkeys(zones), key=zones.count, default="UTC")


def read(first: dt.date, days: int, *, now: dt.datetime, zone: str, known: Ledgers | None = None) -> Plan:
    """Read what falls on these days. What runs and began before them stands on the day that is today."""
    where = ZoneInfo(zone)
    begins = dt.datetime.combine(first, dt.time(), where).astimezone(dt.UTC)
    ends = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), where).astimezone(dt.UTC)
    this_day = today(now, zone)
    here = begins <= now < ends
    meant = Q(scheduled_at__gte=begins, scheduled_at__lt=ends)
    if here:
        meant |= Q(status__in=UNDER_WAY, scheduled_at__lt=begins)
    found = (
        Send.objects.filter(meant)
        .exclude(kind=SendKind.TEST)
        .exclude(status=SendStatus.CANCELLED)
        .select_related("edition__list")
        .order_by("scheduled_at", "pk")[:OFTEN]
    )
    sends = list(found)
    known = known or {}
    under_way = {send.pk for send in sends if send.frozen_at and send.status in UNDER_WAY}
    running = {**known, **reports.ledgers(under_way - known.keys())}
    entries = [
        (day if day >= first else this_day, _of_send(send, where, running))
        for send in sends
        for day in [_day(send, where)]
    ]
    dated = (
        Edition.objects.filter(
            date__gte=first,
            date__lt=first + dt.timedelta(days=days),
            status__in=[EditionStatus.DRAFT, EditionStatus.APPROVED],
        )
        .select_related("list")
        .order_by("date", "pk")[:OFTEN]
    )
    drafts = [(edition.date, _of_edition(edition)) for edition in dated if edition.date]
    zones = dict.fromkeys([zone, *(send.edition.list.zone for send in sends), *(send.zone for send in sends)])
    return Plan(zone, (*entries, *drafts), tuple(zones))


def laid_out(plan: Plan, first: dt.date, days: int, *, now: dt.datetime) -> tuple[Day, ...]:
    """Lay a plan out over `days` days: values in, values out."""
    this_day = today(now, plan.zone)
    on: dict[dt.date, list[Due]] = {}
    for date, entry in plan.entries:
        on.setdefault(date, []).append(entry)
    return tuple(
        Day(
            date=date,
            zone=plan.zone,
            today=date == this_day,
            # Whatever has a time comes by it; what has none, after.
            due=tuple(sorted(on.get(date, ()), key=lambda entry: (not entry.time, entry.time))),
            clocks=tuple(clocks(date, plan.zones)),
        )
        for date in (first + dt.timedelta(days=number) for number in range(days))
    )


def clocks(date: dt.date, zones: Iterable[str]) -> list[str]:
    """Return a sentence for each way in which clocks change on a day: “Clocks go back in Berlin, Paris”."""
    changing = sorted((turn, city(zone)) for zone in zones if (turn := _turn(date, zone)))
    return [
        f"Clocks go {turn} in {', '.join(dict.fromkeys(name for _, name in places))}"
        for turn, places in groupby(changing, key=lambda change: change[0])
    ]


def city(zone: str) -> str:
    """Return the last part of a zone's name as one would say it: “New York”."""
    return zone.rpartition("/")[2].replace("_", " ")


def weeks(year: int, month: int) -> tuple[dt.date, int]:
    """Return the Monday that a month's page begins with, and how many days it shows: whole weeks."""
    first = dt.date(year, month, 1)
    begins = first - dt.timedelta(days=first.weekday())
    next_month = (first + dt.timedelta(days=31)).replace(day=1)
    last = next_month - dt.timedelta(days=1)
    days = (last - begins).days + 7 - last.weekday()
    return begins, days


def lines(days: Sequence[Day]) -> list[Sequence[Day]]:
    """Return days in weeks."""
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _turn(date: dt.date, zone: str) -> str:
    """Return which way a zone's clocks go on a day, '' where they stay."""
    where = ZoneInfo(zone)
    begins = dt.datetime.combine(date, dt.time(), where).utcoffset()
    ends = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), where).utcoffset()
    if begins is None or ends is None or begins == ends:
        return ""
    return "forward" if ends > begins else "back"


def _day(send: Send, where: ZoneInfo) -> dt.date:
    return send.scheduled_at.astimezone(where).date()


def _of_send(send: Send, where: ZoneInfo, running: Ledgers) -> Due:
    sums = running.get(send.pk)
    candidates = (sums.candidates or 0) if sums else 0
    return Due(
        time=f"{send.scheduled_at.astimezone(where):%H:%M}",
        status=send.status,
        title=send.title,
        list_name=send.edition.list.name,
        edition=send.edition_id,
        send=send.pk,
        percent=sums.outcomes["accepted"] * 100 // candidates if sums and candidates else None,
        at=send.scheduled_at,
    )


def _of_edition(edition: Edition) -> Due:
    return Due(
        time="",
        status=edition.status,
        title=edition.title,
        list_name=edition.list.name,
        edition=edition.pk,
    )
