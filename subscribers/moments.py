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

    SQLite keeps text in UTC that does not say so; PostgreSQL's own says it, but where an expression lost it.
    """
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
