"""Count a send's copies anew, from their rows, and compare with the sums that were kept (docs/reports.md).

Set-based where keeping goes copy by copy, so that the two ways to a figure share as little as they can.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from mailer.database import execute, fetch, hour_of, insert_many
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies import reading
from mailer.tallies.counts import MEASURE_OF
from mailer.tallies.holding import hold_alone
from mailer.tallies.judging import Click, judged
from mailer.vocabulary import Measure
from subscribers.moments import read as moment

COUNT_HOURS = """
SELECT {hour}, count(*) FROM delivery WHERE send_id = %s AND {column} IS NOT NULL GROUP BY 1
"""

COUNT_TRACES = """
SELECT trace.measure, trace.key, count(*) FROM trace JOIN delivery ON delivery.id = trace.delivery_id
WHERE delivery.send_id = %s AND trace.measure <> 'link' GROUP BY trace.measure, trace.key
"""

READ_CLICKS = """
SELECT trace.delivery_id, trace.key, trace.machine, trace.agent, trace.at
FROM trace JOIN delivery ON delivery.id = trace.delivery_id
WHERE delivery.send_id = %s AND trace.measure = 'link' ORDER BY trace.delivery_id
"""

# Each by its own index.
REMOVE_SUMS = "DELETE FROM tally WHERE send_id = %s AND {folded}"

INSERT_SUM = "INSERT INTO tally (send_id, measure, key, n, folded) VALUES {values}"

Counts = Counter[tuple[Measure, int]]


@dataclass(frozen=True)
class Difference:
    """A sum that is not what the rows say."""

    measure: Measure
    key: int
    kept: int
    counted: int


def recount(send: int) -> tuple[Difference, ...]:
    """Return where the sums of a send are not what its rows say; nothing is applied to it meanwhile."""
    with transaction.atomic():
        hold_alone(send)
        counted = count(send)
        kept = Counter(
            {(measure, key): n for measure, keys in reading.sums(send).items() for key, n in keys.items()}
        )
    return tuple(
        Difference(*place, kept[place], counted[place])
        for place in sorted(kept.keys() | counted.keys())
        if kept[place] != counted[place]
    )


def count(send: int) -> Counts:
    """Return what the rows of a send's copies say, whatever the sums are."""
    found: Counts = Counter()
    for column in EVENT_COLUMNS.values():
        statement = COUNT_HOURS.format(hour=hour_of(column), column=column)
        for hour, n in fetch(statement, [send]):
            found[MEASURE_OF[column], int(hour)] = n
    for measure, key, n in fetch(COUNT_TRACES, [send]):
        found[Measure(measure), key] = n
    for _, clicks in clicks_of(send):
        verdict = judged(clicks)
        found.update((Measure.LINK, link) for link in verdict.people)
        found.update((Measure.MACHINE_LINK, link) for link in verdict.machines)
    return found


def clicks_of(send: int) -> Iterator[tuple[int, list[Click]]]:
    """Yield the copies of a send that were clicked in, by number, each with its clicks."""
    for delivery, clicks in groupby(fetch(READ_CLICKS, [send]), key=lambda row: row[0]):
        yield (
            delivery,
            [Click(link, bool(machine), agent, moment(at)) for _, link, machine, agent, at in clicks],
        )


def replace(send: int, counted: Counts) -> None:
    """Put the sums of a send in the place of those that stand."""
    for folded in ("folded", "NOT folded"):
        execute(REMOVE_SUMS.format(folded=folded), [send])
    insert_many(INSERT_SUM, [(send, *place, n, True) for place, n in sorted(counted.items()) if n])
