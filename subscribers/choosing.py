"""Choose interests: what a reader gets in full."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from subscribers import evidence
from subscribers.evidence import UNSTATED, Origin
from subscribers.interests import Interests
from subscribers.models import Subscription
from subscribers.vocabulary import Action, Status

EVERYTHING = "everything"


def choose(
    subscription: Subscription,
    slugs: Collection[str],
    how: str,
    at: dt.datetime,
    *,
    origin: Origin = UNSTATED,
) -> bool:
    """Set the interests of a subscription, none meaning everything; return False if nothing changed.

    Raises UnknownInterestError. Who has left gets no interests.
    """
    interests = Interests.of(subscription.list)
    bits = interests.bits(slugs)
    with transaction.atomic():
        standing = Subscription.objects.select_for_update(of=("self",), no_key=True)
        row = standing.filter(pk=subscription.pk).exclude(status=Status.UNSUBSCRIBED).first()
        if row is None or (row.everything, row.interests) == (not slugs, bits):
            return False
        before = chosen(row, interests)
        row.everything, row.interests, row.changed_at = not slugs, bits, at
        row.save(update_fields=["everything", "interests", "changed_at"])
        evidence.note(
            row,
            Action.CHANGED,
            how=how,
            at=at,
            origin=origin,
            now={"interests": chosen(row, interests)},
            before={"interests": before},
        )
    return True


def chosen(subscription: Subscription, interests: Interests) -> list[str] | str:
    """Return what a reader chose as evidence has it: slugs in the order of the alphabet, or "everything"."""
    if subscription.everything:
        return EVERYTHING
    return sorted(interests.slugs(subscription.interests))
