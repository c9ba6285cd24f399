"""Count what days are over and not counted, and keep that as it is: from the timetable, every hour."""

import datetime as dt

import structlog
from django.db import transaction

from mailer.models import Reckoning
from mailer.reckoning import spans
from mailer.reckoning.counting import Line, count
from mailer.reckoning.spans import DAY
from subscribers.models import List

log = structlog.get_logger()

# So many days are caught up at most: what was before that, nobody asks any more.
FARTHEST = 366


def reckon(*, now: dt.datetime) -> int:
    """Count each list's days that are over and missing; return how many days that were.

    A list that was never counted is counted back to its first day, at most a year. Twice is harmless, and so
    are two at once: a day is kept as whoever was first has counted it.
    """
    return sum(_of_list(owner, now=now) for owner in List.objects.order_by("pk"))


def _of_list(owner: List, *, now: dt.datetime) -> int:
    missing = _missing(owner, now=now)
    if not missing:
        return 0
    days = spans.spans(owner, missing[0], missing[-1])
    wanted = set(missing)
    _keep(owner, [line for line in count(owner, days, now=now) if line.day in wanted], now=now)
    log.info("days counted", list=owner.slug, days=len(missing))
    return len(missing)


def _missing(owner: List, *, now: dt.datetime) -> list[dt.date]:
    """Return the days that are over and not counted, the earliest first."""
    today = spans.day_of(owner, now)
    first = max(spans.day_of(owner, owner.created_at), today - FARTHEST * DAY)
    counted = Reckoning.objects.filter(list=owner, interest=None, day__gte=first, day__lt=today)
    there = set(counted.values_list("day", flat=True))
    days = [first + number * DAY for number in range((today - first).days)]
    return [day for day in days if day not in there]


def _keep(owner: List, lines: list[Line], *, now: dt.datetime) -> None:
    rows = [
        Reckoning(
            list=owner,
            day=line.day,
            interest=line.interest,
            active=max(line.active, 0),
            joined=line.joined,
            left=line.left,
            lapsed=line.lapsed,
            counted_at=now,
        )
        for line in lines
    ]
    with transaction.atomic():
        # Who removes the list meanwhile waits, or it is gone, and then nothing is to be kept.
        if List.objects.select_for_update(no_key=True).filter(pk=owner.pk).first():
            Reckoning.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
