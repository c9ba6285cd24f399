"""Put people on a list, one or a million: everything is looked at first, then written in bulk.

Rows wait in a temporary table of this connection, so that the whole source has been read, and found sound,
before the first lasting row is written. Then SQL decides each row's fate and writes by ranges of lines: on
PostgreSQL all in one transaction; on SQLite each range in its own, since all others wait for its one lock.
A run that is killed between two ranges is simply repeated: what is already so is left as it is.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from subscribers import enrolling_sql as sql
from subscribers import evidence
from subscribers.interests import EVERYTHING, Interests
from subscribers.models import List

Progress = Callable[[int, int], None]  # rows done, rows in all

# SQLite's lock is held for one range, some tens of milliseconds.
_RANGE_SQLITE = 5_000
_RANGE_POSTGRESQL = 100_000
_ROWS_A_STATEMENT = 1_000


class Standing(StrEnum):
    """How a source says that somebody stands; a status or a suppression has the same word here."""

    ACTIVE = "active"
    # asked for, not yet confirmed: a stated consent is not theirs
    PENDING = "pending"
    PAUSED = "paused"
    # have left, or must not be written to: never put on the list, and outweigh other rows for the address
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by_hand"
    # known there for other reasons, never having agreed
    OUTSIDER = "outsider"


# Which of several rows for one address counts: the highest, and of these the last.
_RANK = {standing.value: 1 for standing in Standing} | {
    Standing.OUTSIDER.value: 0,
    Standing.UNSUBSCRIBED.value: 2,
    Standing.BOUNCED.value: 2,
    Standing.COMPLAINED.value: 2,
    Standing.BY_HAND.value: 2,
}


class Arrival(NamedTuple):
    """One person to be put on a list; what is None is not stated, and stays as it was.

    A tuple, since a million of them are made in one import, and are rows already.
    """

    line: int
    address: str
    canonical: str
    address_key: str
    name: str = ""
    locale: str = ""
    everything: bool | None = None
    interests: int | None = None
    standing: str = Standing.ACTIVE.value
    how: str | None = None  # where and how this person agreed
    agreed_at: dt.datetime | None = None
    since: dt.datetime | None = None
    ended_at: dt.datetime | None = None  # when they left, bounced or complained
    attributes: str | None = None  # a JSON object, to be laid over what is there
    text_only: bool | None = None
    tracked: bool | None = None  # False turns it off; nothing but the person turns it on again
    paused_until: dt.datetime | None = None  # of who is paused


@dataclass(frozen=True)
class Enrolled:
    """What became of the rows; together they are all that came."""

    new: int = 0
    # already on the list; now with other interests, another name, or confirmed
    updated: int = 0
    unchanged: int = 0
    # left alone, since only they themselves can come back
    unsubscribed: int = 0
    # left alone: bounced, complained, erased, or suppressed by hand
    suppressed: int = 0
    # the same address in another row, which counts
    duplicates: int = 0
    # the source says that they left or must not be written to, and now it stands here too
    ended: int = 0
    # left alone: the source itself says that they never subscribed
    outsiders: int = 0

    @property
    def left_alone(self) -> int:
        """Return how many people were not written to the list because they must not be."""
        return self.unsubscribed + self.suppressed + self.outsiders

    @classmethod
    def counted(cls, fates: Counter[str], duplicates: int) -> "Enrolled":
        """Return what the fates of all rows come to."""
        return cls(
            new=fates["new"],
            updated=fates["confirmed"] + fates["changed"] + fates["renamed"],
            unchanged=fates["unchanged"],
            unsubscribed=fates["unsubscribed"],
            suppressed=fates["suppressed"],
            duplicates=duplicates,
            ended=fates["left"] + fates["gone"] + fates["barred"],
            outsiders=fates["outsider"],
        )


def enrol(
    newsletter: List,
    arrivals: Iterable[Arrival],
    *,
    how: str,
    at: dt.datetime,
    source: str = "",
    alone: bool = False,
    dry_run: bool = False,
    wrote: Callable[[Enrolled], None] | None = None,
    progress: Progress | None = None,
) -> Enrolled:
    """Put people on a list with the consent described in `how`; return what became of each.

    Who is on it stays and gets what the row states; who left or is suppressed is never revived; of several
    rows for one address the last counts, unless another says that they left. Whoever the source says has left
    is taken off the list and suppressed on it, with `source` as the evidence; news of that older than a
    consent recorded here, or than a suppression's lift, changes nothing. Whoever bounced or complained is
    suppressed on this list, and not stored if unknown.
    If `arrivals` raises, nothing has been written. `alone` waits for others who do this to the same list.
    `wrote` is called within each transaction that writes, with what all of them came to so far. A dry run
    only counts.
    """
    fates: Counter[str] = Counter()
    enrolled = Enrolled()
    with _one_transaction(), closing(connection.cursor()) as cursor, _waiting_room(cursor):
        came = _load(cursor, arrivals)
        duplicates = _only_what_counts(cursor)
        if alone and not dry_run and connection.vendor == "postgresql":
            # On SQLite each range has the one lock there is.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('enrol'), %s)", [newsletter.pk])
        bound: dict[str, Any] = {
            "list": newsletter.pk,
            "how": how,
            "source": source or how,
            "at": connection.ops.adapt_datetimefield_value(at),
        }
        for first, last in _ranges(cursor):
            within = {**bound, "first": first, "last": last}
            with transaction.atomic():
                cursor.execute(_dialect(sql.DECIDE), within)
                if not dry_run:
                    _tell_changes(cursor, newsletter, within)
                    for statement in sql.WRITE:
                        cursor.execute(_dialect(statement), within)
                cursor.execute(sql.COUNT, within)
                fates.update(dict(cursor.fetchall()))
                enrolled = Enrolled.counted(fates, duplicates)
                if wrote and not dry_run:
                    wrote(enrolled)
            if progress:
                progress(min(last, came), came)
        if not fates and wrote and not dry_run:
            wrote(enrolled)
    return enrolled


def _dialect(statement: str) -> str:
    return statement.format(**(sql.POSTGRESQL if connection.vendor == "postgresql" else sql.SQLITE))


def _one_transaction() -> AbstractContextManager[Any]:
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


@contextmanager
def _waiting_room(cursor: CursorWrapper) -> Iterator[None]:
    if connection.vendor == "sqlite":
        connection.connection.create_function("laid_over", 2, _laid_over, deterministic=True)
    cursor.execute(sql.DROP)
    cursor.execute(_dialect(sql.CREATE))
    yield
    cursor.execute(sql.DROP)


def _laid_over(there: str | None, news: str | None) -> str | None:
    """Return attributes as PostgreSQL's || has them; what is the same stays as it is written."""
    if there is None or news is None:
        return None
    old = json.loads(there)
    new = {**old, **json.loads(news)}
    return there if new == old else json.dumps(new)


