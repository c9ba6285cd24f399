"""Choose interests: what a reader gets in full."""

import datetime as dt
from collections.abc import Collection

from subscribers.evidence import UNSTATED, Origin
from subscribers.interests import Interests
from subscribers.models import Subscription
from subscribers.preferring import Choice, Wanted, prefer


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
    choice = Choice(slugs, Interests.of(subscription.list))
    return prefer(subscription.pk, Wanted(choice=choice), how=how, at=at, origin=origin)


def chosen(subscription: Subscription, interests: Interests) -> list[str] | str:
    """Return what a reader chose as evidence has it: slugs in the order of the alphabet, or "everything"."""
    return interests.told(subscription.interests, everything=subscription.everything)
