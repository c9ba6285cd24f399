"""A list's last sends side by side, and how it grows."""

import datetime as dt
from collections.abc import Container, Sequence

from mailer import reckoning, reports
from mailer.models import Send
from mailer.reporting import of_stories
from mailer.reporting.of_send import both
from mailer.reporting.values import InterestClicks, ListReport, SendLine
from mailer.tallies import reading, untold
from mailer.tallies.counts import COPIES
from mailer.thresholds import Told, limits, together
from mailer.vocabulary import Measure, SendKind
from subscribers.models import List

SENDS, DAYS = 20, 91
_BY_LINK = (Measure.LINK, Measure.MACHINE_LINK)
_SHOWN = frozenset({Measure.BOUNCED, Measure.COMPLAINED, Measure.UNSUBSCRIBED})


def report(owner: List, *, now: dt.datetime, sends: int = SENDS, days: int = DAYS) -> ListReport:
    """Return a list's last sends that have begun, tests apart, and its last days."""
    begun = Send.objects.filter(edition__list=owner, frozen_at__isnull=False).exclude(kind=SendKind.TEST)
    found = list(begun.order_by("-pk")[:sends])
    numbers = [send.pk for send in found]
    able, taken = untold.counted(numbers), reports.accepted(numbers)
    statuses = reports.statuses(found)
    totals = reading.totals_of(numbers, COPIES)
    told = untold.told(found, totals, _SHOWN)
    lines = tuple(
        _line(
            send,
            told[send.pk],
            status=statuses[send.pk],
            taken=taken.get(send.pk, 0),
            able=able.get(send.pk),
        )
        for send in found
    )
    return ListReport(
        list=owner.slug,
        name=owner.name,
        sends=lines,
        interests=_interests(owner, found, {send.pk for send in found if send.tallied and send.pk in able}),
        limits=together([limits(told[number], accepted=taken.get(number, 0)) for number in numbers]),
        growth=reckoning.course(owner, days=days, now=now),
        growth_of=reckoning.courses(owner, days=days, now=now),
    )


def _line(send: Send, told: Told, *, status: str, taken: int, able: int | None) -> SendLine:
    return SendLine(
        send=send.pk,
        title=send.title,
        scheduled_at=send.scheduled_at,
        status=status,
        accepted=taken,
        counted=able,
        opened=both(told, Measure.OPENED, Measure.MACHINE_OPENED, able),
        clicked=both(told, Measure.CLICKED, Measure.MACHINE_CLICKED, able),
        bounced=told[Measure.BOUNCED],
        complained=told[Measure.COMPLAINED],
        unsubscribed=told[Measure.UNSUBSCRIBED],
    )


def _interests(owner: List, sends: Sequence[Send], counted: Container[int]) -> tuple[InterestClicks, ...]:
    """Return the clicks on each interest's stories over all these sends, in the list's order."""
    sums = reading.sums_of([send.pk for send in sends], _BY_LINK)
    parts: dict[str, list[InterestClicks]] = {}
    for clicks in of_stories.of_several(sends, sums, counted).values():
        for interest in clicks.interests:
            parts.setdefault(interest.slug, []).append(interest)
    return tuple(
        InterestClicks(
            each.slug,
            each.name,
            sum(part.stories for part in parts[each.slug]),
            of_stories.together([part.clicked for part in parts[each.slug]]),
        )
        for each in owner.interests.all()
        if each.slug in parts
    )
