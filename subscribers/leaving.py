"""Leave a list, and nothing but leave: idempotent, and recorded with its evidence."""

import datetime as dt

from django.db import transaction

from subscribers import suppressions
from subscribers.models import Consent, List, Subscription
from subscribers.vocabulary import Action, Status, Suppressed


def unsubscribe(subscription_id: int, how: str, at: dt.datetime) -> bool:
    """End a subscription; return False if it had ended already or is gone.

    `how` is the evidence, in words: "one-click", "by hand, on the telephone".
    """
    with transaction.atomic():
        standing = Subscription.objects.filter(pk=subscription_id).exclude(status=Status.UNSUBSCRIBED)
        if not standing.update(status=Status.UNSUBSCRIBED, changed_at=at):
            return False  # somebody else, or the same reader a moment ago, was first
        ended = Subscription.objects.select_related("subscriber", "list").get(pk=subscription_id)
        suppressions.suppress(
            ended.subscriber.address_key, Suppressed.UNSUBSCRIBED, how, at, newsletter=ended.list
        )
        Consent.objects.create(
            subscriber=ended.subscriber, list=ended.list, action=Action.WITHDRAWN, at=at, how=how
        )
    return True


def leave(address_key: str, newsletter: List | None, how: str, at: dt.datetime) -> bool:
    """Take an address off one list, or off all of them and any to come; return False if it was off already.

    An address that is on no list is suppressed all the same, so that no import brings it in.
    """
    theirs = Subscription.objects.filter(subscriber__address_key=address_key)
    if newsletter:
        theirs = theirs.filter(list=newsletter)
    with transaction.atomic():
        ended = [unsubscribe(pk, how, at) for pk in theirs.order_by("pk").values_list("pk", flat=True)]
        suppressed = suppressions.suppress(address_key, Suppressed.UNSUBSCRIBED, how, at, newsletter)
    return any(ended) or suppressed
