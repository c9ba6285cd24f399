"""Read every metric, as values: some twenty statements, each over an index, none over readers one by one."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

import mailer
from mailer.embedded import readiness
from mailer.metrics import sends, work
from mailer.metrics.families import (
    BOUNCE_RATIO,
    BROKER,
    BUILD,
    COMPLAINT_RATIO,
    COPIES,
    DAYS,
    DELIVERIES,
    DONE,
    DOUBTS,
    DUE,
    DUE_AGE,
    LAST_SEND,
    LATELY,
    SENDS,
    UNACCOUNTED,
    UNKNOWN,
    UNKNOWN_AGE,
    Family,
)
from mailer.metrics.sends import TOLD, Summed
from mailer.models import Send, Transport
from mailer.reports import OUTCOME_ORDER
from mailer.thresholds import together
from mailer.transports.chosen import transport_of
from mailer.vocabulary import OPEN, SendKind
from subscribers.models import List

BROKER_PATIENCE = 0.5  # seconds: who asks every few seconds does not wait for one that is gone


@dataclass(frozen=True)
class Sample:
    """One value of a metric; `labels` are in the order of its family's."""

    family: Family
    labels: tuple[str, ...]
    value: float


def read(*, now: dt.datetime) -> list[Sample]:
    """Return all values of this moment. Raises DatabaseError while the database is away."""
    slugs = list(List.objects.order_by("slug").values_list("slug", flat=True))
    transport = transport_of(settings.CONFIGURATION).name
    summed, recent = sends.lately(now=now, days=DAYS)
    return [
        *_house(transport),
        *_sends(now),
        *_deliveries([each for each in summed if each.number in recent], slugs, transport),
        *_unknown(slugs, transport, now),
        *_copies(summed, recent, transport),
        *_work(slugs, transport, now),
    ]


def _house(transport: str) -> Iterable[Sample]:
    shown = "sandbox" if settings.CONFIGURATION.sandboxed else transport
    yield Sample(BUILD, (mailer.__version__, connection.vendor, shown), 1)
    fault = readiness.broker_fault(settings.BROKER_URL, patience=BROKER_PATIENCE)
    yield Sample(BROKER, (), 0 if fault else 1)
    doubts = {transport: 0, **dict(Transport.objects.values_list("name", "doubts"))}
    yield from (Sample(DOUBTS, (name,), number) for name, number in sorted(doubts.items()))


def _sends(now: dt.datetime) -> Iterable[Sample]:
    lately = Q(status__in=OPEN) | Q(scheduled_at__gte=now - dt.timedelta(days=DAYS))
    rows = Send.objects.filter(lately).exclude(kind=SendKind.TEST).order_by()
    counted = rows.values_list("edition__list__slug", "status").annotate(number=Count("pk"))
    yield from (Sample(SENDS, (slug, status), number) for slug, status, number in sorted(counted))


def _deliveries(summed: list[Summed], slugs: list[str], transport: str) -> Iterable[Sample]:
    """Count by outcome; what was never offered counts with the transport that it will be, or the rest was."""
    found: Counter[tuple[str, str, str]] = Counter()
    unaccounted = Counter(dict.fromkeys(slugs, 0))
    for send in summed:
        usual = send.transport or transport
        for (name, outcome), readers in send.outcomes.items():
            found[send.list, name or usual, outcome] += readers
        unaccounted[send.list] += send.unaccounted
    # An outcome that nobody has is shown too, so that its line in a chart does not end there.
    for slug, name in sorted({(slug, name) for slug, name, _ in found}):
        yield from (
            Sample(DELIVERIES, (slug, name, outcome), found[slug, name, outcome]) for outcome in OUTCOME_ORDER
        )
    yield from (Sample(UNACCOUNTED, (slug,), number) for slug, number in sorted(unaccounted.items()))


def _unknown(slugs: list[str], transport: str, now: dt.datetime) -> Iterable[Sample]:
    readers: Counter[tuple[str, str]] = Counter({(slug, transport): 0 for slug in slugs})
    ages = dict.fromkeys(readers, 0.0)
    for doubt in sends.doubts():
        labels = (doubt.list, doubt.transport or transport)
        readers[labels] += doubt.readers
        ages[labels] = max(ages.get(labels, 0.0), _age(doubt.since, now))
    yield from (Sample(UNKNOWN, labels, number) for labels, number in sorted(readers.items()))
    yield from (Sample(UNKNOWN_AGE, labels, age) for labels, age in sorted(ages.items()))


def _copies(summed: list[Summed], recent: set[int], transport: str) -> Iterable[Sample]:
    """Tell of each list's last send and of the last days; nothing of what nobody could tell."""
    spans: dict[tuple[str, str, str], list[Summed]] = defaultdict(list)
    for send in {send.list: send for send in summed}.values():  # the oldest first: its last one stays
        spans[send.list, send.transport or transport, LAST_SEND].append(send)
    for send in summed:
        if send.number in recent:
            spans[send.list, send.transport or transport, LATELY].append(send)
    for labels, several in sorted(spans.items(), key=lambda item: item[0]):
        for event in TOLD:
            if copies := sum(send.told[event] or 0 for send in several):
                yield Sample(COPIES, (*labels, event.value), copies)
        limits = together([send.limits for send in several])
        for family, figure in ((COMPLAINT_RATIO, limits.complaints), (BOUNCE_RATIO, limits.bounces)):
            if figure.share is not None:
                yield Sample(family, labels, figure.share)


def _work(slugs: list[str], transport: str, now: dt.datetime) -> Iterable[Sample]:
    number = {(kind, slug, transport): 0 for kind in work.OF_LISTS for slug in slugs} | {
        (kind, "", ""): 0 for kind in work.OF_NONE
    }
    age = dict.fromkeys(number, 0.0)
    for each in work.due(now=now):
        # What is due goes by whichever transport is set by then, whatever carried the rest of its send.
        labels = (each.work, each.list, transport if each.list else "")
        number[labels] = each.number
        age[labels] = _age(each.since, now)
    yield from (Sample(DUE, labels, value) for labels, value in sorted(number.items()))
    yield from (Sample(DUE_AGE, labels, value) for labels, value in sorted(age.items()))
    yield from (Sample(DONE, (kind,), at.timestamp()) for kind, at in sorted(work.done().items()))


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
