"""What one copy counts for: a matter of its row and its traces alone, so that no order of events matters."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies.judging import Click, Judged, judged
from mailer.vocabulary import EventKind, Measure

HOUR = 3600  # seconds
MEASURE_OF = {column: Measure(column.removesuffix("_at")) for column in EVENT_COLUMNS.values()}
# Those that count each copy once, by the hour of what happened first.
COPIES = tuple(MEASURE_OF.values())
CLICKED, MACHINE_CLICKED = (EVENT_COLUMNS[EventKind.CLICKED, machine] for machine in (False, True))

Times = dict[str, dt.datetime]  # the earliest of each kind, by the column of the delivery


class Trace(NamedTuple):
    """What a copy tells beyond its row: `key` and `agent` as in models.tallies.Trace."""

    measure: Measure
    key: int
    machine: bool = False
    agent: int = 0


Traces = Mapping[Trace, dt.datetime]


def clicks(traces: Traces) -> Judged | None:
    """Return by whom the copy's links were followed; None for a copy that tells of no click."""
    found = [
        Click(trace.key, trace.machine, trace.agent, at)
        for trace, at in traces.items()
        if trace.measure is Measure.LINK
    ]
    return judged(found) if found else None


def settled(times: Times, verdict: Judged | None) -> Times:
    """Return the times with those of clicks as they were judged; as they are where no link is known."""
    if verdict is None:
        return times
    found = {column: at for column, at in times.items() if column not in {CLICKED, MACHINE_CLICKED}}
    for column, links in ((CLICKED, verdict.people), (MACHINE_CLICKED, verdict.machines)):
        if links:
            found[column] = min(links.values())
    return found


def counts(times: Times, traces: Traces, verdict: Judged | None) -> Counter[tuple[Measure, int]]:
    """Return what the copy counts for: once for each measure and key."""
    return Counter(dict.fromkeys(_counted(times, traces, verdict), 1))


def _counted(times: Times, traces: Traces, verdict: Judged | None) -> Iterator[tuple[Measure, int]]:
    for column, at in times.items():
        yield MEASURE_OF[column], hour(at)
    for trace in traces:
        if trace.measure is not Measure.LINK:
            yield trace.measure, trace.key
    if verdict is not None:
        for link in verdict.people:
            yield Measure.LINK, link
        for link in verdict.machines:
            yield Measure.MACHINE_LINK, link


def hour(at: dt.datetime) -> int:
    """Return the hour of an instant, counted from 1970 in UTC."""
    return int(at.timestamp()) // HOUR
