"""Instants as raw SQL takes and gives them on both databases."""

import datetime as dt
from typing import cast

from django.db import connection


def bound(moment: dt.datetime) -> str | dt.datetime:
    """Return an aware moment as a parameter of raw SQL."""
    # What the stubs say of it is true of SQLite only.
    return cast("str | dt.datetime", connection.ops.adapt_datetimefield_value(moment))


def read(value: str | dt.datetime) -> dt.datetime:
    """Return the aware moment, in UTC, that raw SQL answered with.

    SQLite keeps text in UTC that does not say so; PostgreSQL's own text says it.
    """
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    return value.astimezone(dt.UTC)
