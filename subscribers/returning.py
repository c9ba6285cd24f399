"""Take back, at once, that one has left: a slip of the thumb is no farewell."""

import datetime as dt

from django.db import transaction

from subscribers import evidence
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import Subscription, Suppression
from subscribers.vocabulary import Action, Status, Suppressed

WHILE = dt.timedelta(hours=1)
HOW = "undo, on the page that said good-bye"


def undo(
    subscription_id: int, *, left_at: dt.datetime, at: dt.datetime, how: str = HOW, origin: Origin = UNSTATED
) -> bool:
    """Bring a subscription back that was ended at `left_at`, to the second; False where there is none.

    Only that one: who left again since, or an hour ago, stays away. What had been suppressed by leaving is
    lifted; any other suppression stands, and then nothing is brought back.
    """
    if not dt.timedelta(0) <= at - left_at < WHILE:
        return False
    second = dt.timedelta(seconds=1)
    with transaction.atomic():
        rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
        row = (
            rows.select_related("subscriber", "list")
            .filter(
                pk=subscription_id,
                status=Status.UNSUBSCRIBED,
                changed_at__gte=left_at,
                changed_at__lt=left_at + second,
            )
            .first()
        )
        if row is None:
            return False
        bars = Suppression.objects.filter(address_key=row.subscriber.address_key, lifted_at=None)
        mine = bars.filter(
            list=row.list, reason=Suppressed.UNSUBSCRIBED, at__gte=left_at, at__lt=left_at + second
        )
        mine.update(lifted_at=at, lifted_because=how)
        if bars.filter(list=None).exists() or bars.filter(list=row.list).exists():
            transaction.set_rollback(True)
            return False
        row.status, row.changed_at = Status.ACTIVE, at
        row.save(update_fields=["status", "changed_at"])
        before = {"status": Status.UNSUBSCRIBED.value}
        evidence.note(row, Action.GRANTED, how=how, at=at, origin=origin, before=before)
    return True
