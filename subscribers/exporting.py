"""Write a list's people out, as CSV or JSON: however many there are, without holding them.

What comes out, import takes, and finds nothing new in it. On PostgreSQL one moment is seen; on SQLite each
part of the list as it is when it is read, since a reader of the whole would keep its log from being emptied.
"""

import datetime as dt
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TextIO

from django.db import connection, transaction

from subscribers.exporting_forms import AsCsv, AsJson, Row
from subscribers.interests import Interests
from subscribers.models import List, Segment
from subscribers.segments import keeping
from subscribers.segments.querying import where
from subscribers.vocabulary import Status

Progress = Callable[[int, int], None]  # people written, people in all

AT_ONCE = 5_000  # people
_ALL = 2**63 - 1

# Each subquery is about the same people as the whole, so that a part costs no more than its share. Of consent
# the latest that was given, of suppressions the widest in force, as `people.show` has it. Moments and JSON as
# text, since that is what is written, and a million of them take seconds to be made anything else.
READ = """
SELECT subscriber.address, subscriber.name, subscriber.locale, subscription.everything,
  subscription.interests, subscription.status, CAST(subscription.since AS TEXT),
  agreed.how, CAST(agreed.at AS TEXT), CAST(subscriber.attributes AS TEXT), suppressed.reason,
  CAST(subscription.paused_until AS TEXT), subscriber.text_only, subscriber.tracked
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
LEFT JOIN (
  SELECT consent.subscriber_id, consent.how, consent.at,
    ROW_NUMBER() OVER (PARTITION BY consent.subscriber_id ORDER BY consent.at DESC, consent.id DESC) AS place
  FROM consent
  WHERE {by_person}consent.list_id = %(list)s AND consent.action IN ('granted', 'confirmed')
    AND consent.subscriber_id > %(after)s AND consent.subscriber_id <= %(last)s
) AS agreed ON agreed.subscriber_id = subscription.subscriber_id AND agreed.place = 1
LEFT JOIN (
  SELECT person.id AS subscriber_id, suppression.reason,
    ROW_NUMBER() OVER (
      PARTITION BY person.id ORDER BY suppression.list_id IS NOT NULL, suppression.at, suppression.id
    ) AS place
  FROM subscriber AS person JOIN suppression ON suppression.address_key = person.address_key
  WHERE suppression.lifted_at IS NULL
    AND ({by_person}suppression.list_id IS NULL OR {by_person}suppression.list_id = %(list)s)
    AND person.id > %(after)s AND person.id <= %(last)s
) AS suppressed ON suppressed.subscriber_id = subscription.subscriber_id AND suppressed.place = 1
WHERE {by_person}subscription.list_id = %(list)s AND {whom}
  AND subscription.subscriber_id > %(after)s AND subscription.subscriber_id <= %(last)s
ORDER BY subscription.subscriber_id
"""

COUNT = """
SELECT COUNT(*) FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND {whom}
"""

END_OF_PART = """
SELECT MAX(subscriber_id) FROM (
  SELECT subscriber_id FROM subscription WHERE +list_id = %(list)s AND subscriber_id > %(after)s
  ORDER BY subscriber_id LIMIT %(at_once)s
) AS part
"""


class Form(StrEnum):
    """What is written; both in UTF-8, with line feeds."""

    # RFC 4180 but for its line ends
    CSV = "csv"
    # a list of objects, one a line
    JSON = "json"


@dataclass(frozen=True)
class Whom:
    """Whom to export: a list's people, and only those of one status or segment where that is said.

    `now` is what a segment's "within 30 days" counts from.
    """

    newsletter: List
    now: dt.datetime
    status: Status | None = None
    segment: Segment | None = None


def write(
    whom: Whom, out: TextIO, *, form: Form = Form.CSV, raw: bool = False, progress: Progress | None = None
) -> int:
    """Write people to `out` in the order in which they became known; return how many they are.

    In CSV, interests are empty for who gets everything, and what a spreadsheet would run as a formula has an
    apostrophe before it, which import takes off again; with `raw` it has none.
    Raises SegmentError, and OSError where `out` takes no more.
    """
    conditions, bound = _conditions(whom)
    slugs = Interests.of(whom.newsletter).slugs
    writer = AsJson(out, slugs) if form is Form.JSON else AsCsv(out, slugs, raw=raw)
    total = _count(conditions, bound) if progress else 0
    written = 0
    writer.begin()
    with closing(_parts(conditions, bound)) as parts:
        for part in parts:
            writer.write(part)
            written += len(part)
            if progress:
                progress(written, total)
    writer.end()
    return written


def _conditions(whom: Whom) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = ["TRUE"]
    bound: dict[str, Any] = {"list": whom.newsletter.pk}
    if whom.status:
        conditions.append("subscription.status = %(status)s")
        bound["status"] = whom.status.value
    if whom.segment:
        kept = keeping.current(whom.segment)
        found = where(kept.condition, kept.as_of(whom.newsletter, whom.now))
        conditions.append(found.sql)
        bound |= found.parameters
    return " AND ".join(conditions), bound


def _count(conditions: str, bound: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(whom=conditions), bound)
        [(count,)] = cursor.fetchall()
    return int(count)


def _parts(conditions: str, bound: dict[str, Any]) -> Generator[list[Row], None, None]:
    if connection.vendor == "postgresql":
        return _on_postgresql(READ.format(whom=conditions, by_person=""), bound)
    # Without statistics it takes the index that begins with the list, and goes through all of it each time.
    return _on_sqlite(READ.format(whom=conditions, by_person="+"), bound)


def _on_postgresql(statement: str, bound: dict[str, Any]) -> Generator[list[Row], None, None]:
    with transaction.atomic(), connection.cursor() as cursor:
        # All will be fetched: what yields the first rows soonest is of no use.
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        with closing(connection.chunked_cursor()) as server_side:
            server_side.execute(statement, {**bound, "after": 0, "last": _ALL})
            while part := server_side.fetchmany(AT_ONCE):
                yield part


def _on_sqlite(statement: str, bound: dict[str, Any]) -> Generator[list[Row], None, None]:
    after = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(END_OF_PART, {"list": bound["list"], "after": after, "at_once": AT_ONCE})
            [(last,)] = cursor.fetchall()
            if last is None:
                return
            cursor.execute(statement, {**bound, "after": after, "last": last})
            yield cursor.fetchall()
            after = last
