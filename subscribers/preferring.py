"""Prefer: how a reader's letters come, whatever is in them."""

import datetime as dt

from django.db import transaction

from subscribers import evidence
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import Subscriber, Subscription
from subscribers.vocabulary import Action, Status


def prefer(
    subscription_id: int,
    *,
    text_only: bool,
    tracked: bool,
    locale: str,
    how: str,
    at: dt.datetime,
    origin: Origin = UNSTATED,
) -> bool:
    """Set what holds for the person on every list; return False if nothing changed.

    `locale` is one of the languages on the page, '' for each list's own. `tracked` is whether opens and
    clicks may be counted, where the list counts them. Who has left sets nothing.
    """
    chosen = {"text_only": text_only, "tracked": tracked, "locale": locale}
    with transaction.atomic():
        standing = Subscription.objects.exclude(status=Status.UNSUBSCRIBED)
        row = standing.filter(pk=subscription_id).first()
        if row is None:
            return False
        # People are locked before what hangs on them.
        person = Subscriber.objects.select_for_update(no_key=True).get(pk=row.subscriber_id)
        before = {
            name: getattr(person, name) for name, value in chosen.items() if getattr(person, name) != value
        }
        if not before:
            return False
        for name in before:
            setattr(person, name, chosen[name])
        person.save(update_fields=list(before))
        now = {name: chosen[name] for name in before}
        evidence.note(row, Action.CHANGED, how=how, at=at, origin=origin, now=now, before=before)
    return True
