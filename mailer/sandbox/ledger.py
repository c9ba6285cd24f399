"""The ledger: every copy that was accepted, written before the answer, to be compared address by address."""

import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from mailer.sandbox import letters, witness
from mailer.sandbox.store import Store, reader
from mailer.sandbox.witness import Seen

PAGE = 10_000  # copies in one answer of ledger.json
LARGEST_ID = 1 << 62


@dataclass(frozen=True)
class Copy:
    """One copy of one accepted request; `n` counts within the request, `id` over the whole ledger."""

    id: int
    message_id: str
    n: int
    address: str
    custom_args: dict[str, str]
    subject: str
    accepted_at: float  # unix seconds


@dataclass(frozen=True)
class Progress:
    """How far things are; all has happened once `events_waiting` is 0 while `copies` is what was sent.

    A reader who leaves with one click counts as an event here. A request whose lives are not planned yet
    counts in `events_waiting` with one event a copy, the least that each will have. What is planned and
    neither posted nor waiting got lost on the way, as was ordered.
    """

    requests: int
    copies: int
    events_planned: int
    events_posted: int
    events_waiting: int


def accept(store: Store, body: dict[str, Any], raw: bytes, now: float, *, seen: Seen | None = None) -> str:
    """Write a sound request and all its copies in one transaction and return its new X-Message-Id.

    The id is 22 characters of base64url, as the service's are; `now` is in unix seconds. What the witness has
    to say of the request is written with it.
    """
    message_id = secrets.token_urlsafe(16)
    # Compressed before the lock is taken: zlib lets other threads run, the lock does not.
    packed = zlib.compress(raw, 1)
    people = list(_people(body))
    with store.writing() as connection:
        first = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM copy").fetchone()[0]
        request = connection.execute(
            "INSERT INTO request (message_id, accepted_at, first_copy, copies, body) VALUES (?, ?, ?, ?, ?)",
            (message_id, now, first, len(people), packed),
        ).lastrowid
        connection.executemany(
            "INSERT INTO copy (id, request, address, custom_args, subject) VALUES (?, ?, ?, ?, ?)",
            [(first + n, request, *person) for n, person in enumerate(people)],
        )
        if seen:
            witness.insert(connection, replace(seen, message_id=message_id))
    return message_id


def copies(path: Path, after: int = 0, limit: int = -1) -> Iterator[Copy]:
    """Yield the copies with an id above `after`, oldest first; `path` is the sandbox's folder or its file.

    Raises sqlite3.OperationalError where there is no ledger.
    """
    with reader(path) as connection:
        yield from map(
            _copy, connection.execute(f"{_SELECT} WHERE copy.id > ? ORDER BY copy.id LIMIT ?", (after, limit))
        )


def latest(store: Store, before: int, address: str, limit: int) -> list[Copy]:
    """Return copies newest first, below the id `before`, whose address contains `address`."""
    with store.reading() as connection:
        rows = connection.execute(
            f"{_SELECT} WHERE copy.id < ? AND {_CONTAINS} ORDER BY copy.id DESC LIMIT ?",
            (before, address, limit),
        )
        return list(map(_copy, rows))


def bounded(asked: int) -> int:
    """Return the id nearest to `asked` that can be looked for; SQLite's integers have 64 bits."""
    return max(0, min(asked, LARGEST_ID))


def count(store: Store, address: str) -> int:
    """Return how many copies have `address` in their address."""
    with store.reading() as connection:
        found = connection.execute(f"SELECT COUNT(*) FROM copy WHERE {_CONTAINS}", (address,)).fetchone()
    return int(found[0])


def find(store: Store, message_id: str, n: int) -> tuple[Copy, dict[str, Any]] | None:
    """Return a copy and the body of its request, or None where there is none."""
    with store.reading() as connection:
        row = connection.execute(
            f"{_SELECT} WHERE request.message_id = ? AND copy.id = request.first_copy + ?",
            (message_id, n),
        ).fetchone()
        if row is None:
            return None
        return _copy(row), _body(connection, message_id)


def search(
    store: Store, *, message_id: str | None, address: str | None, subject: str | None
) -> Iterator[tuple[Copy, dict[str, Any]]]:
    """Yield copies and the body of their request, the latest first; what is None does not matter."""
    wanted = {"request.message_id": message_id, "copy.address": address, "copy.subject": subject}
    given = {column: value for column, value in wanted.items() if value is not None}
    conditions = " AND ".join(f"{column} = ?" for column in given) or "TRUE"
    last, body = "", dict[str, Any]()
    with store.reading() as connection:
        for row in connection.execute(
            f"{_SELECT} WHERE {conditions} ORDER BY copy.id DESC", tuple(given.values())
        ):
            copy = _copy(row)
            if copy.message_id != last:
                last, body = copy.message_id, _body(connection, copy.message_id)
            yield copy, body


def unpacked(packed: bytes) -> dict[str, Any]:
    """Return the body of a request as it was accepted."""
    body: dict[str, Any] = orjson.loads(zlib.decompress(packed))
    return body


def progress(store: Store) -> Progress:
    """Return how many requests and copies were accepted, and how many events were planned and told."""
    with store.reading() as connection:
        # Together, so that nothing is counted in neither or both while it is being planned.
        requests, people, unplanned, events, waiting, lost = connection.execute(
            """
            SELECT COUNT(*), COALESCE(SUM(copies), 0), COALESCE(SUM(copies) FILTER (WHERE planned = 0), 0),
                (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM event WHERE told_at IS NULL),
                (SELECT COUNT(*) FROM event WHERE told_at = 0)
            FROM request
            """
        ).fetchone()
    return Progress(requests, people, events, events - waiting - lost, waiting + unplanned)


def _body(connection: sqlite3.Connection, message_id: str) -> dict[str, Any]:
    return unpacked(
        connection.execute("SELECT body FROM request WHERE message_id = ?", (message_id,)).fetchone()[0]
    )


_CONTAINS = "instr(lower(copy.address), lower(?)) > 0"
_SELECT = """
SELECT copy.id, request.message_id, copy.id - request.first_copy AS n, copy.address, copy.custom_args,
    copy.subject, request.accepted_at
FROM copy JOIN request ON request.id = copy.request
"""


def _copy(row: sqlite3.Row) -> Copy:
    return Copy(
        id=row["id"],
        message_id=row["message_id"],
        n=row["n"],
        address=row["address"],
        custom_args=orjson.loads(row["custom_args"]),
        subject=row["subject"],
        accepted_at=row["accepted_at"],
    )


def _people(body: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield address, custom_args as JSON, and subject of each copy, in order."""
    known = -1
    arguments = subject = ""
    for each in letters.recipients(body):
        if each.personalization != known:
            known = each.personalization
            arguments = orjson.dumps(letters.arguments(body, known)).decode()
            subject = letters.subject(body, known)
        yield each.address, arguments, subject
