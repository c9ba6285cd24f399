"""Give the readers of an interest another, everything, or what else they chose: all of them, in bulk.

Each has a record of it in the transaction that does it: on PostgreSQL one for all of them; on SQLite so many
at a time, since all others wait for its one lock. What was done is not found again, so a run that was killed
is simply repeated.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from subscribers import evidence, moments
from subscribers.curating import InterestError
from subscribers.interests import EVERYTHING, Interests
from subscribers.models import Interest, List

# SQLite's lock is held for one portion, some tens of milliseconds.
PORTION_SQLITE = 5_000
_PORTION_POSTGRESQL = 100_000


@dataclass(frozen=True)
class Readers:
    """How many chose an interest, those aside who have left."""

    only: int  # nothing else
    others: int  # other interests too

    @property
    def all(self) -> int:
        """Return their number."""
        return self.only + self.others


@dataclass(frozen=True)
class Exchange:
    """One way in which readers' interests change: whose, and what they get instead."""

    whose: str  # ANY, ONLY or WITH_OTHERS
    words: str  # for the evidence: "merged into africa"
    everything: bool = False
    target: Interest | None = None

    @property
    def into(self) -> int:
        """Return the bits they get."""
        return 0 if self.target is None else 1 << self.target.number


_READERS = "list_id = %(list)s AND status <> 'unsubscribed'"
ANY = "(interests & %(bit)s) <> 0"
ONLY = "interests = %(bit)s"
WITH_OTHERS = f"{ANY} AND NOT {ONLY}"

_COUNT = f"""
    SELECT COALESCE(SUM(CASE WHEN {ONLY} THEN 1 ELSE 0 END), 0), COUNT(*)
    FROM subscription WHERE {_READERS} AND {ANY}
"""

_END_OF_PORTION = """
    SELECT MAX(id) FROM (
        SELECT id FROM subscription WHERE {whose} AND id > %(after)s ORDER BY id LIMIT %(most)s
    ) AS portion
"""

_PORTION = "{whose} AND id > %(after)s AND id <= %(last)s"

_SETS = f"SELECT DISTINCT interests FROM subscription WHERE {_PORTION}"

# What the evidence says of each set, since there are fewer sets than readers.
_TOLD = "WITH told (bits, detail) AS (VALUES {told})"

_SET = """
    UPDATE subscription
    SET everything = %(everything)s, interests = (interests & ~%(bit)s) | %(into)s, changed_at = %(at)s
"""

_RECORD = """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    SELECT subscriber_id, %(list)s, 'changed', %(at)s, %(how)s, '', '', {detail}
"""

# PostgreSQL does both in one statement, since there a reader may choose anew between two.
_MOVE_AND_RECORD = (
    f"{_TOLD}, moved AS ({_SET} FROM told WHERE interests = told.bits AND {_PORTION}"
    f" RETURNING subscriber_id, told.detail)"
    f" {_RECORD.format(detail='CAST(detail AS jsonb)')} FROM moved"
)
# SQLite, where nobody else writes meanwhile, knows no such statement.
_RECORD_THEM = (
    f"{_TOLD} {_RECORD.format(detail='told.detail')}"
    f" FROM subscription JOIN told ON interests = told.bits WHERE {_PORTION}"
)
_MOVE_THEM = f"{_SET} WHERE {_PORTION}"


def readers(newsletter: List, interest: Interest) -> Readers:
    """Count those who chose an interest."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"list": newsletter.pk, "bit": 1 << interest.number})
        [(only, everybody)] = cursor.fetchall()
    return Readers(only=only, others=everybody - only)


def check_offered(target: Interest) -> None:
    """Raise InterestError for an interest that takes no readers any more."""
    if not Interest.objects.filter(pk=target.pk, retired_at=None).exists():
        raise InterestError(f"{target.slug} is retired itself: name one that the list still offers")


def exchange(
    newsletter: List, interest: Interest, step: Exchange, *, how: str, at: dt.datetime
) -> Iterator[int]:
    """Change the interests of some readers after others; yield how many each time."""
    bound: dict[str, Any] = {
        "list": newsletter.pk,
        "bit": 1 << interest.number,
        "into": step.into,
        "everything": step.everything,
        "at": moments.bound(at),
        "how": how,
        "most": _PORTION_POSTGRESQL if connection.vendor == "postgresql" else PORTION_SQLITE,
    }
    whose = f"{_READERS} AND {step.whose}"
    interests = Interests.of(newsletter)
    after = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            if step.target is not None:
                check_offered(step.target)  # on SQLite somebody may have retired it between two portions
            cursor.execute(_END_OF_PORTION.format(whose=whose), bound | {"after": after})
            [(last,)] = cursor.fetchall()
            if last is None:
                if not after:
                    return
                after, changed = 0, 0  # once more: who chose it meanwhile, while it was still on offer
            else:
                portion = bound | {"after": after, "last": last}
                changed = _change(cursor, interests, step, whose, portion)
                after = last
        if changed:
            yield changed


def _change(
    cursor: CursorWrapper, interests: Interests, step: Exchange, whose: str, bound: dict[str, Any]
) -> int:
    """Change and record the readers of one portion; return how many."""
    cursor.execute(_SETS.format(whose=whose), bound)
    told: dict[str, Any] = {}
    for place, (bits,) in enumerate(cursor.fetchall()):
        instead = sorted(interests.slugs((bits & ~bound["bit"]) | step.into))
        detail = evidence.detail(
            {"interests": EVERYTHING if step.everything else instead},
            {"interests": sorted(interests.slugs(bits))},
        )
        told |= {f"bits_{place}": bits, f"detail_{place}": json.dumps(detail)}
    if not told:
        return 0
    places = ", ".join(f"(%(bits_{place})s, %(detail_{place})s)" for place in range(len(told) // 2))
    if connection.vendor == "postgresql":
        cursor.execute(_MOVE_AND_RECORD.format(whose=whose, told=places), bound | told)
    else:
        cursor.execute(_RECORD_THEM.format(whose=whose, told=places), bound | told)
        cursor.execute(_MOVE_THEM.format(whose=whose), bound)
    return int(cursor.rowcount)
