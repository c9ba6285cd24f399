"""A sandbox over loopback whose suppression lists are in a test's hands."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.life import BRISK
from mailer.sandbox.store import FILE
from tests.provider import provider, says

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(
    hours=1
)  # the sandbox has a clock of its own
THEN = NOW - dt.timedelta(days=30)


class SendGridLists:
    """Its address, and a way to put people into its lists."""

    def __init__(self, url: str, file: Path) -> None:
        self.url, self._file = url, file

    def put(
        self, name: str, *addresses: str, at: dt.datetime = THEN, reason: str = "", status: str = ""
    ) -> None:
        rows = [(address, name, int(at.timestamp()), reason, status) for address in addresses]
        with closing(sqlite3.connect(self._file, timeout=20)) as connection, connection:
            connection.executemany("INSERT INTO suppression VALUES (?, ?, ?, ?, ?)", rows)


@contextmanager
def sendgrid_lists(folder: Path) -> Iterator[SendGridLists]:
    """Run a sandbox in `folder` that tells its events to somebody who does nothing with them."""
    manner = Manner(pace=BRISK)
    with (
        provider(says(200)) as product,
        Sandbox(folder, host="127.0.0.1", port=0, webhook_url=product.url, manner=manner) as sandbox,
    ):
        yield SendGridLists(sandbox.url, folder / FILE)
