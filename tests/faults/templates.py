"""A migrated database with a list, its readers and an edition, from which each run begins."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from subscribers.addresses import address_key, parse
from subscribers.suppressions import suppress
from subscribers.vocabulary import Status, Suppressed
from tests import stage
from tests.faults.processes import fork
from tests.faults.product import Place

SIZES = (30, 60, 120)
CHOICES = ((), ("china",), ("africa", "russia"), ("south-asia",), ("russia",), ("china", "africa"))


class Templates:
    """One template for each number of readers; made once, by a child, so that this process never connects."""

    def __init__(self, folder: Path, *, postgresql: str) -> None:
        """Keep them in `folder`, or on the server at `postgresql`."""
        self._folder, self._server = folder, postgresql
        self._made: set[int] = set()

    @contextlib.contextmanager
    def copy(self, readers: int, folder: Path, name: str) -> Iterator[Place]:
        """Yield a fresh copy of the template for so many readers; it goes at the end."""
        self._make(readers)
        if not self._server:
            database = folder / "mailer.sqlite3"
            shutil.copyfile(self._folder / f"{readers}.sqlite3", database)
            yield Place(folder, str(database))
            return
        self._execute(f"CREATE DATABASE {name} TEMPLATE template_{os.getpid()}_{readers}")
        try:
            yield Place(folder, name)
        finally:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make(self, readers: int) -> None:
        if readers in self._made:
            return
        if self._server:
            self._execute(f"DROP DATABASE IF EXISTS template_{os.getpid()}_{readers} WITH (FORCE)")
            self._execute(f"CREATE DATABASE template_{os.getpid()}_{readers}")
            database = f"template_{os.getpid()}_{readers}"
        else:
            database = str(self._folder / f"{readers}.sqlite3")
        child = fork(lambda: _fill(database, readers), str(readers))
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError("the template could not be made; its traceback is above")
        self._made.add(readers)

    def _execute(self, statement: str) -> None:
        # A server that recovers from a crash refuses for a moment.
        for _ in range(200):
            try:
                with psycopg.connect(self._server, autocommit=True) as server:
                    server.execute(statement)
            except psycopg.OperationalError:
                os.waitpid(fork(lambda: None, ""), 0)
                continue
            return
        raise RuntimeError(f"PostgreSQL did not do it: {statement}")


def _fill(database: str, readers: int) -> None:
    connections.databases["default"]["NAME"] = database
    call_command("migrate", verbosity=0)
    owner = stage.a_list()
    for n in range(readers):
        stage.a_reader(
            owner,
            f"reader{n}@x{n % 5}.example",
            CHOICES[n % len(CHOICES)],
            text_only=n % 11 == 5,
            tracked=n % 7 != 3,
            name=f"Reader {n}" if n % 2 else "",
        )
    for n, status in enumerate((Status.PENDING, Status.PENDING, Status.PAUSED, Status.UNSUBSCRIBED)):
        stage.a_reader(owner, f"other{n}@y.example", status=status)
    for n in range(2):
        stage.a_reader(owner, f"gone{n}@z.example")
        suppress(
            address_key(parse(f"gone{n}@z.example").canonical), Suppressed.BOUNCED, "long ago", stage.NOW
        )
    stage.an_edition(owner)
    connection.close()
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(database)) as whole:
            whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            whole.execute("PRAGMA journal_mode=DELETE")
