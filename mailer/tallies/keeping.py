"""Put events on their copies, and what that changes into the sums, in the transaction that locked them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mailer.database import execute, execute_many, fetch, insert_many, instant, marks
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies import domains
from mailer.tallies.counts import CLICKED, MACHINE_CLICKED, Times, Trace, clicks, counts, settled
from mailer.tallies.judging import Judged
from mailer.tallies.known_links import KnownLinks
from mailer.tallies.reasons import code_of
from mailer.vocabulary import EventKind, Measure
from mailer.webhooks.told import Told
from subscribers.moments import read as moment

Key = TypeVar("Key")

COLUMNS = tuple(EVENT_COLUMNS.values())
REASONS = {
    EventKind.BOUNCED: Measure.BOUNCE_REASON,
    EventKind.BLOCKED: Measure.BLOCK_REASON,
    EventKind.DROPPED: Measure.DROP_REASON,
}
DOMAINS = {
    EventKind.DEFERRED: Measure.DEFER_DOMAIN,
    EventKind.BOUNCED: Measure.BOUNCE_DOMAIN,
    EventKind.BLOCKED: Measure.BLOCK_DOMAIN,
    EventKind.COMPLAINED: Measure.COMPLAINT_DOMAIN,
}

# Idempotent: an earlier time stays, whoever comes later.
KEEP_EARLIEST = """
UPDATE delivery SET {column} = %s WHERE id IN ({marks}) AND ({column} IS NULL OR {column} > %s)
"""

# Of clicks the latest verdict: what looked like a person's may turn out to be a machine's.
KEEP_VERDICT = f"""
UPDATE delivery SET {CLICKED} = %s, {MACHINE_CLICKED} = %s WHERE id = %s
"""

KEEP_TRACE = """
INSERT INTO trace (delivery_id, measure, key, machine, agent, at) VALUES {values}
ON CONFLICT (delivery_id, measure, key, machine, agent) DO UPDATE SET at = excluded.at
WHERE excluded.at < trace.at
"""

READ_TRACES = """
SELECT delivery_id, measure, key, machine, agent, at FROM trace WHERE delivery_id IN ({marks})
"""

INSERT_TALLY = "INSERT INTO tally (send_id, measure, key, n) VALUES {values}"


@dataclass(frozen=True)
class Standing:
    """A locked copy as it stands, its times in the order of COLUMNS.

    `tallied`: its send's sums are kept; else they will be counted from the rows, and only these are written.
    """

    delivery: int
    send: int
    subscriber: int | None
    tallied: bool
    times: Sequence[dt.datetime | str | None]


@dataclass
class _Sheet:
    """One copy while events are put on it: what stands before, and what the events tell."""

    copy: Standing
    times: Times
    traces: dict[Trace, dt.datetime] = field(default_factory=dict)
    told_times: Times = field(default_factory=dict)
    told_traces: dict[Trace, dt.datetime] = field(default_factory=dict)

    def tell(self, event: Told, links: KnownLinks) -> None:
        """Take one event in; of what is told twice the earliest."""
        if event.kind is EventKind.CLICKED:
            link = links.number(self.copy.send, event.link)
            _earlier(self.told_traces, Trace(Measure.LINK, link, event.machine, event.agent), event.at)
        elif column := EVENT_COLUMNS.get((event.kind, event.machine)):
            _earlier(self.told_times, column, event.at)
        if measure := REASONS.get(event.kind):
            _earlier(self.told_traces, Trace(measure, code_of(event.detail)), event.at)

    def first(self, kind: EventKind) -> dt.datetime | None:
        """Return when the events say that something happened first; None where it stands as early."""
        column = EVENT_COLUMNS[kind, False]
        at, stands = self.told_times.get(column), self.times.get(column)
        return at if at is not None and (stands is None or at < stands) else None

    def after(self) -> tuple[Times, dict[Trace, dt.datetime], Judged | None]:
        """Return what stands with the events put on it."""
        times, traces = dict(self.times), dict(self.traces)
        for column, at in self.told_times.items():
            _earlier(times, column, at)
        for trace, at in self.told_traces.items():
            _earlier(traces, trace, at)
        verdict = clicks(traces)
        new = settled(times, verdict)
        if not self.copy.tallied:
            # What stands may be of clicks that left no trace yet.
            for column in (CLICKED, MACHINE_CLICKED):
                if column in times:
                    _earlier(new, column, times[column])
        return new, traces, verdict


def keep(told: Iterable[tuple[Told, Standing]]) -> None:
    """Write what events tell of their copies, and the difference into the sums of their sends."""
    sheets = _sheets(list(told))
    _read_traces(sheets)
    _tell_domains(sheets)
    difference: Counter[tuple[int, Measure, int]] = Counter()
    times: dict[str, list[tuple[int, dt.datetime]]] = {}
    verdicts: list[tuple[str | None, str | None, int]] = []
    for number, sheet in sheets.items():
        after, traces, verdict = sheet.after()
        for column, at in sheet.told_times.items():
            if after[column] != sheet.times.get(column):
                times.setdefault(column, []).append((number, at))
        if any(after.get(column) != sheet.times.get(column) for column in (CLICKED, MACHINE_CLICKED)):
            verdicts.append((_written(after, CLICKED), _written(after, MACHINE_CLICKED), number))
        if sheet.copy.tallied:
            before = counts(sheet.times, sheet.traces, clicks(sheet.traces))
            now = counts(after, traces, verdict)
            for each in before.keys() ^ now.keys():
                difference[sheet.copy.send, *each] += now[each] - before[each]
    for column, rows in times.items():
        for earliest, copies in by_moment(rows):
            statement = KEEP_EARLIEST.format(column=column, marks=marks(copies))
            execute(statement, [earliest, *copies, earliest])
    if verdicts:
        execute_many(KEEP_VERDICT, verdicts)
    _write_traces(sheets)
    insert_many(INSERT_TALLY, [(*place, n) for place, n in sorted(difference.items()) if n])


def by_moment(rows: Iterable[tuple[int, dt.datetime]]) -> Iterator[tuple[str, list[int]]]:
    """Yield each moment as both databases write it, with the numbers of the rows that have it.

    Events come in heaps: a statement for each second is far less than one for each row.
    """
    found: dict[dt.datetime, list[int]] = {}
    for number, at in rows:
        found.setdefault(at, []).append(number)
    for at, numbers in found.items():
        yield instant(at), numbers


def _sheets(told: list[tuple[Told, Standing]]) -> dict[int, _Sheet]:
    """Put the events beside their copies, by the copies' numbers in order."""
    links = KnownLinks(copy.send for event, copy in told if event.kind is EventKind.CLICKED)
    sheets: dict[int, _Sheet] = {}
    for event, copy in sorted(told, key=lambda each: each[1].delivery):
        sheet = sheets.get(copy.delivery)
        if sheet is None:
            stands = zip(COLUMNS, copy.times, strict=True)
            sheet = sheets[copy.delivery] = _Sheet(
                copy, {c: moment(at) for c, at in stands if at is not None}
            )
        sheet.tell(event, links)
    return sheets


