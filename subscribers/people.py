"""One person at a time: put on a list, looked up."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from subscribers import changes, choosing, names, suppressions
from subscribers.addresses import Address, address_key, masked, parse
from subscribers.collisions import again_after_collision
from subscribers.enrolling import Arrival, Enrolled, enrol
from subscribers.errors import SubscribersError
from subscribers.interests import Interests
from subscribers.models import Change, Consent, Letter, List, Request, Subscriber, Subscription, Suppression
from subscribers.readdressing import stranger


class PersonError(SubscribersError):
    """What was asked of a person cannot be done; the message masks the address."""


def add(
    newsletter: List,
    text: str,
    *,
    consent: str,
    by: str,
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
    arrival = Arrival(
        line=1,
        address=address.written,
        canonical=address.canonical,
        address_key=address_key(address.canonical),
        name=_name(name),
        everything=None if chosen is None else not chosen,
        interests=None if chosen is None else Interests.of(newsletter).bits(chosen),
    )

    def work() -> Enrolled:
        suppressions.whose(arrival.address_key)  # nobody erases them meanwhile
        before = _audited(newsletter, address)
        enrolled = enrol(newsletter, [arrival], how=consent, at=at)
        if enrolled.new or enrolled.updated:
            changes.record(
                "subscribers add",
                by=by,
                at=at,
                newsletter=newsletter,
                person=Subscriber.objects.get(canonical=address.canonical),
                before=before,
                after=_audited(newsletter, address),
            )
        return enrolled

    # Somebody else may add them at this moment.
    enrolled = again_after_collision(work)
    if enrolled.unsubscribed:
        raise PersonError(f"{masked(address.written)} has left {newsletter.slug}; only they can come back")
    if enrolled.suppressed:
        raise PersonError(
            f"{masked(address.written)} is suppressed and must not be written to;"
            f" `mailer subscribers show` says why"
        )
    return enrolled


def _audited(newsletter: List, address: Address) -> dict[str, Any]:
    """Return what an addition may change, as the audit log has it."""
    theirs = Subscription.objects.filter(list=newsletter, subscriber__canonical=address.canonical)
    row = theirs.select_related("subscriber").first()
    if row is None:
        return {}
    return {
        "name": row.subscriber.name,
        "status": row.status,
        "interests": choosing.chosen(row, Interests.of(newsletter)),
    }


def _name(text: str) -> str:
    try:
        return names.parse(text)
    except names.NameTextError as error:
        raise PersonError(f"The name cannot be used: {error}") from None


def numbered(number: int) -> Subscriber:
    """Return the person with this number, which names them where no address may stand. Raises PersonError."""
    person = Subscriber.objects.filter(pk=number).first()
    if person is None:
        raise PersonError(f"There is no subscriber {number}; somebody may have erased them")
    return person


def show(text: str) -> dict[str, Any]:
    """Return all that is known of one address, in the order it happened. Raises AddressError, PersonError."""
    address = parse(text)
    key = address_key(address.canonical)
    person = _with_subscriptions(Subscriber.objects.filter(canonical=address.canonical)).first()
    barred = list(suppressions.ever_of_address(key))
    if person is None and not barred and not _requests(person, key).exists():
        raise PersonError(stranger(address))
    return {
        **(_described(person) if person else _unknown(address.written)),
        "consents": list(map(_consent, person.consents.select_related("list") if person else ())),
        "suppression": _widest(list(suppressions.of_address(key))),
        "suppressions": list(map(_suppression, barred)),
        "text_only": person.text_only if person else None,
        "tracked": person.tracked if person else None,
        "attributes": person.attributes if person else {},
        "created_at": person.created_at if person else None,
        "last_opened_at": person.last_opened_at if person else None,
        "last_clicked_at": person.last_clicked_at if person else None,
        "letters": list(map(_letter, person.letters.select_related("list").order_by("pk") if person else ())),
        "requests": list(map(_request, _requests(person, key))),
        "changes": list(map(_change, _changes(person, key))),
    }


def _consent(line: Consent) -> dict[str, Any]:
    return {
        "list": line.list.slug,
        "action": line.action,
        "at": line.at,
        "how": line.how,
        "wording": line.wording,
        "network": line.network,
        "detail": line.detail,
    }


def _widest(in_force: list[Suppression]) -> dict[str, Any] | None:
    if not in_force:
        return None
    return {
        "reason": in_force[0].reason,
        "lists": [row.list.slug for row in in_force if row.list],
        "everywhere": in_force[0].list is None,
        "since": in_force[0].at,
        "source": in_force[0].source,
    }


def _suppression(row: Suppression) -> dict[str, Any]:
    return {
        "reason": row.reason,
        "list": row.list.slug if row.list else None,
        "since": row.at,
        "source": row.source,
        "lifted_at": row.lifted_at,
        "lifted_because": row.lifted_because,
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "list": letter.list.slug if letter.list else None,
        "state": letter.state,
        "at": letter.created_at,
    }


def _requests(person: Subscriber | None, key: str) -> QuerySet[Request]:
    theirs = Q(address_key=key) if person is None else Q(address_key=key) | Q(subscriber=person)
    return Request.objects.filter(theirs).select_related("list").order_by("asked_at", "pk")


def _request(row: Request) -> dict[str, Any]:
    """Return what was asked for on a page, and what became of it."""
    return {
        "what": row.kind,
        "list": row.list.slug,
        "at": row.asked_at,
        "letter_at": row.written_at,
        "no_letter_because": row.kept_back,
        "used_at": row.used_at,
        "wording": row.wording,
        "network": row.network,
    }


def _changes(person: Subscriber | None, key: str) -> QuerySet[Change]:
    theirs = Q(subject=key) if person is None else Q(subject=key) | Q(subscriber=person)
    return Change.objects.filter(theirs).select_related("list").order_by("at", "pk")


def _change(line: Change) -> dict[str, Any]:
    return {
        "at": line.at,
        "who": line.who,
        "what": line.what,
        "list": line.list.slug if line.list else None,
        "before": line.before,
        "after": line.after,
    }


def _with_subscriptions(people: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
    subscriptions = Subscription.objects.select_related("list").prefetch_related("list__interests")
    return people.prefetch_related(Prefetch("subscriptions", subscriptions.order_by("list__slug")))


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
                "changed_at": subscription.changed_at,
                "paused_until": subscription.paused_until,
            }
            for subscription in person.subscriptions.all()
        ],
    }


def _unknown(address: str) -> dict[str, Any]:
    return {"email": address, "name": "", "locale": "", "subscriptions": []}
