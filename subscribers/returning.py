"""Take back, at once, that one has left: a slip of the thumb is no farewell."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from subscribers import evidence, pausing
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import Consent, Subscription, Suppression
from subscribers.vocabulary import Action, Status, Suppressed

WHILE = dt.timedelta(hours=1)
HOW = "undo, on the page that said good-bye"


@dataclass(frozen=True)
class _Stood:
    """How a subscription stood before it was ended."""

    status: Status
    paused_until: dt.datetime | None


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
        was = _before(row) if row else None
        if row is None or was is None:
            return False
        bars = Suppression.objects.filter(address_key=row.subscriber.address_key, lifted_at=None)
        mine = bars.filter(
            list=row.list, reason=Suppressed.UNSUBSCRIBED, at__gte=left_at, at__lt=left_at + second
        )
        mine.update(lifted_at=at, lifted_because=how)
        if bars.filter(list=None).exists() or bars.filter(list=row.list).exists():
            transaction.set_rollback(True)
            return False
        row.status, row.paused_until, row.changed_at = was.status, was.paused_until, at
        row.save(update_fields=["status", "paused_until", "changed_at"])
        before = {"status": Status.UNSUBSCRIBED.value}
        now = pausing.described(row)
        evidence.note(row, Action.GRANTED, how=how, at=at, origin=origin, now=now, before=before)
    return True


def _before(row: Subscription) -> _Stood | None:
    """Return how it stood, as the evidence of leaving tells; None for one that was never confirmed."""
    lines = Consent.objects.filter(subscriber=row.subscriber_id, list=row.list_id, action=Action.WITHDRAWN)
    said = lines.filter(at=row.changed_at).values_list("detail", flat=True).last()
    before = (said or {}).get("before", {})
    if before.get("status") not in (Status.ACTIVE, Status.PAUSED):
        return None
    until = before.get("paused_until")
    return _Stood(Status(before["status"]), dt.datetime.fromisoformat(until) if until else None)
