"""The witness: each request to send with what was done with it, each post of events with what was answered.

A fault suite compares with it: what was accepted, whatever was answered, and what was asked again.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from mailer.sandbox.store import Store, reader


@dataclass(frozen=True)
class Seen:
    """One request to send. `status` is None where no answer could be read; times in unix seconds.

    `conduct` is a Kind of misbehaving, or `poisoned`, or `client-gone` where the body was cut short.
    `accepted` says whether its copies are in the ledger under `message_id`; `mute`, that their events are
    never told.
    """

    ordinal: int
    at: float
    attempt: str
    personalizations: int
    conduct: str
    accepted: bool
    status: int | None
    message_id: str | None = None
    mute: bool = False


@dataclass(frozen=True)
class Post:
    """One post of events: `manner` is told, early, strange, forged, foreign or replayed.

    `status` is what the product answered, 0 where it did not.
    """

    id: int
    at: float
    manner: str
    events: int
    status: int


def record(store: Store, seen: Seen) -> None:
    """Write a request that was not accepted; those that were are written with their copies."""
    with store.writing() as connection:
        insert(connection, seen)


def insert(connection: sqlite3.Connection, seen: Seen) -> None:
    """Write a request in the transaction of `connection`."""
    connection.execute(
        "INSERT INTO seen"
        " (ordinal, at, attempt, personalizations, conduct, accepted, status, message_id, mute) VALUES"
        " (:ordinal, :at, :attempt, :personalizations, :conduct, :accepted, :status, :message_id, :mute)",
        asdict(seen),
    )


def requests(path: Path, after: int = 0, limit: int = -1) -> Iterator[Seen]:
    """Yield the requests numbered above `after`; `path` is the sandbox's folder or its file.

    In order of their numbers, which are given as they arrive, from 1. Raises sqlite3.OperationalError where
    there is none.
    """
    with reader(path) as connection:
        for row in connection.execute(
            "SELECT * FROM seen WHERE ordinal > ? ORDER BY ordinal LIMIT ?", (after, limit)
        ):
            values = dict(row)
            yield Seen(**values | {"accepted": bool(row["accepted"]), "mute": bool(row["mute"])})


def last(store: Store) -> int:
    """Return the highest number given to a request so far, 0 where there was none."""
    with store.reading() as connection:
        return int(connection.execute("SELECT COALESCE(MAX(ordinal), 0) FROM seen").fetchone()[0])


def stray(store: Store, now: float, method: str) -> None:
    """Write that someone followed a redirect."""
    with store.writing() as connection:
        connection.execute("INSERT INTO stray (at, method) VALUES (?, ?)", (now, method))


def strays(path: Path) -> int:
    """Return how many requests followed a redirect; a sender that keeps the rules never does."""
    with reader(path) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM stray").fetchone()[0])


def posted(store: Store, now: float, manner: str, events: int, status: int) -> None:
    """Write what was posted to the webhook and answered."""
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO post (at, manner, events, status) VALUES (?, ?, ?, ?)", (now, manner, events, status)
        )


def posts(path: Path, after: int = 0, limit: int = -1) -> Iterator[Post]:
    """Yield the posts with an id above `after`, oldest first; `path` is the sandbox's folder or its file."""
    with reader(path) as connection:
        for row in connection.execute("SELECT * FROM post WHERE id > ? ORDER BY id LIMIT ?", (after, limit)):
            yield Post(**dict(row))
