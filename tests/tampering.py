"""A stranger with every right on the database, and without the key: what the audit log is checked against."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

GUARDS = import_module("subscribers.migrations.0004_changes_chained")


@contextmanager
def unguarded() -> Iterator[None]:
    """Let the audit log be altered meanwhile, as whoever owns the database can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute(GUARDS.NO_GUARDS["sqlite"][0])
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
            else:
                cursor.execute(GUARDS.GUARDS["sqlite"][0])


def tamper(*statements: str) -> None:
    """Run these statements as that stranger."""
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
