"""All that a database and a folder hold, so that two moments can be compared.

Numbers of rows are told by their order, since PostgreSQL does not give a number again that a transaction took
and did not keep.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps

# Columns that name rows without being foreign keys.
_ALSO = {
    ("event", "delivery_ref"): "delivery",
    ("event", "send_ref"): "send",
    ("change", "list_number"): "list",
}
# What a line of the audit log is about, and whose row the number after it is.
_SUBJECT = re.compile(r"(?P<what>user|edition|send) (?P<number>\d+)")
_SUBJECTS = {"user": "desk_user", "edition": "edition", "send": "send"}
# What chance alone makes in the audit log, and what is made of that.
_CHANCE = {
    "change": {"work", "salt", "told", "mark", "blanked", "digest"},
    "change_seal": {"digest"},
    "desk_user": {"password"},
}
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

Row = tuple[str, ...]


@dataclass(frozen=True)
class State:
    """The rows of each table, in the order they came, and what is in each file of the folder."""

    tables: dict[str, tuple[Row, ...]]
    files: dict[str, str]

    def but(self, *tables: str) -> "State":
        """Return the same without these tables."""
        return State({name: rows for name, rows in self.tables.items() if name not in tables}, self.files)

    def differences(self, other: "State") -> list[str]:
        """Return what the other has more or less, for a person to read."""
        found = []
        for name in sorted(self.tables.keys() | other.tables.keys()):
            mine, theirs = self.tables.get(name, ()), other.tables.get(name, ())
            if mine != theirs:
                found += [f"{name}: - {row}" for row in mine if row not in theirs]
                found += [f"{name}: + {row}" for row in theirs if row not in mine]
        for name in sorted(self.files.keys() | other.files.keys()):
            if self.files.get(name) != other.files.get(name):
                found.append(f"file {name}: {self.files.get(name)} -> {other.files.get(name)}")
        return found

    def added(self, other: "State") -> set[str]:
        """Return the tables that have rows in the other which they do not have here, and no others."""
        assert self.files == other.files
        changed = {name for name, rows in self.tables.items() if rows != other.tables[name]}
        for name in changed:
            assert other.tables[name][: len(self.tables[name])] == self.tables[name], f"{name} was altered"
        return changed


def state(database: str, folder: Path) -> State:
    """Return what a database and a folder hold now, once nobody else is at the database any more."""
    with _connected(database) as (vendor, fetch):
        if vendor == "postgresql":
            # The server notices a moment later that a client was killed.
            while fetch(_OTHERS)[0][0]:
                pass
        names = sorted(name for (name,) in fetch(_TABLES[vendor]))
        raw = {name: _rows(fetch, name) for name in names if name != "django_migrations"}
    ranks = {
        name: {row["id"]: place for place, row in enumerate(rows, 1)}
        for name, rows in raw.items()
        if rows and "id" in rows[0]
    }
    tables = {
        name: tuple(tuple(f"{c}={_told(name, c, v, ranks)}" for c, v in row.items()) for row in rows)
        for name, rows in raw.items()
    }
    files = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return State(tables, files)


@contextmanager
def _connected(database: str) -> Iterator[tuple[str, Any]]:
    if "://" in database:
        with psycopg.connect(database, autocommit=True) as server:
            yield "postgresql", lambda sql: server.execute(sql).fetchall()
    else:
        with closing(sqlite3.connect(database, timeout=20)) as file:
            yield "sqlite", lambda sql: file.execute(sql).fetchall()


def _rows(fetch: Any, table: str) -> list[dict[str, Any]]:  # noqa: ANN401 - either database's
    columns = _columns(table)
    if not columns:
        return []
    listed = ", ".join(f'"{column}"' for column in columns)
    return [
        dict(zip(columns, row, strict=True)) for row in fetch(f'SELECT {listed} FROM "{table}" ORDER BY 1, 2')
    ]


@cache
def _columns(table: str) -> tuple[str, ...]:
    """Return a table's columns, its key first; those of Django's own tables are of no interest."""
    model = _models().get(table)
    if model is None:
        return ()
    columns = [field.column for field in model._meta.local_concrete_fields]
    columns = [column for column in columns if column not in _CHANCE.get(table, ())]
    key = model._meta.pk.column
    # Of what only joins two others, the order means nothing.
    return (*(() if model._meta.auto_created else (key,)), *(column for column in columns if column != key))


@cache
def _models() -> dict[str, Any]:
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in {"mailer", "subscribers", "accounts"}
    }


@cache
def _names(table: str, column: str) -> str:
    """Return the table whose rows a column names, or nothing."""
    if (table, column) in _ALSO:
        return _ALSO[table, column]
    for field in _models()[table]._meta.local_concrete_fields:
        if field.column == column:
            if field.primary_key:
                return table
            return field.related_model._meta.db_table if field.related_model else ""
    return ""


def _told(table: str, column: str, value: Any, ranks: dict[str, dict[Any, int]]) -> str:  # noqa: ANN401 - any column's
    named = ranks.get(_names(table, column), {})
    if value in named if isinstance(value, int) else False:
        return f"#{named[value]}"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if (table, column) == ("change", "subject") and (about := _SUBJECT.fullmatch(value)):
        rank = ranks.get(_SUBJECTS[about["what"]], {}).get(int(about["number"]))
        return f"{about['what']} #{rank}"
    return str(value)
