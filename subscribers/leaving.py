"""Leave a list, and nothing but leave: idempotent, and recorded with its evidence."""

import datetime as dt

from django.db import transaction

from subscribers import changes, evidence, pausing, suppressions
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import List, Subscription
from subscribers.vocabulary import Action, Status, Suppressed


def unsubscribe(subscription_id: int, how: str, at: dt.datetime, *, origin: Origin = UNSTATED) -> bool:
    """End a subscription; return False if it had ended already or is gone.

    `how` is the evidence, in words: "one-click", "by hand, on the telephone".
    """
    with transaction.atomic():
        standing = Subscription.objects.select_for_update(of=("self",), no_key=True)
        ended = standing.filter(pk=subscription_id).exclude(status=Status.UNSUBSCRIBED)
        row = ended.select_related("subscriber", "list").first()
        if row is None:
            return False  # somebody else, or the same reader a moment ago, was first
        before = pausing.described(row)
        row.status, row.paused_until, row.changed_at = Status.UNSUBSCRIBED, None, at
        row.save(update_fields=["status", "paused_until", "changed_at"])
        suppressions.suppress(
            row.subscriber.address_key, Suppressed.UNSUBSCRIBED, how, at, newsletter=row.list
        )
        evidence.note(row, Action.WITHDRAWN, how=how, at=at, origin=origin, before=before)
    return True


def leave(address_key: str, newsletter: List | None, how: str, at: dt.datetime, *, by: str) -> bool:
    """Take an address off one list, or off all of them and any to come; return False if it was off already.

    An address that is on no list is suppressed all the same, so that no import brings it in. `by` is who of
    ours does it.
    """
    theirs = Subscription.objects.filter(subscriber__address_key=address_key)
    if newsletter:
        theirs = theirs.filter(list=newsletter)
    with transaction.atomic():
        about = suppressions.whose(address_key)
        standing = (
            theirs.exclude(status=Status.UNSUBSCRIBED)
            .order_by("pk")
            .values_list("pk", "list__slug", "status")
        )
        ended = {slug: status for pk, slug, status in list(standing) if unsubscribe(pk, how, at)}
        suppressed = suppressions.suppress(address_key, Suppressed.UNSUBSCRIBED, how, at, newsletter)
        if not ended and not suppressed:
            return False
        changes.record(
            "subscribers unsubscribe",
            by=by,
            at=at,
            newsletter=newsletter,
            **about,
            before={"subscriptions": ended},
            after={
                "subscriptions": dict.fromkeys(ended, Status.UNSUBSCRIBED.value),
                "suppressed": newsletter.slug if newsletter else "everywhere",
            },
        )
    return True
