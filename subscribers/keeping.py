"""Keep nobody longer than needed: sign-ups that were never confirmed, people who no longer read.

How long is the list's own to say (`keep_pending_days`, `keep_inactive_days`; none is for ever). Who never
agreed is forgotten without a trace: no suppression, so that they may sign up again. Whoever agreed once is
taken off the list, and the evidence stays until they are erased.
"""

import datetime as dt
from collections.abc import Collection
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet

from subscribers import changes, erasing, evidence
from subscribers.collisions import again_after_collision
from subscribers.models import Consent, Letter, List, Subscriber, Subscription
from subscribers.vocabulary import Action, Status

WHAT = "retention"  # in the audit log
NOT_CONFIRMED = "retention: the sign-up was not confirmed within {days} days"
INACTIVE = "retention: nothing was opened, clicked or chosen for {days} days"


_MANY = 1_000  # people of one transaction: SQLite's lock is held for some tens of milliseconds

# What only somebody leaves behind who had agreed before.
_AGREED_ONCE = (Action.CONFIRMED, Action.WITHDRAWN)


def unconfirmed(newsletter: List, *, now: dt.datetime) -> QuerySet[Subscription]:
    """Return the sign-ups that have waited for longer than the list keeps them."""
    waiting = Subscription.objects.filter(list=newsletter, status=Status.PENDING)
    if newsletter.keep_pending_days is None:
        return waiting.none()
    before = now - dt.timedelta(days=newsletter.keep_pending_days)
    return waiting.filter(since__lt=before, changed_at__lt=before)


def forget_unconfirmed(newsletter: List, *, by: str, now: dt.datetime) -> int:
    """Remove them, and who is on no other list with all that is known of them; return how many sign-ups."""
    removed = 0
    waiting = unconfirmed(newsletter, now=now).order_by("pk").values_list("subscriber", flat=True)
    while people := list(waiting[:_MANY]):
        removed += again_after_collision(partial(_forget, newsletter, people, by=by, now=now))
    return removed


def end_inactive(newsletter: List, subscriptions: Collection[int], *, by: str, now: dt.datetime) -> int:
    """Take these off the list, as far as they still get its letters; return how many that were."""
    numbers, ended = sorted(subscriptions), 0
    for start in range(0, len(numbers), _MANY):
        some = numbers[start : start + _MANY]
        ended += again_after_collision(partial(_end, newsletter, some, by=by, now=now))
    return ended


def _forget(newsletter: List, people: Collection[int], *, by: str, now: dt.datetime) -> int:
    """Forget the sign-ups of these people, in the transaction that is open; return how many there were."""
    _held(people)
    rows = unconfirmed(newsletter, now=now).filter(subscriber__in=people).select_for_update(of=("self",))
    before = Consent.objects.filter(
        subscriber=OuterRef("subscriber"), list=newsletter, action__in=_AGREED_ONCE
    )
    waiting = list(rows.annotate(agreed_once=Exists(before)).order_by("pk"))
    again = [row for row in waiting if row.agreed_once]
    never = [row.subscriber_id for row in waiting if not row.agreed_once]
    # Who had left and did not confirm that they come back has left as before.
    _withdraw(again, NOT_CONFIRMED.format(days=newsletter.keep_pending_days), Status.PENDING, now=now)
    Letter.objects.filter(list=newsletter, subscriber__in=never).delete()
    erasing.forget_consent(newsletter, never)
    Subscription.objects.filter(list=newsletter, subscriber__in=never).delete()
    elsewhere = Subscription.objects.filter(subscriber=OuterRef("pk"))
    alone = Subscriber.objects.filter(pk__in=never).exclude(Exists(elsewhere))
    forgotten = erasing.forget(list(alone.values_list("pk", flat=True)))
    if waiting:
        changes.record(
            WHAT,
            by=by,
            at=now,
            newsletter=newsletter,
            after={"sign_ups_removed": len(never), "people_removed": forgotten, "left_again": len(again)},
        )
    return len(waiting)


def _end(newsletter: List, subscriptions: Collection[int], *, by: str, now: dt.datetime) -> int:
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    standing = list(rows.filter(pk__in=subscriptions, status=Status.ACTIVE).order_by("pk"))
    _withdraw(standing, INACTIVE.format(days=newsletter.keep_inactive_days), Status.ACTIVE, now=now)
    if standing:
        changes.record(
            WHAT, by=by, at=now, newsletter=newsletter, after={"inactive_taken_off": len(standing)}
        )
    return len(standing)


def _withdraw(rows: Collection[Subscription], how: str, status: Status, *, now: dt.datetime) -> None:
    """End subscriptions without a suppression: nobody objected, and whoever wants may sign up again."""
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.UNSUBSCRIBED, paused_until=None, changed_at=now
    )
    Consent.objects.bulk_create(
        Consent(
            subscriber_id=row.subscriber_id,
            list_id=row.list_id,
            action=Action.WITHDRAWN,
            at=now,
            how=how,
            detail=evidence.detail(None, {"status": status.value}),
        )
        for row in rows
    )


def _held(people: Collection[int]) -> None:
    """Lock people before what hangs on them, as everybody does."""
    rows = Subscriber.objects.select_for_update(no_key=True).filter(pk__in=people)
    list(rows.order_by("pk").values_list("pk"))
