"""Rows into tables: COPY on PostgreSQL, many rows a statement on SQLite; the caller holds the transaction."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection

from mailer.database import execute, fetch, is_postgresql
from mailer.seeding.standing import Row

COLUMNS = {
    "subscriber": (
        "id, address, canonical, address_key, name, locale, text_only, tracked, attributes, created_at"
    ),
    "subscription": (
        "subscriber_id, list_id, status, everything, interests, paused_until, since, changed_at"
    ),
    "consent": "subscriber_id, list_id, action, at, how, wording, network, detail",
    "suppression": "address_key, list_id, reason, source, at, lifted_because",
}
# SQLite takes at most 32,766 values a statement.
_ROWS_A_STATEMENT = 1_000


def store(table: str, rows: Iterable[Row]) -> None:
    """Add rows to a table, each as long as its columns; ids that are not given come from its sequence."""
    columns = COLUMNS[table]
    if is_postgresql():
        with connection.cursor() as cursor:
            copying: Any = cursor  # psycopg's own cursor is beneath; Django's wrapper passes `copy` on to it
            with copying.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(columns.split(",")))
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while portion := list(islice(waiting, _ROWS_A_STATEMENT)):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", portion)


def reserve(count: int) -> int:
    """Take `count` ids of subscribers out of their sequence, so that nobody gets one; return the first."""
    if is_postgresql():
        with connection.cursor() as cursor:
            # An insert that is under way has taken its id already; the next one waits.
            cursor.execute("LOCK TABLE subscriber IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SELECT nextval(pg_get_serial_sequence('subscriber', 'id'))")
            [(first,)] = cursor.fetchall()
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('subscriber', 'id'), %s)", [first + count - 1]
            )
        return int(first)
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'")
        [(last,)] = cursor.fetchall() or [(0,)]
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'subscriber'")
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('subscriber', %s)", [last + count])
    return int(last) + 1


def last_stored(first: int, count: int) -> int:
    """Return the highest of the reserved ids that is in use, or the one before the first."""
    [(last,)] = fetch(
        "SELECT coalesce(max(id), %s) FROM subscriber WHERE id BETWEEN %s AND %s",
        [first - 1, first, first + count - 1],
    )
    return int(last)


def analyze(*tables: str) -> None:
    """Let PostgreSQL count what was added, so that it plans for that; SQLite plans without."""
    if is_postgresql():
        execute(f"ANALYZE {', '.join(tables)}")
