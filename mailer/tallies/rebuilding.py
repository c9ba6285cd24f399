"""Make the traces and the sums of a send that was written without them: before they were kept, or seeded."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from mailer.database import execute, execute_many, fetch, insert_many, instant
from mailer.models import Send
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies import domains, known_links
from mailer.tallies.counts import CLICKED, MACHINE_CLICKED, settled
from mailer.tallies.holding import hold_alone
from mailer.tallies.judging import judged
from mailer.tallies.keeping import DOMAINS, KEEP_TRACE, KEEP_VERDICT, REASONS
from mailer.tallies.links import CANARY, CANARY_PATH, OTHER
from mailer.tallies.portions import portions
from mailer.tallies.reasons import code_of
from mailer.tallies.recounting import clicks_of, count, replace
from mailer.vocabulary import EventKind, Measure
from subscribers.moments import read as moment

Line = tuple[int, Measure, int, bool, int, str]  # a trace as KEEP_TRACE takes it

# The first time of a kind, as events tell of each copy.
TIMES_TOLD = """
  SELECT delivery_ref, min(at) AS at FROM event
  WHERE send_ref = %(send)s AND kind = %(kind)s AND machine = %(machine)s AND delivery_ref <> 0
  GROUP BY delivery_ref
"""

# Of a send whose rows say less than events do, which cannot be; clicks are judged from all of a copy's.
KEEP_TOLD = f"""
UPDATE delivery SET {{column}} = told.at FROM ({TIMES_TOLD}) AS told
WHERE delivery.id = told.delivery_ref AND (delivery.{{column}} IS NULL OR delivery.{{column}} > told.at)
"""

# The traces that events of clicks tell of; what is none of the letter's links counts as another.
CLICKS_TOLD = f"""
  SELECT
    event.delivery_ref AS delivery_id,
    CASE WHEN event.link LIKE '%%{CANARY_PATH}' THEN {CANARY} ELSE coalesce(link.id, {OTHER}) END AS key,
    event.machine, event.agent, min(event.at) AS at
  FROM event JOIN delivery ON delivery.id = event.delivery_ref
  LEFT JOIN link ON link.send_id = event.send_ref AND link.key = event.link_key
  WHERE event.send_ref = %(send)s AND event.kind = '{EventKind.CLICKED}'
  GROUP BY event.delivery_ref, 2, event.machine, event.agent
