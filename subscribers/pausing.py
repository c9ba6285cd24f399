"""Pause: no letters for a while, and letters again when that is over."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from subscribers import evidence, moments
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import Consent, List, Subscription
from subscribers.vocabulary import Action, Status

OVER = "the pause they asked for was over"

_RESUME_DUE = """
    UPDATE subscription SET status = 'active', paused_until = NULL, changed_at = %(now)s
    WHERE list_id = %(list)s AND status = 'paused' AND paused_until <= %(now)s
    RETURNING subscriber_id
"""


def pause(
    subscription_id: int, until: dt.datetime, how: str, at: dt.datetime, *, origin: Origin = UNSTATED
) -> bool:
    """Send nothing until that moment; return False where it is so already, or who it is about gets nothing.

    Only who is active can pause, and who is paused can pause for another time.
    """
    return _move(subscription_id, (Status.ACTIVE, Status.PAUSED), Status.PAUSED, until, how, at, origin)


def resume(subscription_id: int, how: str, at: dt.datetime, *, origin: Origin = UNSTATED) -> bool:
    """Send letters again; return False where nobody was paused."""
    return _move(subscription_id, (Status.PAUSED,), Status.ACTIVE, None, how, at, origin)


def due(newsletter: List, *, now: dt.datetime) -> QuerySet[Subscription]:
    """Return the subscriptions whose pause is over."""
    return Subscription.objects.filter(list=newsletter, status=Status.PAUSED, paused_until__lte=now)


def resume_due(newsletter: List, *, now: dt.datetime) -> int:
    """Send letters again to everybody on the list whose pause is over; return how many that are."""
    asked: dict[str, Any] = {"now": moments.bound(now), "list": newsletter.pk}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RESUME_DUE, asked)
        resumed = [subscriber for (subscriber,) in cursor.fetchall()]
        Consent.objects.bulk_create(
            Consent(
                subscriber_id=subscriber,
                list=newsletter,
                action=Action.CHANGED,
                at=now,
                how=OVER,
                detail=evidence.detail({"status": Status.ACTIVE.value}, {"status": Status.PAUSED.value}),
            )
            for subscriber in resumed
        )
    return len(resumed)


def _move(
    subscription_id: int,
    before: tuple[Status, ...],
    after: Status,
    until: dt.datetime | None,
    how: str,
    at: dt.datetime,
    origin: Origin,
) -> bool:
    with transaction.atomic():
        standing = Subscription.objects.select_for_update(of=("self",), no_key=True)
        row = standing.filter(pk=subscription_id, status__in=before).first()
        if row is None or (row.status, row.paused_until) == (after, until):
            return False
        was = described(row)
        row.status, row.paused_until, row.changed_at = after, until, at
        row.save(update_fields=["status", "paused_until", "changed_at"])
        evidence.note(row, Action.CHANGED, how=how, at=at, origin=origin, now=described(row), before=was)
    return True


def described(subscription: Subscription) -> dict[str, str]:
    """Return where a subscription stands as evidence has it: its status, and until when it is paused."""
    until = subscription.paused_until
    return {
        "status": str(subscription.status),
        **({"paused_until": until.astimezone(dt.UTC).isoformat()} if until else {}),
    }
