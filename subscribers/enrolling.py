"""Put people on a list, one or a million: everything is looked at first, then written in bulk.

Rows wait in a temporary table of this connection, so that the whole source has been read, and found sound,
before the first lasting row is written. Then SQL decides each row's fate and writes by ranges of lines: on
PostgreSQL all in one transaction; on SQLite each range in its own, since all others wait for its one lock.
A run that is killed between two ranges is simply repeated: what is already so is left as it is.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from subscribers.models import List

Progress = Callable[[int, int], None]  # rows done, rows in all

# SQLite's lock is held for one range, some tens of milliseconds.
_RANGE_SQLITE = 5_000
_RANGE_POSTGRESQL = 100_000
_ROWS_A_STATEMENT = 1_000


@dataclass(frozen=True)
class Arrival:
    """One person to be put on a list; what is None is not stated, and stays as it was."""

    line: int
    address: str
    canonical: str
    address_key: str
    name: str = ""
    locale: str = ""
    everything: bool | None = None
    interests: int | None = None


@dataclass(frozen=True)
class Enrolled:
    """What became of the rows; together they are all that came."""

    new: int = 0
    # already on the list; now with other interests, another name, or confirmed
    updated: int = 0
    unchanged: int = 0
    # left alone, since only they themselves can come back
    unsubscribed: int = 0
    # left alone: bounced, complained, erased, or suppressed by hand
    suppressed: int = 0
    # the same address further up; the last one counts
    duplicates: int = 0

    @property
    def left_alone(self) -> int:
        """Return how many people were not written to the list because they must not be."""
        return self.unsubscribed + self.suppressed


_CREATE = """
    CREATE TEMPORARY TABLE arrival (
        line INTEGER PRIMARY KEY, address TEXT, canonical TEXT, address_key TEXT, name TEXT, locale TEXT,
        everything BOOLEAN, interests BIGINT, fate TEXT, subscriber_id BIGINT, subscription_id BIGINT
    )
"""
_COLUMNS = "(line, address, canonical, address_key, name, locale, everything, interests)"
_PLACES = "(%s, %s, %s, %s, %s, %s, %s, %s)"
_BY_KEY = "CREATE INDEX arrival_by_key ON arrival (address_key)"
# SQLite might go by it from all subscribers to the range, instead of from the range to its subscribers.
_NO_LONGER_BY_KEY = "DROP INDEX arrival_by_key"
_DROP = "DROP TABLE IF EXISTS arrival"

_DROP_EARLIER = """
    DELETE FROM arrival WHERE EXISTS (
        SELECT 1 FROM arrival later
        WHERE later.address_key = arrival.address_key AND later.line > arrival.line
    )
"""

_DECIDE = """
    UPDATE arrival
    SET fate = decided.fate, subscriber_id = decided.subscriber_id, subscription_id = decided.subscription_id
    FROM (
        SELECT a.line, p.id AS subscriber_id, s.id AS subscription_id, CASE
            WHEN s.status = 'unsubscribed' THEN 'unsubscribed'
            WHEN EXISTS (
                SELECT 1 FROM suppression x
                WHERE x.address_key = a.address_key AND x.lifted_at IS NULL
                  AND (x.list_id IS NULL OR x.list_id = %(list)s)
            ) THEN 'suppressed'
            WHEN s.id IS NULL THEN 'new'
            WHEN s.status = 'pending' THEN 'confirmed'
            WHEN s.everything <> COALESCE(a.everything, s.everything)
              OR s.interests <> COALESCE(a.interests, s.interests) THEN 'changed'
            WHEN a.name NOT IN ('', p.name) OR a.locale NOT IN ('', p.locale) THEN 'renamed'
            ELSE 'unchanged'
        END AS fate
        FROM arrival a
        LEFT JOIN subscriber p ON p.address_key = a.address_key
        LEFT JOIN subscription s ON s.subscriber_id = p.id AND s.list_id = %(list)s
        WHERE a.line BETWEEN %(first)s AND %(last)s
    ) decided
    WHERE decided.line = arrival.line
