"""Hold the sums against the rows, and the rows against the events that are still kept: what must be equal."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from mailer.database import fetch, one_snapshot
from mailer.models import Send
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies.counts import CLICKED, MACHINE_CLICKED
from mailer.tallies.keeping import DOMAINS, REASONS
from mailer.tallies.rebuilding import CLICKS_TOLD, TIMES_TOLD, misjudged, rebuild
from mailer.tallies.recounting import recount
from mailer.vocabulary import EventKind, Measure
from subscribers import changes
from subscribers.moments import read as moment

WHAT = "figures"

# Copies whose row says less than the events, or, where no event was ever removed, something else.
MISSED = f"""
SELECT count(*) FROM ({TIMES_TOLD}) AS told JOIN delivery ON delivery.id = told.delivery_ref
WHERE delivery.{{column}} IS NULL OR delivery.{{column}} {{differs}} told.at
"""

UNTOLD = """
SELECT count(*) FROM delivery
WHERE send_id = %(send)s AND {column} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM event WHERE event.delivery_ref = delivery.id AND kind = %(kind)s AND machine = %(machine)s
)
"""

MISSED_CLICKS = f"""
SELECT count(*) FROM ({CLICKS_TOLD}) AS told
LEFT JOIN trace ON trace.delivery_id = told.delivery_id AND trace.measure = '{Measure.LINK}'
  AND trace.key = told.key AND trace.machine = told.machine AND trace.agent = told.agent
WHERE trace.id IS NULL OR trace.at > told.at
"""

# Where all events are there: a click that none of them tells of, in the traces or in the row.
UNTOLD_CLICKS = f"""
SELECT count(*) FROM trace JOIN delivery ON delivery.id = trace.delivery_id
LEFT JOIN ({CLICKS_TOLD}) AS told ON told.delivery_id = trace.delivery_id AND told.key = trace.key
  AND told.machine = trace.machine AND told.agent = trace.agent
WHERE delivery.send_id = %(send)s AND trace.measure = '{Measure.LINK}'
  AND (told.delivery_id IS NULL OR trace.at <> told.at)
"""
CLICKED_WITHOUT_A_TRACE = f"""
SELECT count(*) FROM delivery
WHERE send_id = %(send)s AND ({CLICKED} IS NOT NULL OR {MACHINE_CLICKED} IS NOT NULL) AND NOT EXISTS (
  SELECT 1 FROM trace WHERE trace.delivery_id = delivery.id AND trace.measure = '{Measure.LINK}'
)
"""
UNTOLD_REASONS = """
SELECT count(*) FROM trace JOIN delivery ON delivery.id = trace.delivery_id
WHERE delivery.send_id = %(send)s AND trace.measure = %(measure)s AND NOT EXISTS (
  SELECT 1 FROM event
  WHERE event.delivery_ref = trace.delivery_id AND event.kind = %(kind)s AND event.code = trace.key
)
"""

MISSED_REASONS = """
SELECT count(*) FROM (
  SELECT DISTINCT event.delivery_ref, event.code FROM event
  JOIN delivery ON delivery.id = event.delivery_ref
  WHERE event.send_ref = %(send)s AND event.kind = %(kind)s
) AS told
LEFT JOIN trace ON trace.delivery_id = told.delivery_ref AND trace.measure = %(measure)s
  AND trace.key = told.code
WHERE trace.id IS NULL
"""

MISSED_DOMAINS = """
SELECT count(*) FROM delivery
WHERE send_id = %(send)s AND {column} IS NOT NULL AND 1 <> (
  SELECT count(*) FROM trace WHERE trace.delivery_id = delivery.id AND trace.measure = %(measure)s
)
"""

# A purge takes the oldest events first: a send that froze after the oldest that is left has all of its own.
READ_OLDEST = "SELECT id, received_at FROM event ORDER BY id LIMIT 1"


@dataclass(frozen=True)
class Finding:
    """A figure of a send that is not what it must be: `kept` is what stands, `counted` what should.

    `what` is a measure, with its key; or, with no key, what so many copies' rows lack of their events.
    """

    send: int
    what: str
    key: int | None
    kept: int
    counted: int


def every_send() -> list[int]:
    """Return the numbers of all sends that have readers, but for old ones that were never counted."""
    return list(
        Send.objects.exclude(frozen_at=None).filter(tallied=True).order_by("pk").values_list("pk", flat=True)
    )


def check(sends: Sequence[int], *, now: dt.datetime, by: str, mend: bool = False) -> Iterator[Finding]:
    """Yield what differs, send by send; `mend` puts what was counted in its place, with a line of the log."""
    for number in sends:
        found = [Finding(number, each.measure, each.key, each.kept, each.counted) for each in recount(number)]
        with transaction.atomic():
            # Of one moment, or what is applied meanwhile would seem to differ.
            one_snapshot()
            found += _against_events(number)
        if mend and found:
            with transaction.atomic():
                rebuild(number, mend=True)
                changes.record(WHAT, by=by, at=now, subject=f"send {number}", after={"differed": len(found)})
        yield from found


def _against_events(send: int) -> Iterator[Finding]:
    """Yield what the rows of a send lack of its events, and what no event says where all are there."""
    whole = _has_all_events(send)
    for (kind, machine), column in EVENT_COLUMNS.items():
        if kind is EventKind.CLICKED:
            continue
        frame = {"send": send, "kind": kind, "machine": machine}
        missed = MISSED.format(column=column, differs="<>" if whole else ">")
        yield from _finding(send, f"{column}: not as events say", fetch(missed, frame))
        if whole:
            yield from _finding(
                send, f"{column}: no event says so", fetch(UNTOLD.format(column=column), frame)
            )
    wrong = sum(1 for _ in misjudged(send))
    yield from _finding(send, "clicks: not judged as they all say", [(wrong,)])
    frame = {"send": send}
    yield from _finding(send, "clicks: in the row alone", fetch(CLICKED_WITHOUT_A_TRACE, frame))
    yield from _finding(send, "clicks: not as events say", fetch(MISSED_CLICKS, frame))
    if whole:
        yield from _finding(send, "clicks: no event says so", fetch(UNTOLD_CLICKS, frame))
    for kind, measure in REASONS.items():
        reasons = {"send": send, "kind": kind, "measure": measure}
        yield from _finding(send, f"{measure}: not as events say", fetch(MISSED_REASONS, reasons))
        if whole:
            yield from _finding(send, f"{measure}: no event says so", fetch(UNTOLD_REASONS, reasons))
    for kind, measure in DOMAINS.items():
        missed = MISSED_DOMAINS.format(column=EVENT_COLUMNS[kind, False])
        found = fetch(missed, {"send": send, "measure": measure})
        yield from _finding(send, f"{measure}: not once a copy", found)


def _finding(send: int, what: str, rows: list[tuple[int]]) -> Iterator[Finding]:
    if copies := rows[0][0]:
        yield Finding(send, what, None, copies, 0)


def _has_all_events(send: int) -> bool:
    oldest = fetch(READ_OLDEST)
    frozen_at = Send.objects.values_list("frozen_at", flat=True).get(pk=send)
    if not oldest or frozen_at is None:
        return False
    number, received_at = oldest[0]
    return number == 1 or frozen_at >= moment(received_at)
