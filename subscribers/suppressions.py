"""Suppressions: the addresses that must not be written to. Nothing here ever needs the address itself."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from subscribers.errors import SubscribersError
from subscribers.models import List, Suppression
from subscribers.vocabulary import Suppressed

LONGEST_SOURCE = 200  # characters; the column's

# The WHERE of the SELECT also keeps SQLite from reading ON CONFLICT as part of a join.
_SUPPRESS = """
    INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
    SELECT %(address_key)s, %(list)s, %(reason)s, %(source)s, %(at)s, ''
    WHERE {condition}
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


def _insert(condition: str, reports: Iterable[Report]) -> int:
    sql = _SUPPRESS.format(condition=condition)
    with transaction.atomic(), connection.cursor() as cursor:
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
