"""Events still to be told, kept in the sandbox's database until the product has answered 2xx."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from mailer.sandbox import ledger, suppressions
from mailer.sandbox.events import DueEvent
from mailer.sandbox.life import PlannedEvent
from mailer.sandbox.store import Store

NEVER = 0.0  # told_at of what gets lost on the way


@dataclass(frozen=True)
class UnplannedRequest:
    """An accepted request whose copies have no future yet; `accepted_at` in unix seconds.

    When it is `mute`, all will happen and nothing will be told.
    """

    id: int
    first_copy: int
    accepted_at: float
    body: dict[str, object]
    mute: bool = False


@dataclass(frozen=True)
class Happening:
    """What happened to a copy, for a person to read; times in unix seconds, `told_at` None until then."""

    kind: str
    happened_at: int
    details: dict[str, object]
    told_at: float | None


def next_unplanned(store: Store, message_id: str = "") -> UnplannedRequest | None:
    """Return the oldest request that has no events yet, or the one of that id if it has none."""
    wanted, values = ("AND request.message_id = ?", (message_id,)) if message_id else ("", ())
    with store.reading() as connection:
        row = connection.execute(f"{_UNPLANNED} {wanted} ORDER BY id LIMIT 1", values).fetchone()
    if row is None:
        return None
    return UnplannedRequest(
        row["id"], row["first_copy"], row["accepted_at"], ledger.unpacked(row["body"]), bool(row["mute"])
    )


def plan(store: Store, request: UnplannedRequest, lives: Sequence[Sequence[PlannedEvent]]) -> None:
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
            NEVER if event.lost or request.mute else None,
        )
        for n, life in enumerate(lives)
        for event in life
    ]
    with store.writing() as connection:
        # Whoever changes the row plans it; a second deliverer would find it planned.
        won = connection.execute("UPDATE request SET planned = 1 WHERE id = ? AND planned = 0", (request.id,))
        if won.rowcount:
            connection.executemany(
                "INSERT INTO event (copy, ordinal, kind, happened_at, due_at, details, bare, told_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            suppressions.note(connection, request.first_copy, lives)


def due(store: Store, now: float, limit: int) -> list[DueEvent]:
    """Return what is due and not told, readers who leave among it, in the order it is to be told."""
    with store.reading() as connection:
        return [DueEvent(*row) for row in connection.execute(_DUE, (now, limit))]


def first_words(store: Store, message_id: str) -> list[DueEvent]:
    """Return what can be told of a request while it is not even answered, due or not."""
    with store.reading() as connection:
        return [DueEvent(*row) for row in connection.execute(_FIRST, (message_id,))]


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


_UNPLANNED = """
SELECT request.id, first_copy, accepted_at, body, COALESCE(seen.mute, 0) AS mute
FROM request LEFT JOIN seen ON seen.message_id = request.message_id WHERE planned = 0
"""

_EVENTS = """
SELECT event.id, event.kind, event.ordinal, event.happened_at, event.details, event.bare, request.message_id,
    copy.id - request.first_copy AS n, copy.address, copy.custom_args
FROM event JOIN copy ON copy.id = event.copy JOIN request ON request.id = copy.request
"""
_DUE = f"{_EVENTS} WHERE event.told_at IS NULL AND event.due_at <= ? ORDER BY event.due_at LIMIT ?"
_FIRST = f"""
{_EVENTS} WHERE event.told_at IS NULL AND request.message_id = ? AND event.kind IN ('processed', 'dropped')
    AND copy.id >= request.first_copy AND copy.id < request.first_copy + request.copies
ORDER BY event.id
"""

_HAPPENED = """
SELECT kind, happened_at, details, MIN(told_at) AS told_at FROM event
WHERE copy = ? AND due_at <= ? GROUP BY ordinal ORDER BY ordinal
"""


def _happening(row: sqlite3.Row) -> Happening:
    return Happening(row["kind"], row["happened_at"], orjson.loads(row["details"]), row["told_at"])
