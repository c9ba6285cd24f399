"""Prefer: what a reader wants otherwise, all of it or nothing; a line of evidence for each kind of change."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from subscribers import evidence, moments
from subscribers.evidence import UNSTATED, Origin
from subscribers.interests import Interests
from subscribers.vocabulary import Action, Status

# People are locked before what hangs on them.
_LOCK = """
    SELECT p.id, s.list_id, s.status, s.everything, s.interests, s.paused_until,
        p.text_only, p.tracked, p.locale
    FROM subscriber p JOIN subscription s ON s.subscriber_id = p.id
    WHERE s.id = %s AND s.status <> 'unsubscribed'
"""
_LOCK_BOTH = f"{_LOCK} FOR NO KEY UPDATE OF p, s"  # SQLite's IMMEDIATE transaction is a lock already


@dataclass(frozen=True)
class Choice:
    """Interests by slug, none meaning everything, out of those that the list has."""

    slugs: Collection[str]
    of: Interests

    @property
    def bits(self) -> int:
        """Return them as bits. Raises UnknownInterestError."""
        return self.of.bits(self.slugs)


@dataclass(frozen=True)
class Pause:
    """No letters until that moment; None ends a pause."""

    until: dt.datetime | None


@dataclass(frozen=True)
class Wanted:
    """What a reader wants; None leaves it as it is.

    The last three hold for the person on every list. `locale` is '' for each list's own, `tracked` whether
    opens and clicks may be counted where the list counts them.
    """

    choice: Choice | None = None
    pause: Pause | None = None
    text_only: bool | None = None
    tracked: bool | None = None
    locale: str | None = None


@dataclass(frozen=True)
class _Stands:
    """A row as it stands, locked."""

    subscriber: int
    newsletter: int
    status: str
    everything: bool
    interests: int
    paused_until: dt.datetime | None
    person: Mapping[str, Any]


@dataclass(frozen=True)
class _Change:
    """One kind of change: the columns it sets, and what evidence says of it."""

    now: Mapping[str, Any]
    before: Mapping[str, Any]
    of_person: Mapping[str, Any] = field(default_factory=dict)
    of_subscription: Mapping[str, Any] = field(default_factory=dict)


def prefer(
    subscription_id: int, wanted: Wanted, *, how: str, at: dt.datetime, origin: Origin = UNSTATED
) -> bool:
    """Set what is wanted; return False if nothing changed. Raises UnknownInterestError.

    Who has left sets nothing; only who is active can pause, and who is paused can pause for another time.
    """
    bits = wanted.choice.bits if wanted.choice else 0
    with transaction.atomic(savepoint=False):
        row = _locked(subscription_id)
        if row is None:
            return False
        changes = [
            *_of_the_person(row, wanted),
            *_of_the_interests(row, wanted.choice, bits),
            *_of_the_pause(row, wanted.pause),
        ]
        if theirs := {name: value for change in changes for name, value in change.of_person.items()}:
            _update("subscriber", row.subscriber, theirs)
        if its := {name: value for change in changes for name, value in change.of_subscription.items()}:
            _update("subscription", subscription_id, its | {"changed_at": moments.bound(at)})
        for change in changes:
            said = evidence.detail(change.now, change.before)
            evidence.add(row.subscriber, row.newsletter, Action.CHANGED, how, at, origin, said)
    return bool(changes)


def _of_the_person(row: _Stands, wanted: Wanted) -> Iterator[_Change]:
    asked = {"text_only": wanted.text_only, "tracked": wanted.tracked, "locale": wanted.locale}
    now = {name: value for name, value in asked.items() if value is not None and value != row.person[name]}
    if now:
        yield _Change(now, {name: row.person[name] for name in now}, of_person=now)


def _of_the_interests(row: _Stands, choice: Choice | None, bits: int) -> Iterator[_Change]:
    if choice is None:
        return
    everything = not choice.slugs
    if (row.everything, row.interests) != (everything, bits):
        yield _Change(
            {"interests": choice.of.told(bits, everything=everything)},
            {"interests": choice.of.told(row.interests, everything=row.everything)},
            of_subscription={"everything": everything, "interests": bits},
        )


def _of_the_pause(row: _Stands, pause: Pause | None) -> Iterator[_Change]:
    if pause is None:
        return
    may = (Status.ACTIVE, Status.PAUSED) if pause.until else (Status.PAUSED,)
    status = Status.PAUSED if pause.until else Status.ACTIVE
    if row.status in may and (row.status, row.paused_until) != (status, pause.until):
        yield _Change(
            evidence.standing(status, pause.until),
            evidence.standing(row.status, row.paused_until),
            of_subscription={
                "status": status.value,
                "paused_until": moments.bound(pause.until) if pause.until else None,
            },
        )


def _locked(subscription_id: int) -> _Stands | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_BOTH if connection.vendor == "postgresql" else _LOCK, [subscription_id])
        row = cursor.fetchone()
    if row is None:
        return None
    subscriber, newsletter, status, everything, interests, until, text_only, tracked, locale = row
    return _Stands(
        subscriber,
        newsletter,
        status,
        bool(everything),
        interests,
        moments.read(until) if until else None,
        {"text_only": bool(text_only), "tracked": bool(tracked), "locale": locale},
    )


def _update(table: str, number: int, columns: Mapping[str, Any]) -> None:
    assigned = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {assigned} WHERE id = %s", [*columns.values(), number])
