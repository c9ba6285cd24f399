"""How a reader stands on a list, as their own pages show it: one statement, and the list as it is offered."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from subscribers import moments, offers
from subscribers.models import List
from subscribers.offers import Offer
from subscribers.vocabulary import Status

_STANDING = """
    SELECT s.id, p.id, s.list_id, s.status, s.everything, s.interests, s.paused_until, s.changed_at,
        p.address, p.locale, p.text_only, p.tracked,
        EXISTS (
            SELECT 1 FROM suppression x
            WHERE x.address_key = p.address_key AND x.lifted_at IS NULL
              AND (x.list_id IS NULL OR x.list_id = s.list_id)
        )
    FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id
    WHERE s.id = %s
"""


@dataclass(frozen=True)
class Standing:
    """A subscription, whose it is, and how letters come; `held_back`: the address is suppressed here."""

    subscription: int
    subscriber: int
    offer: Offer
    status: Status
    everything: bool
    interests: int
    paused_until: dt.datetime | None
    changed_at: dt.datetime
    address: str
    locale: str
    text_only: bool
    tracked: bool
    held_back: bool

    @property
    def list(self) -> List:
        """Return the list it is on."""
        return self.offer.list


def of(subscription_id: int) -> Standing | None:
    """Return how a reader stands, None where there is no such subscription any more."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [subscription_id])
        row = cursor.fetchone()
    offer = offers.of(row[2]) if row else None
    if row is None or offer is None:
        return None
    subscription, subscriber, _, status, everything, interests, until, changed_at, address, locale = row[:10]
    text_only, tracked, held_back = map(bool, row[10:])
    return Standing(
        subscription,
        subscriber,
        offer,
        Status(status),
        bool(everything),
        interests,
        moments.read(until) if until else None,
        moments.read(changed_at),
        address,
        locale,
        text_only,
        tracked,
        held_back,
    )
