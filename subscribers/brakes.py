"""Brakes: how often something may happen, counted in the database for all processes together.

Counting is exact over a sliding time: a row holds the moments, and is locked while it is read and written.
"""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from subscribers import moments
from subscribers.models import Brake

HOUR = dt.timedelta(hours=1)

# The update changes nothing; it locks the row that is there, and brings it in the same statement.
_LOCK = """
    INSERT INTO brake (name, times, keep_until) VALUES (%s, '[]', %s)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING times
"""
_KEEP = "UPDATE brake SET times = %s, keep_until = %s WHERE name = %s"


@dataclass(frozen=True)
class Rule:
    """At most `times` within `seconds`."""

    times: int
    seconds: float


@dataclass(frozen=True)
class Hour:
    """What one hour has brought so far, and how much the busiest hour of a usual day brings."""

    count: int
    usual_peak: int

    @property
    def unusual(self) -> bool:
        """Return whether this is more than a busy hour explains."""
        return self.count > max(QUIET_HOUR, UNUSUAL * self.usual_peak)


DAY = 86_400.0
# Thousands of forms in one person's name are how mailboxes are flooded: nine addresses had 81,000 letters of
# this kind in two weeks of 2016 (Spamhaus). Over all lists together.
LETTERS_TO_AN_ADDRESS = (Rule(1, DAY), Rule(3, 30 * DAY))
# Over all the sub-addresses of one mailbox.
LETTERS_TO_A_MAILBOX = (Rule(3, DAY), Rule(9, 30 * DAY))
# A letter with a link to somebody who is on a list already, and has one of its letters at hand.
LINKS_TO_A_READER = (Rule(3, 3600.0), Rule(6, DAY))
# An office, a school or a household behind one address.
SIGN_UPS_OF_A_NETWORK = (Rule(5, 600.0), Rule(20, DAY))
# Sign-ups of all together: above this, everybody has to prove more.
QUIET_HOUR, UNUSUAL = 50, 3
_DAYS = 7
_WEEK = _DAYS * 24  # hours


def of_network(network: str) -> str:
    """Return the name under which a network is counted: a keyed hash, since it may be one household's."""
    return f"network {_hashed(network)}"


def take(name: str, rules: Collection[Rule], *, at: dt.datetime) -> float:
    """Count one more and return 0; or the seconds until there may be another, and count nothing."""
    now = at.timestamp()
    longest = max(rule.seconds for rule in rules)
    with transaction.atomic(savepoint=False):
        # A clock that was set back leaves moments that are still to come; they count as now.
        times = [min(float(then), now) for then in _locked(name, at=at) if now - float(then) < longest]
        wait = max((_wait(times, rule, now) for rule in rules), default=0.0)
        if not wait:
            _keep(name, [*times, now], until=at + dt.timedelta(seconds=longest))
    return wait


def once(name: str, *, at: dt.datetime, keep: dt.timedelta) -> bool:
    """Return True the first time that this is asked, and False as long as the answer is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO brake (name, times, keep_until) VALUES (%s, '[]', %s) ON CONFLICT DO NOTHING",
            [name, moments.bound(at + keep)],
        )
        return bool(cursor.rowcount)


def hourly(name: str, *, at: dt.datetime) -> Hour:
    """Count one more in this hour; return how many it has, and the usual peak of the week before."""
    this = int(at.timestamp() // HOUR.total_seconds())
    with transaction.atomic(savepoint=False):
        kept = _locked(name, at=at)
        counts = {int(hour): int(count) for hour, count in kept if this - _WEEK < int(hour) <= this}
        counts[this] = counts.get(this, 0) + 1
        _keep(name, sorted(counts.items()), until=at + HOUR * _WEEK)
    # Of the busiest hours of each day the middle one: an attack of three days is not what is usual.
    peaks = [0] * _DAYS
    for hour, count in counts.items():
        day = (this - hour) // 24
        if hour != this:
            peaks[day] = max(peaks[day], count)
    return Hour(counts[this], sorted(peaks)[_DAYS // 2])


def release(*, now: dt.datetime) -> int:
    """Forget what no rule counts any more; return how many rows that were."""
    return Brake.objects.filter(keep_until__lt=now).delete()[0]


def _wait(times: list[float], rule: Rule, now: float) -> float:
    lately = [then for then in times if now - then < rule.seconds]
    if len(lately) < rule.times:
        return 0.0
    return sorted(lately)[-rule.times] + rule.seconds - now


def _locked(name: str, *, at: dt.datetime) -> list[Any]:
    """Return what is kept under a name, made if need be, and nobody else's until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name, moments.bound(at)])
        times: list[Any] = json.loads(cursor.fetchone()[0])
    return times


def _keep(name: str, times: Sequence[object], *, until: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json.dumps(times), moments.bound(until), name])


def _hashed(text: str) -> str:
    key = blake2b(settings.HASH_KEY.encode()).digest()
    return blake2b(text.encode(), key=key, digest_size=16, person=b"network").hexdigest()
