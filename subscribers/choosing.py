"""Choose interests: what a reader gets in full."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from subscribers.interests import Interests
from subscribers.models import Consent, Subscription
from subscribers.vocabulary import Action, Status


def choose(subscription: Subscription, slugs: Collection[str], how: str, at: dt.datetime) -> bool:
    """Set the interests of a subscription, none meaning everything; return False if nothing changed.

    Raises UnknownInterestError. Who has left gets no interests.
    """
    bits = Interests.of(subscription.list).bits(slugs)
    with transaction.atomic():
        other = (
            Subscription.objects.filter(pk=subscription.pk)
            .exclude(status=Status.UNSUBSCRIBED)
            .exclude(everything=not slugs, interests=bits)
        )
        if not other.update(everything=not slugs, interests=bits, changed_at=at):
            return False
        Consent.objects.create(
            subscriber_id=subscription.subscriber_id,
            list_id=subscription.list_id,
            action=Action.CHANGED,
            at=at,
            how=how,
            detail={"interests": sorted(slugs) or "everything"},
        )
    return True