"""

_WRITE = (
    # the people we do not know yet
    """
    INSERT INTO subscriber
        (address, canonical, address_key, name, locale, text_only, tracked, attributes, created_at)
    SELECT address, canonical, address_key, name, locale, FALSE, TRUE, '{}', %(at)s
    FROM arrival WHERE line BETWEEN %(first)s AND %(last)s AND fate = 'new'
    ORDER BY line
    ON CONFLICT DO NOTHING
    """,
    # what the source knows about the others; it never takes a name away
    """
    UPDATE subscriber
    SET name = COALESCE(NULLIF(a.name, ''), subscriber.name),
        locale = COALESCE(NULLIF(a.locale, ''), subscriber.locale)
    FROM arrival a
    WHERE a.subscriber_id = subscriber.id AND a.line BETWEEN %(first)s AND %(last)s
      AND a.fate IN ('new', 'confirmed', 'changed', 'renamed')
      AND (a.name NOT IN ('', subscriber.name) OR a.locale NOT IN ('', subscriber.locale))
    """,
    """
    INSERT INTO subscription
        (subscriber_id, list_id, status, everything, interests, since, changed_at)
    SELECT p.id, %(list)s, 'active', COALESCE(a.everything, TRUE), COALESCE(a.interests, 0), %(at)s, %(at)s
    FROM arrival a JOIN subscriber p ON p.address_key = a.address_key
    WHERE a.line BETWEEN %(first)s AND %(last)s AND a.fate = 'new'
    ORDER BY a.line
    ON CONFLICT DO NOTHING
    """,
    # whoever left meanwhile stays away
    """
    UPDATE subscription
    SET status = CASE subscription.status WHEN 'pending' THEN 'active' ELSE subscription.status END,
        everything = COALESCE(a.everything, subscription.everything),
        interests = COALESCE(a.interests, subscription.interests),
        changed_at = %(at)s
    FROM arrival a
    WHERE a.subscription_id = subscription.id AND a.line BETWEEN %(first)s AND %(last)s
      AND a.fate IN ('confirmed', 'changed') AND subscription.status <> 'unsubscribed'
    """,
    """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    SELECT p.id, %(list)s, CASE a.fate WHEN 'changed' THEN 'changed' ELSE 'granted' END,
        %(at)s, %(how)s, '', '', '{}'
    FROM arrival a JOIN subscriber p ON p.address_key = a.address_key
    WHERE a.line BETWEEN %(first)s AND %(last)s AND a.fate IN ('new', 'confirmed', 'changed')
    ORDER BY a.line
    """,
)

_UPDATED = ("confirmed", "changed", "renamed")


def enrol(
    newsletter: List,
    arrivals: Iterable[Arrival],
    *,
    how: str,
    at: dt.datetime,
    progress: Progress | None = None,
) -> Enrolled:
    """Put people on a list with the consent described in `how`; return what became of each.

    Who is on it stays and gets what the row states; who left or is suppressed is never revived; of several
    rows for one address the last counts. If `arrivals` raises, nothing has been written.
    """
    with _one_transaction(), closing(connection.cursor()) as cursor, _waiting_room(cursor):
        came = _load(cursor, arrivals)
        cursor.execute(_BY_KEY)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE arrival")
        cursor.execute(_DROP_EARLIER)
        duplicates = cursor.rowcount
        cursor.execute(_NO_LONGER_BY_KEY)
        bound: dict[str, Any] = {
            "list": newsletter.pk,
            "how": how,
            "at": connection.ops.adapt_datetimefield_value(at),
        }
        for first, last in _ranges(cursor):
            with transaction.atomic():
                for sql in (_DECIDE, *_WRITE):
                    cursor.execute(sql, {**bound, "first": first, "last": last})
            if progress:
                progress(min(last, came), came)
        cursor.execute("SELECT fate, COUNT(*) FROM arrival GROUP BY fate")
        fates = dict(cursor.fetchall())
    return Enrolled(
        new=fates.get("new", 0),
        updated=sum(fates.get(fate, 0) for fate in _UPDATED),
        unchanged=fates.get("unchanged", 0),
        unsubscribed=fates.get("unsubscribed", 0),
        suppressed=fates.get("suppressed", 0),
        duplicates=duplicates,
    )


def _one_transaction() -> AbstractContextManager[Any]:
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


@contextmanager
def _waiting_room(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute(_DROP)
    cursor.execute(_CREATE)
    yield
    cursor.execute(_DROP)


def _load(cursor: CursorWrapper, arrivals: Iterable[Arrival]) -> int:
    """Put all rows into the waiting room; return how many came."""
    rows = (
        (a.line, a.address, a.canonical, a.address_key, a.name, a.locale, a.everything, a.interests)
        for a in arrivals
    )
    came = 0
    if connection.vendor == "postgresql":
        copying: Any = cursor  # psycopg's own cursor is beneath; Django's wrapper passes `copy` on to it
        with copying.copy(f"COPY arrival {_COLUMNS} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                came += 1
        return came
    while portion := list(islice(rows, _ROWS_A_STATEMENT)):
        places = ", ".join([_PLACES] * len(portion))
        cursor.execute(
            f"INSERT INTO arrival {_COLUMNS} VALUES {places}", [value for row in portion for value in row]
        )
        came += len(portion)
    return came


def _ranges(cursor: CursorWrapper) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each range."""
    step = _RANGE_POSTGRESQL if connection.vendor == "postgresql" else _RANGE_SQLITE
    cursor.execute("SELECT COALESCE(MIN(line), 1), COALESCE(MAX(line), 0) FROM arrival")
    [(first, last)] = cursor.fetchall()
    for start in range(first, last + 1, step):
        yield start, start + step - 1
