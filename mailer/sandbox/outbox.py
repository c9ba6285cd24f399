"""Events still to be told, kept in the sandbox's database until the product has answered 2xx."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from mailer.sandbox import ledger
from mailer.sandbox.events import DueEvent
from mailer.sandbox.life import PlannedEvent
from mailer.sandbox.store import Store


@dataclass(frozen=True)
class UnplannedRequest:
    """An accepted request whose copies have no future yet; `accepted_at` in unix seconds."""

    id: int
    first_copy: int
    accepted_at: float
    body: dict[str, object]


@dataclass(frozen=True)
class Happening:
    """What happened to a copy, for a person to read; times in unix seconds, `told_at` None until then."""

    kind: str
    happened_at: int
    details: dict[str, object]
    told_at: float | None


def next_unplanned(store: Store) -> UnplannedRequest | None:
    """Return the oldest request that has no events yet."""
    with store.reading() as connection:
        row = connection.execute(
            "SELECT id, first_copy, accepted_at, body FROM request WHERE planned = 0 ORDER BY id LIMIT 1"
        ).fetchone()
    if row is None:
        return None
    return UnplannedRequest(row["id"], row["first_copy"], row["accepted_at"], ledger.unpacked(row["body"]))


def plan(store: Store, request: UnplannedRequest, lives: Iterable[Sequence[PlannedEvent]]) -> None:
    """Write the lives of a request's copies, in their order, in one transaction; once only."""
    rows = [
        (
            request.first_copy + n,
            event.ordinal,
            event.kind,
            event.happened_at,
            event.due_at,
            orjson.dumps(event.details).decode(),
            event.bare,
        )
        for n, life in enumerate(lives)
        for event in life
    ]
    with store.writing() as connection:
        # Whoever changes the row plans it; a second deliverer would find it planned.
        won = connection.execute("UPDATE request SET planned = 1 WHERE id = ? AND planned = 0", (request.id,))
        if won.rowcount:
            connection.executemany(
                "INSERT INTO event (copy, ordinal, kind, happened_at, due_at, details, bare)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )


def due(store: Store, now: float, limit: int) -> list[DueEvent]:
    """Return what is due and not told, readers who leave among it, in the order it is to be told."""
    with store.reading() as connection:
        return [DueEvent(*row) for row in connection.execute(_DUE, (now, limit))]


def next_due(store: Store) -> float | None:
    """Return when the next event is due, in unix seconds, or None where none waits."""
    with store.reading() as connection:
        found: float | None = connection.execute(
            "SELECT MIN(due_at) FROM event WHERE told_at IS NULL"
        ).fetchone()[0]
    return found


def mark_told(store: Store, events: Iterable[DueEvent], now: float) -> None:
    """Write that these were told, so that they are not told again."""
    with store.writing() as connection:
        connection.executemany(
            "UPDATE event SET told_at = ? WHERE id = ?", ((now, each.id) for each in events)
        )


def postpone(store: Store, event: DueEvent, until: float) -> None:
    """Have this tried again at `until`, in unix seconds."""
    with store.writing() as connection:
        connection.execute("UPDATE event SET due_at = ? WHERE id = ?", (until, event.id))


def forget(store: Store, event: DueEvent) -> None:
    """Take away what, in the end, did not happen."""
    with store.writing() as connection:
        connection.execute("DELETE FROM event WHERE id = ?", (event.id,))


def happened(store: Store, copies: Iterable[int], now: float) -> dict[int, list[Happening]]:
    """Return by copy what has happened to it by now, in order, each event once however often it is told."""
    with store.reading() as connection:
        return {copy: list(map(_happening, connection.execute(_HAPPENED, (copy, now)))) for copy in copies}


_DUE = """
SELECT event.id, event.kind, event.ordinal, event.happened_at, event.details, event.bare, request.message_id,
    copy.id - request.first_copy AS n, copy.address, copy.custom_args
FROM event JOIN copy ON copy.id = event.copy JOIN request ON request.id = copy.request
WHERE event.told_at IS NULL AND event.due_at <= ? ORDER BY event.due_at LIMIT ?
"""

_HAPPENED = """
SELECT kind, happened_at, details, MIN(told_at) AS told_at FROM event
WHERE copy = ? AND due_at <= ? GROUP BY ordinal ORDER BY ordinal
"""


def _happening(row: sqlite3.Row) -> Happening:
    return Happening(row["kind"], row["happened_at"], orjson.loads(row["details"]), row["told_at"])
