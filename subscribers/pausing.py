"""Pause: no letters for a while, and letters again when that is over."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from subscribers import evidence, moments
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import Consent, List, Subscription
from subscribers.preferring import Pause, Wanted, prefer
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
    return prefer(subscription_id, Wanted(pause=Pause(until)), how=how, at=at, origin=origin)


def resume(subscription_id: int, how: str, at: dt.datetime, *, origin: Origin = UNSTATED) -> bool:
    """Send letters again; return False where nobody was paused."""
    return prefer(subscription_id, Wanted(pause=Pause(None)), how=how, at=at, origin=origin)


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


def described(subscription: Subscription) -> dict[str, str]:
    """Return where a subscription stands as evidence has it: its status, and until when it is paused."""
    return evidence.standing(subscription.status, subscription.paused_until)
