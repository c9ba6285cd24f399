"""Suppressions: the addresses that must not be written to. Nothing here ever needs the address itself."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db import connection, transaction
from django.db.models import F, QuerySet

from subscribers import changes
from subscribers.errors import SubscribersError
from subscribers.models import List, Subscriber, Suppression
from subscribers.vocabulary import Suppressed

LONGEST_SOURCE = 200  # characters; the column's

# The WHERE of the SELECT also keeps SQLite from reading ON CONFLICT as part of a join.
# Whoever was erased is suppressed for good, and nothing that is told of them later is kept.
_SUPPRESS = """
    INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
    SELECT %(address_key)s, %(list)s, %(reason)s, %(source)s, %(at)s, ''
    WHERE NOT EXISTS (
        SELECT 1 FROM suppression erased
        WHERE erased.address_key = %(address_key)s AND erased.reason = 'erased'
          AND erased.list_id IS NULL AND erased.lifted_at IS NULL
    ) AND {condition}
    ON CONFLICT DO NOTHING
"""

_ALWAYS = "TRUE"

# What somebody lifted, or agreed to anew, is not undone by older news.
_UNLESS_OLDER = """
    NOT EXISTS (
        SELECT 1 FROM suppression lifted
        WHERE lifted.address_key = %(address_key)s
          AND (lifted.list_id IS NULL OR lifted.list_id = %(list)s)
          AND lifted.lifted_at >= %(at)s
    )
    AND NOT EXISTS (
        SELECT 1 FROM consent JOIN subscriber ON subscriber.id = consent.subscriber_id
        WHERE subscriber.address_key = %(address_key)s
          AND (%(everywhere)s OR consent.list_id = %(list)s)
          AND consent.action IN ('granted', 'confirmed')
          AND consent.at >= %(at)s
    )
"""


class SuppressionError(SubscribersError):
    """An address cannot be suppressed as asked."""


@dataclass(frozen=True)
class Report:
    """Word from outside that an address must not be written to; `list_id` None is everywhere."""

    address_key: str
    reason: Suppressed
    at: dt.datetime
    source: str
    list_id: int | None = None


def suppress(
    address_key: str, reason: Suppressed, source: str, at: dt.datetime, newsletter: List | None = None
) -> bool:
    """Suppress an address on one list, or everywhere; return False if it is already, for that reason.

    Raises SuppressionError where `source` does not say where that came from.
    """
    if not (source := source.strip()):
        raise SuppressionError("Say why, in words: that is the evidence for never writing to this address")
    report = Report(address_key, reason, at, source, newsletter.pk if newsletter else None)
    return _insert(_ALWAYS, [report]) == 1


def by_hand(address_key: str, why: str, at: dt.datetime, *, by: str, newsletter: List | None = None) -> bool:
    """Suppress an address since somebody of ours says so; return False if that was said already.

    Raises SuppressionError where `why`, which is kept as evidence, is empty or longer than can be kept.
    """
    if len(why.strip()) > LONGEST_SOURCE:
        raise SuppressionError(f"Say why in at most {LONGEST_SOURCE} characters, so that all of it is kept")
    with transaction.atomic():
        about = whose(address_key)
        new = suppress(address_key, Suppressed.BY_HAND, why, at, newsletter)
        if new:
            # The words stand in the suppression itself.
            changes.record(
                "subscribers suppress",
                by=by,
                at=at,
                newsletter=newsletter,
                **about,
                after={"suppressed": newsletter.slug if newsletter else "everywhere"},
            )
    return new


class Whose(TypedDict):
    """How a line of the audit log names the person of an address: by their row, or else by the hash."""

    person: Subscriber | None
    subject: str


def whose(address_key: str) -> Whose:
    """Return what names the person of this address in the audit log; they cannot be erased meanwhile.

    Call it first in the transaction: people are locked before what hangs on them.
    """
    people = Subscriber.objects.select_for_update(no_key=True)
    person = people.filter(address_key=address_key).first()
    return {"person": person, "subject": "" if person else address_key}


def suppress_keys(reports: Iterable[Report]) -> int:
    """Suppress what events report, in any order and however often; return how many are new.

    A report older than the address's last lift, or than its last consent, changes nothing.
    """
    return _insert(_UNLESS_OLDER, reports)


def of_address(address_key: str) -> QuerySet[Suppression]:
    """Return the suppressions in force for an address, the widest first."""
    return (
        Suppression.objects.filter(address_key=address_key, lifted_at=None)
        .select_related("list")
        .order_by(F("list").asc(nulls_first=True), "at")
    )


def ever_of_address(address_key: str) -> QuerySet[Suppression]:
    """Return all suppressions of an address, the lifted among them, in the order they came."""
    theirs = Suppression.objects.filter(address_key=address_key)
    return theirs.select_related("list").order_by("at", "pk")


def _insert(condition: str, reports: Iterable[Report]) -> int:
    sql = _SUPPRESS.format(condition=condition)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        inserted = 0
        for report in reports:
            cursor.execute(sql, _parameters(report))
            inserted += cursor.rowcount
        return inserted


def _parameters(report: Report) -> dict[str, Any]:
    return {
        "address_key": report.address_key,
        "list": report.list_id,
        "everywhere": report.list_id is None,
        "reason": report.reason.value,
        "source": report.source[:LONGEST_SOURCE],
        "at": connection.ops.adapt_datetimefield_value(report.at),
    }
