"""One person at a time: put on a list, looked up, found in a list of all."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from subscribers import names, suppressions
from subscribers.addresses import address_key, masked, parse
from subscribers.enrolling import Arrival, Enrolled, enrol
from subscribers.errors import SubscribersError
from subscribers.interests import Interests
from subscribers.models import List, Subscriber, Subscription
from subscribers.vocabulary import Status


class PersonError(SubscribersError):
    """What was asked of a person cannot be done; the message masks the address."""


def add(
    newsletter: List,
    text: str,
    *,
    consent: str,
    at: dt.datetime,
    name: str = "",
    interests: Iterable[str] | None = None,
) -> Enrolled:
    """Put one person on a list; `interests` empty is everything, None leaves what is there.

    Raises AddressError, UnknownInterestError, and PersonError for who left or is suppressed.
    """
    if not (consent := consent.strip()):
        raise PersonError("Say where and how this person agreed: without that nobody may be written to")
    address = parse(text)
    chosen = None if interests is None else list(interests)
    enrolled = enrol(
        newsletter,
        [
            Arrival(
                line=1,
                address=address.written,
                canonical=address.canonical,
                address_key=address_key(address.canonical),
                name=_name(name),
                everything=None if chosen is None else not chosen,
                interests=None if chosen is None else Interests.of(newsletter).bits(chosen),
            )
        ],
        how=consent,
        at=at,
    )
    if enrolled.unsubscribed:
        raise PersonError(f"{masked(address.written)} has left {newsletter.slug}; only they can come back")
    if enrolled.suppressed:
        raise PersonError(
            f"{masked(address.written)} is suppressed and must not be written to;"
            f" `mailer subscribers show` says why"
        )
    return enrolled


def _name(text: str) -> str:
    try:
        return names.parse(text)
    except names.NameTextError as error:
        raise PersonError(f"The name cannot be used: {error}") from None


def show(text: str) -> dict[str, Any]:
    """Return all that is known of one address. Raises AddressError, PersonError."""
    address = parse(text)
    in_force = list(suppressions.of_address(address_key(address.canonical)))
    person = _with_subscriptions(Subscriber.objects.filter(canonical=address.canonical)).first()
    if person is None and not in_force:
        raise PersonError(f"Nobody here has the address {masked(address.written)}")
    return {
        **(_described(person) if person else _unknown(address.written)),
        "consents": [
            {"list": consent.list.slug, "action": consent.action, "at": consent.at, "how": consent.how}
            for consent in (person.consents.select_related("list") if person else ())
        ],
        "suppression": {
            "reason": in_force[0].reason,
            "lists": [row.list.slug for row in in_force if row.list],
            "everywhere": in_force[0].list is None,
            "since": in_force[0].at,
            "source": in_force[0].source,
        }
        if in_force
        else None,
    }


def listing(
    *, newsletter: List | None = None, status: Status | None = None, limit: int = 100, after: str = ""
) -> list[dict[str, Any]]:
    """Return people in the order of their addresses: at most `limit`, those after the address `after`."""
    shown = Subscription.objects.all()
    if newsletter:
        shown = shown.filter(list=newsletter)
    if status:
        shown = shown.filter(status=status)
    people = Subscriber.objects.order_by("canonical")
    if newsletter or status:
        people = people.filter(Exists(shown.filter(subscriber=OuterRef("pk"))))
    if after:
        people = people.filter(canonical__gt=parse(after).canonical)
    return [_described(person) for person in _with_subscriptions(people, shown)[:limit]]


def _with_subscriptions(
    people: QuerySet[Subscriber], shown: QuerySet[Subscription] | None = None
) -> QuerySet[Subscriber]:
    subscriptions = Subscription.objects.all() if shown is None else shown
    return people.prefetch_related(
        Prefetch(
            "subscriptions",
            subscriptions.select_related("list").prefetch_related("list__interests").order_by("list__slug"),
        )
    )


def _described(person: Subscriber) -> dict[str, Any]:
    return {
        "email": person.address,
        "name": person.name,
        "locale": person.locale,
        "subscriptions": [
            {
                "list": subscription.list.slug,
                "status": subscription.status,
                "everything": subscription.everything,
                "interests": [
                    interest.slug
                    for interest in subscription.list.interests.all()
                    if subscription.interests >> interest.number & 1
                ],
                "since": subscription.since,
            }
            for subscription in person.subscriptions.all()
        ],
    }


def _unknown(address: str) -> dict[str, Any]:
    return {"email": address, "name": "", "locale": "", "subscriptions": []}