def _read_traces(sheets: dict[int, _Sheet]) -> None:
    """Read what the copies tell beyond their rows, of those that the events say more of."""
    wanted = [number for number, sheet in sheets.items() if sheet.told_traces or _first_refused(sheet)]
    if not wanted:
        return
    for number, measure, key, machine, agent, at in fetch(READ_TRACES.format(marks=marks(wanted)), wanted):
        sheets[number].traces[Trace(Measure(measure), key, bool(machine), agent)] = moment(at)


def _first_refused(sheet: _Sheet) -> dict[Measure, dt.datetime]:
    return {measure: at for kind, measure in DOMAINS.items() if (at := sheet.first(kind)) is not None}


def _tell_domains(sheets: dict[int, _Sheet]) -> None:
    """Put at which domain it was beside each first refusal of a copy; where that stands already, it stays."""
    refused = {number: found for number, sheet in sheets.items() if (found := _first_refused(sheet))}
    standing = {
        number: {trace.measure: trace for trace in sheets[number].traces if trace.measure in found}
        for number, found in refused.items()
    }
    known = domains.of_subscribers(
        person
        for number, found in refused.items()
        if len(standing[number]) < len(found) and (person := sheets[number].copy.subscriber) is not None
    )
    for number, found in refused.items():
        domain = known.get(sheets[number].copy.subscriber or 0, domains.NOBODYS)
        for measure, at in found.items():
            sheets[number].told_traces[standing[number].get(measure) or Trace(measure, domain)] = at


def _write_traces(sheets: dict[int, _Sheet]) -> None:
    """Write the traces that are new or earlier."""
    rows = [
        (number, trace.measure, trace.key, trace.machine, trace.agent, instant(at))
        for number, sheet in sheets.items()
        for trace, at in sheet.told_traces.items()
        if trace not in sheet.traces or at < sheet.traces[trace]
    ]
    insert_many(KEEP_TRACE, rows)


def _written(times: Times, column: str) -> str | None:
    return instant(times[column]) if column in times else None


def _earlier(found: dict[Key, dt.datetime], key: Key, at: dt.datetime) -> None:
    """Keep the earlier of what stands and `at`."""
    found[key] = min(at, found.get(key, at))