def _load(cursor: CursorWrapper, arrivals: Iterable[Arrival]) -> int:
    """Put all rows into the waiting room; return how many came."""
    came = 0
    if connection.vendor == "postgresql":
        copying: Any = cursor  # psycopg's own cursor is beneath; Django's wrapper passes `copy` on to it
        with copying.copy(f"COPY arrival {sql.COLUMNS} FROM STDIN") as copy:
            for arrival in arrivals:
                copy.write_row((*arrival, _RANK[arrival.standing]))
                came += 1
        return came
    moment = connection.ops.adapt_datetimefield_value
    rows = (
        tuple(moment(value) if isinstance(value, dt.datetime) else value for value in (*a, _RANK[a.standing]))
        for a in arrivals
    )
    while portion := list(islice(rows, _ROWS_A_STATEMENT)):
        places = ", ".join([sql.PLACES] * len(portion))
        cursor.execute(
            f"INSERT INTO arrival {sql.COLUMNS} VALUES {places}", [value for row in portion for value in row]
        )
        came += len(portion)
    return came


def _only_what_counts(cursor: CursorWrapper) -> int:
    """Leave one row for each address; return how many went."""
    cursor.execute(sql.BY_KEY)
    if connection.vendor == "postgresql":
        cursor.execute("ANALYZE arrival")
    cursor.execute(sql.DROP_OUTWEIGHED)
    duplicates: int = cursor.rowcount
    cursor.execute(sql.NO_LONGER_BY_KEY)
    return duplicates


def _tell_changes(cursor: CursorWrapper, newsletter: List, within: Mapping[str, Any]) -> None:
    """Note in each row that changes interests which they were and become: what the evidence says of it."""
    cursor.execute(sql.CHANGES, within)
    pairs = cursor.fetchall()
    if not pairs:
        return
    interests = Interests.of(newsletter)
    for start in range(0, len(pairs), _ROWS_A_STATEMENT):
        told: dict[str, Any] = {}
        rows = []
        for number, (all_before, before, all_after, after) in enumerate(
            pairs[start : start + _ROWS_A_STATEMENT]
        ):
            detail = evidence.detail(
                {"interests": _chosen(interests, all_after, after)},
                {"interests": _chosen(interests, all_before, before)},
            )
            names = [f"told_{number}_{place}" for place in range(5)]
            told |= zip(names, (all_before, before, all_after, after, json.dumps(detail)), strict=True)
            rows.append(f"({', '.join(f'%({name})s' for name in names)})")
        cursor.execute(sql.TELL.format(told=", ".join(rows)), {**within, **told})


def _chosen(interests: Interests, everything: bool, bits: int) -> str | list[str]:  # noqa: FBT001 - as rows have it
    return EVERYTHING if everything else sorted(interests.slugs(bits))


def _ranges(cursor: CursorWrapper) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each range."""
    step = _RANGE_POSTGRESQL if connection.vendor == "postgresql" else _RANGE_SQLITE
    cursor.execute("SELECT COALESCE(MIN(line), 1), COALESCE(MAX(line), 0) FROM arrival")
    [(first, last)] = cursor.fetchall()
    for start in range(first, last + 1, step):
        yield start, start + step - 1
