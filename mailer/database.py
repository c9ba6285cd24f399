"""The few things the two databases do differently, in one place, and SQL as named statements.

Everything else is the same SQL on both. Instants travel as text in UTC: PostgreSQL reads it as such
(the session's zone is UTC), and SQLite stores and compares it as Django writes it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence, Sized
from typing import Any

from django.db import connection

Parameters = Sequence[Any] | dict[str, Any]
Row = tuple[Any, ...]

_ROWS = 500  # of one INSERT


def is_postgresql() -> bool:
    """Return whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


def instant(moment: dt.datetime) -> str:
    """Return an aware moment as both databases write it."""
    return str(moment.astimezone(dt.UTC).replace(tzinfo=None))


def marks(values: Sized) -> str:
    """Return a mark for each value, to stand between the parentheses of IN."""
    return ",".join(["%s"] * len(values))


def execute(sql: str, parameters: Parameters = ()) -> int:
    """Run one statement; return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        changed: int = cursor.rowcount
    return changed


def execute_many(sql: str, rows: Iterable[Row]) -> None:
    """Run one statement for each of `rows`."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def insert_many(sql: str, rows: Sequence[Row]) -> None:
    """Run one INSERT of many rows, whose values go where it says `{values}`, so many at once.

    On PostgreSQL that is several times as quick as a statement for each.
    """
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        values = ",".join([f"({marks(some[0])})"] * len(some))
        execute(sql.format(values=values), [value for row in some for value in row])


def fetch(sql: str, parameters: Parameters = ()) -> list[Row]:
    """Run one query; return its rows as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Row] = cursor.fetchall()
    return rows


def durably() -> None:
    """Make the transaction that has just begun outlive a power cut once it is committed.

    SQLite is set to it for all.
    """
    if is_postgresql():
        execute("SET LOCAL synchronous_commit = on")


def one_snapshot() -> None:
    """Make the transaction that has just begun see one state of the whole database.

    SQLite's IMMEDIATE transactions are alone anyway.
    """
    if is_postgresql():
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # To compile statements that run once takes longer than to run them.
        execute("SET LOCAL jit = off")


def hour_of(column: str) -> str:
    """Return the expression for the hour of an instant, counted from 1970 in UTC."""
    if is_postgresql():
        return f"CAST(floor(extract(epoch FROM {column}) / 3600) AS bigint)"
    return f"CAST(strftime('%%s', {column}) AS INTEGER) / 3600"


def locking(strength: str) -> str:
    """Return the row lock to put after a SELECT; SQLite's IMMEDIATE transaction is one already."""
    return f" FOR {strength}" if is_postgresql() else ""
