"""The sandbox's own database: one SQLite file, apart from the product's."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FILE = "sandbox.sqlite3"

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    accepted_at REAL NOT NULL,     -- unix seconds
    first_copy INTEGER NOT NULL,   -- its copies are numbered from here, without a gap
    copies INTEGER NOT NULL,
    body BLOB NOT NULL,            -- as it arrived, zlib
    planned INTEGER NOT NULL DEFAULT 0
);
-- What the deliverer asks: whose life is not planned yet?
CREATE INDEX IF NOT EXISTS request_unplanned ON request (id) WHERE planned = 0;
CREATE TABLE IF NOT EXISTS copy (
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES request (id),
    address TEXT NOT NULL,
    custom_args TEXT NOT NULL,     -- JSON
    subject TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY,
    copy INTEGER NOT NULL REFERENCES copy (id),
    ordinal INTEGER NOT NULL,      -- within its copy's life; told twice, it is the same
    kind TEXT NOT NULL,            -- SendGrid's event value, or one-click
    happened_at INTEGER NOT NULL,  -- unix seconds, as told
    due_at REAL NOT NULL,          -- unix seconds, when it is to be told
    details TEXT NOT NULL,         -- JSON: what this kind of event says besides
    bare INTEGER NOT NULL,         -- 1: told without our ids, as late bounces are
    told_at REAL                   -- unix seconds; 0: it is never told, for it got lost on the way
);
-- What the deliverer asks: what is due and not told?
CREATE INDEX IF NOT EXISTS event_due ON event (due_at) WHERE told_at IS NULL;
-- What the inbox asks: what happened to this copy?
CREATE INDEX IF NOT EXISTS event_of_copy ON event (copy);
CREATE TABLE IF NOT EXISTS suppression (
    address TEXT NOT NULL,         -- in small letters
    list TEXT NOT NULL,            -- as the API calls it: bounces, blocks, ...
    created INTEGER NOT NULL,      -- unix seconds; until then it is not there
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (address, list)
);
-- What the API is asked: who came into this list within a time?
CREATE INDEX IF NOT EXISTS suppression_of_list ON suppression (list, created);
CREATE TABLE IF NOT EXISTS seen (
    ordinal INTEGER PRIMARY KEY,   -- of all requests to send, as they arrived
    at REAL NOT NULL,              -- unix seconds
    attempt TEXT NOT NULL,         -- custom_args nl_attempt; '' where the body told none
    personalizations INTEGER NOT NULL,
    conduct TEXT NOT NULL,         -- what was planned for it
    accepted INTEGER NOT NULL,     -- 1: in the same transaction as its copies
    status INTEGER,                -- of the answer; NULL: none that could be read
    message_id TEXT,               -- of what was accepted
    mute INTEGER NOT NULL          -- 1: its events happen and are never told
);
-- What the deliverer asks: is this request mute?
CREATE INDEX IF NOT EXISTS seen_accepted ON seen (message_id) WHERE message_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS stray (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,              -- unix seconds
    method TEXT NOT NULL           -- of a request that followed a redirect
);
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,              -- unix seconds
    manner TEXT NOT NULL,          -- told, early, strange, forged, foreign or replayed
    events INTEGER NOT NULL,
    status INTEGER NOT NULL        -- of the product's answer; 0: none
);
"""


class Store:
    """The database of one folder: one connection that writes, one for each reader."""

    def __init__(self, folder: Path) -> None:
        """Open the database in `folder`, making both where they are missing."""
        private(folder)
        self.path = folder / FILE
        self._lock = threading.Lock()
        # Guarded by the lock, so any thread may use it.
        self._writer = sqlite3.connect(self.path, timeout=20, isolation_level=None, check_same_thread=False)
        # What was committed survives kill -9 of the sandbox; only a power cut could take the last of it,
        # and no rehearsal outlives one. So NORMAL: a commit need not wait for the disk.
        self._writer.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold one transaction: committed at the end, rolled back on any exception."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold a connection that cannot write."""
        with reader(self.path) as connection:
            yield connection

    def close(self) -> None:
        """Close the writing connection."""
        with self._lock:
            self._writer.close()


def private(folder: Path) -> None:
    """Make `folder` such that only its owner may enter, for it holds addresses; narrow it if it exists."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


@contextmanager
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database at `path` (its file or its folder) for reading; any process may."""
    file = path / FILE if path.is_dir() else path
    address = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection
