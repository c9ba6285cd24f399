"""What became of one send: a handful of indexed reads, whatever its size."""

import datetime as dt

from mailer import reports
from mailer.models import Send
from mailer.reporting import of_stories, of_troubles
from mailer.reporting.values import Count, Hour, SendReport
from mailer.tallies import reading, untold
from mailer.tallies.counts import HOUR
from mailer.tallies.reading import Sums
from mailer.thresholds import Told, limits
from mailer.vocabulary import Measure


def report(send: Send) -> SendReport:
    """Return what became of a send, as of this moment."""
    sums = reading.sums(send.pk)
    totals = {measure: sum(keys.values()) for measure, keys in sums.items()}
    ledger = reports.ledger(send)
    able = untold.counted([send.pk]).get(send.pk)
    told = untold.told([send], {send.pk: totals}, untold.BY_ANY_TRANSPORT)[send.pk]
    measured = able is not None and send.tallied
    stories = of_stories.of(send, sums, counted=measured)
    return SendReport(
        send=send.pk,
        edition=send.edition_id,
        title=send.title,
        list=send.edition.list.slug,
        kind=send.kind,
        status=reports.status(send, ledger),
        scheduled_at=send.scheduled_at,
        settled=send.tallied,
        ledger=ledger,
        possibly_twice=reports.twice(send),
        counted=able,
        delivered=told[Measure.DELIVERED],
        deferred=told[Measure.DEFERRED],
        bounced=told[Measure.BOUNCED],
        blocked=told[Measure.BLOCKED],
        dropped=told[Measure.DROPPED],
        complained=told[Measure.COMPLAINED],
        unsubscribed=told[Measure.UNSUBSCRIBED],
        opened=both(told, Measure.OPENED, Measure.MACHINE_OPENED, able),
        clicked=both(told, Measure.CLICKED, Measure.MACHINE_CLICKED, able),
        hours=hours(sums) if measured else None,
        links=stories.links,
        stories=stories.stories,
        interests=stories.interests,
        refusals=of_troubles.refusals(sums, told),
        domains=of_troubles.domains(sums, told),
        limits=limits(told, accepted=ledger.outcomes["accepted"]),
    )


def hours(sums: Sums) -> tuple[Hour, ...]:
    """Return the hours in which copies were opened or clicked for the first time, in order."""
    opened, by_machines = sums[Measure.OPENED], sums[Measure.MACHINE_OPENED]
    clicked, clicked_by_machines = sums[Measure.CLICKED], sums[Measure.MACHINE_CLICKED]
    return tuple(
        Hour(
            dt.datetime.fromtimestamp(hour * HOUR, dt.UTC),
            Count(opened.get(hour, 0), by_machines.get(hour, 0)),
            Count(clicked.get(hour, 0), clicked_by_machines.get(hour, 0)),
        )
        for hour in sorted({*opened, *by_machines, *clicked, *clicked_by_machines})
    )


def both(told: Told, people: Measure, machines: Measure, able: int | None) -> Count:
    """Return what people did beside what machines did; of copies that cannot tell (`able` None) neither."""
    return of_stories.UNMEASURED if able is None else Count(told[people], told[machines])