"""

# Without a condition SQLite takes ON for the beginning of a join's.
TRACE_CLICKS = f"""
INSERT INTO trace (delivery_id, measure, key, machine, agent, at)
SELECT delivery_id, '{Measure.LINK}', key, machine, agent, at FROM ({CLICKS_TOLD}) AS told WHERE TRUE
ON CONFLICT (delivery_id, measure, key, machine, agent) DO UPDATE SET at = excluded.at
WHERE excluded.at < trace.at
"""

READ_REFUSALS = """
SELECT event.id, event.delivery_ref, event.code, event.detail, event.at
FROM event JOIN delivery ON delivery.id = event.delivery_ref
WHERE event.send_ref = %s AND event.kind = %s
"""

KEEP_CODE = "UPDATE event SET code = %s WHERE id = %s"

# Where it was, of those of whom it does not stand yet: a person's address may be another by now.
READ_REFUSED = """
SELECT delivery.id, delivery.subscriber_id, delivery.{column} FROM delivery
WHERE delivery.send_id = %s AND delivery.{column} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM trace WHERE trace.delivery_id = delivery.id AND trace.measure = %s
)
"""

# Of an old click nothing but its time may be left: of one whose time no event and no trace has.
READ_UNTOLD = f"""
SELECT delivery.id, delivery.{{column}} FROM delivery
WHERE delivery.send_id = %s AND delivery.{{column}} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM event
  WHERE event.delivery_ref = delivery.id AND event.address_key = '' AND event.kind = '{EventKind.CLICKED}'
    AND event.at = delivery.{{column}}
) AND NOT EXISTS (
  SELECT 1 FROM trace
  WHERE trace.delivery_id = delivery.id AND trace.measure = '{Measure.LINK}'
    AND trace.at = delivery.{{column}}
)
"""

READ_CLICKED = f"""
SELECT id, {CLICKED}, {MACHINE_CLICKED} FROM delivery
WHERE send_id = %s AND ({CLICKED} IS NOT NULL OR {MACHINE_CLICKED} IS NOT NULL)
"""


def rebuild_next() -> int | None:
    """Rebuild the oldest send that wants it, and return its number; None where there is none."""
    number = Send.objects.filter(tallied=False).order_by("pk").values_list("pk", flat=True).first()
    if number is not None:
        rebuild(number)
    return number


def rebuild(send: int, *, mend: bool = False) -> None:
    """Make what is missing of a send's traces, and its sums; nothing is applied to it meanwhile.

    `mend`: copies whose rows say less than their events are put right first.
    """
    with transaction.atomic():
        hold_alone(send)
        if mend:
            _keep_told(send)
        known_links.write(send)
        execute(TRACE_CLICKS, {"send": send})
        for some in portions(_refusals(send)):
            insert_many(KEEP_TRACE, some)
        for some in portions(_domains(send)):
            insert_many(KEEP_TRACE, some)
        for some in portions(_clicks_without_a_trace(send)):
            insert_many(KEEP_TRACE, some)
        for rows in portions(misjudged(send)):
            execute_many(KEEP_VERDICT, rows)
        replace(send, count(send))
        Send.objects.filter(pk=send).update(tallied=True)


def _keep_told(send: int) -> None:
    for (kind, machine), column in EVENT_COLUMNS.items():
        if kind is not EventKind.CLICKED:
            frame = {"send": send, "kind": kind, "machine": machine}
            execute(KEEP_TOLD.format(column=column), frame)


def _refusals(send: int) -> Iterator[Line]:
    for kind, measure in REASONS.items():
        told = [
            (event, delivery, code or code_of(words), code, at)
            for event, delivery, code, words, at in fetch(READ_REFUSALS, [send, kind])
        ]
        # The words are blanked one day; the number stays.
        execute_many(KEEP_CODE, [(code, event) for event, _, code, before, _ in told if code != before])
        first: dict[tuple[int, int], dt.datetime] = {}
        for _, delivery, code, _, at in told:
            first[delivery, code] = min(moment(at), first.get((delivery, code), moment(at)))
        for (delivery, code), at in first.items():
            yield delivery, measure, code, False, 0, instant(at)


def _domains(send: int) -> Iterator[Line]:
    """Yield at which domain each refusal was, by the address as it is now."""
    refused = [
        (measure, *row)
        for kind, measure in DOMAINS.items()
        for row in fetch(READ_REFUSED.format(column=EVENT_COLUMNS[kind, False]), [send, measure])
    ]
    known = domains.of_subscribers(person for _, _, person, _ in refused if person is not None)
    for measure, delivery, person, at in refused:
        yield delivery, measure, known.get(person or 0, domains.NOBODYS), False, 0, instant(moment(at))


def _clicks_without_a_trace(send: int) -> Iterator[Line]:
    """Yield another link's trace for each time of a click that stands in the row and in no event any more."""
    for machine, column in ((False, CLICKED), (True, MACHINE_CLICKED)):
        for delivery, at in fetch(READ_UNTOLD.format(column=column), [send]):
            yield delivery, Measure.LINK, OTHER, machine, 0, instant(moment(at))


def misjudged(send: int) -> Iterator[tuple[str | None, str | None, int]]:
    """Yield the copies whose times of clicks are not as all their clicks say, ready for KEEP_VERDICT."""
    stand = {delivery: times for delivery, *times in fetch(READ_CLICKED, [send])}
    for delivery, clicks in clicks_of(send):
        times = settled({}, judged(clicks))
        right = [times.get(column) for column in (CLICKED, MACHINE_CLICKED)]
        if right != [_moment(at) for at in stand.get(delivery, (None, None))]:
            people, machines = (None if at is None else instant(at) for at in right)
            yield people, machines, delivery


def _moment(at: dt.datetime | str | None) -> dt.datetime | None:
    return None if at is None else moment(at)
