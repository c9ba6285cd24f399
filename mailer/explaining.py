"""Read all there is to tell of one person and one send."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Q

from mailer.models import Attempt, Batch, Delivery, Event, Send, VariantSet
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.models.editions import EVERYTHING
from mailer.reports import OUTCOMES
from mailer.telling import Told
from mailer.telling.known import (
    Agreed,
    Barred,
    Copy,
    Elsewhere,
    Happened,
    Known,
    Letter,
    Part,
    Request,
    Sending,
    Standing,
)
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, EventKind, Reason, SendKind, SendStatus
from subscribers.addresses import address_key, parse
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression
from subscribers.segments.evaluating import Person, holds
from subscribers.segments.keeping import Kept
from subscribers.vocabulary import Action, Status, Suppressed


def explain(address: str, send: Send) -> Known:
    """Return what is known of this person and this send, erased or not. Raises AddressError."""
    key = address_key(parse(address).canonical)
    person = Subscriber.objects.filter(address_key=key).first()
    owner = send.edition.list
    names = _names(owner)
    delivery = _delivery(send, key, person)
    return Known(
        address=address.strip(),
        name=person.name if person else "",
        here=person is not None,
        sending=replace(
            _sending(send), invited=_is_invited(send, key), in_segment=_is_in_segment(send, person)
        ),
        standing=_standing(person, owner, names),
        agreed=_agreed(person, owner, names),
        barred=_barred(key, owner),
        copy=_copy(delivery, names) if delivery else None,
        elsewhere=_elsewhere(send, key, person),
    )


def _names(owner: List) -> dict[str, tuple[int, str]]:
    """Return each interest's bit and name by its slug, in the list's order, the retired too."""
    rows = owner.interests.values_list("slug", "number", "name")
    return {slug: (1 << number, name) for slug, number, name in rows}


def _named(bits: int, names: dict[str, tuple[int, str]]) -> tuple[str, ...]:
    return tuple(name for bit, name in names.values() if bits & bit)


def _sending(send: Send) -> Sending:
    return Sending(
        id=send.pk,
        kind=SendKind(send.kind),
        status=SendStatus(send.status),
        edition=send.edition_id,
        title=send.title,
        list=send.edition.list.slug,
        scheduled_at=send.scheduled_at,
        frozen_at=send.frozen_at,
        to_segment=send.segment is not None and send.kind != SendKind.TEST,
        segment=(send.segment or {}).get("slug", ""),
        corrects=send.corrects_id,
        pause_reason=send.pause_reason,
    )


def _is_invited(send: Send, key: str) -> bool:
    """Return whether a test that is not frozen names the address."""
    named = (send.segment or {}).get("addresses", []) if send.kind == SendKind.TEST else []
    return any(address_key(parse(address).canonical) == key for address in named)


def _is_in_segment(send: Send, person: Subscriber | None) -> bool | None:
    """Return whether the segment that a send is to go to has this person now; None: that is no question."""
    if send.segment is None or send.kind != SendKind.SEND or send.frozen_at is not None:
        return None
    owner = send.edition.list
    found = Subscription.objects.select_related("subscriber").filter(subscriber=person, list=owner).first()
    if found is None:
        return None
    kept = Kept.of(send.segment)
    return holds(kept.condition, Person.of(found), kept.as_of(owner, dt.datetime.now(dt.UTC)))


def _standing(person: Subscriber | None, owner: List, names: dict[str, tuple[int, str]]) -> Standing | None:
    found = Subscription.objects.filter(subscriber=person, list=owner).first() if person else None
    if found is None:
        return None
    return Standing(
        status=Status(found.status),
        everything=found.everything,
        chose=_named(found.interests, names),
        since=found.since,
        changed_at=found.changed_at,
    )


def _agreed(person: Subscriber | None, owner: List, names: dict[str, tuple[int, str]]) -> tuple[Agreed, ...]:
    if person is None:
        return ()
    return tuple(
        Agreed(Action(line.action), line.at, line.how, _chosen(line.detail.get("interests"), names))
        for line in Consent.objects.filter(subscriber=person, list=owner).order_by("at", "pk")
    )


def _chosen(noted: object, names: dict[str, tuple[int, str]]) -> str:
    """Return what a consent noted of the interests: slugs, or the word for all of them."""
    if isinstance(noted, list):
        return ", ".join(names.get(slug, (0, slug))[1] for slug in noted)
    return noted if isinstance(noted, str) else ""


def _barred(key: str, owner: List) -> tuple[Barred, ...]:
    """Return the suppressions of an address that touch the list, lifted or not, oldest first."""
    touching = Suppression.objects.filter(Q(list=None) | Q(list=owner), address_key=key)
    return tuple(
        Barred(
            reason=Suppressed(row.reason),
            everywhere=row.list_id is None,
            source=row.source,
            at=row.at,
            lifted_at=row.lifted_at,
            lifted_because=row.lifted_because,
        )
        for row in touching.order_by("at", "pk")
    )


def _delivery(send: Send, key: str, person: Subscriber | None) -> Delivery | None:
    """Return their copy: by the person where there is one, else by the hash that outlives them."""
    copies = Delivery.objects.filter(send=send).select_related("batch", "variant")
    theirs = copies.filter(subscriber=person).first() if person else None
    return theirs or copies.filter(address_key=key).order_by("pk").first()


def _elsewhere(send: Send, key: str, person: Subscriber | None) -> tuple[Elsewhere, ...]:
    """Return what other sends of the edition hold for them."""
    others = Delivery.objects.filter(edition=send.edition_id).exclude(send=send).select_related("batch")
    # The person's copies have an index; the hash has one only for copies that have left or still may.
    theirs = (
        others.filter(subscriber=person)
        if person
        else others.filter(address_key=key).exclude(
            state__in=[DeliveryState.EXCLUDED, DeliveryState.CANCELLED]
        )
    )
    return tuple(Elsewhere(row.send_id, _outcome(row)) for row in theirs.order_by("send"))


def _outcome(delivery: Delivery) -> str:
    if delivery.state:
        return str(delivery.state)
    return OUTCOMES.get(delivery.batch.state, delivery.batch.state) if delivery.batch else ""


def _copy(delivery: Delivery, names: dict[str, tuple[int, str]]) -> Copy:
    way = list(reversed(list(_ancestry(delivery.batch))))
    attempts = Attempt.objects.filter(batch__in=[batch.pk for batch in way])
    return Copy(
        delivery=delivery.pk,
        outcome=_outcome(delivery),
        state=DeliveryState(delivery.state) if delivery.state else None,
        reason=Reason(delivery.reason) if delivery.reason else None,
        letter=_letter(delivery, names),
        parts=tuple(_part(batch) for batch in way),
        requests=tuple(_request(attempt) for attempt in attempts.order_by("fired_at", "pk")),
        events=_events(delivery),
    )


def _ancestry(batch: Batch | None) -> Iterable[Batch]:
    """Yield the batch and those its readers came from, newest first; few, so each is asked for by itself."""
    while batch is not None:
        yield batch
        batch = batch.parent


def _part(batch: Batch) -> Part:
    return Part(
        id=batch.pk,
        state=BatchState(batch.state),
        readers=batch.n,
        attempt=batch.attempt.hex if batch.attempt else "",
        not_before=batch.not_before,
        replaced_by=batch.replaced_by_id,
    )


def _request(attempt: Attempt) -> Request:
    return Request(
        id=attempt.pk.hex,
        batch=attempt.batch_id,
        transport=attempt.transport,
        readers=attempt.n,
        fired_at=attempt.fired_at,
        answer=AnswerKind(attempt.answer) if attempt.answer else None,
        status=attempt.status,
        detail=attempt.detail,
        message_id=attempt.message_id,
        settled_at=attempt.settled_at,
        settled_by=attempt.settled_by,
        abandoned_by=attempt.abandoned_by,
        abandoned_at=attempt.abandoned_at,
        contradicted_at=attempt.contradicted_at,
    )


def _letter(delivery: Delivery, names: dict[str, tuple[int, str]]) -> Letter | None:
    variant = delivery.variant
    if variant is None:
        return None
    # By its batches: a delivery has no index by variant, and shares its batch's.
    readers = Delivery.objects.filter(batch__send=delivery.send_id, batch__variant=variant)
    sets = (
        VariantSet.objects.filter(variant=variant).order_by("interests").values_list("interests", flat=True)
    )
    return Letter(
        id=variant.pk,
        subject=variant.subject,
        readers=readers.count(),
        sets=tuple(
            () if bits == EVERYTHING else _named(bits, names) or ("none it carries",) for bits in sets
        ),
        text_only=variant.text_only,
        tracked=variant.tracked,
    )


def _events(delivery: Delivery) -> tuple[Happened, ...]:
    """Return every event of a copy, and the earliest times whose events are no longer kept."""
    told = [
        Happened(
            kind=EventKind(row.kind),
            at=row.at,
            machine=row.machine,
            link=row.link,
            detail=row.detail,
            attempt=row.attempt.hex if row.attempt else "",
        )
        for row in Event.objects.filter(delivery_ref=delivery.pk).order_by("at", "pk")
    ]
    kinds = {(event.kind, event.machine) for event in told}
    marked = [
        Happened(kind, at, machine)
        for (kind, machine), column in EVENT_COLUMNS.items()
        if (kind, machine) not in kinds and (at := getattr(delivery, column)) is not None
    ]
    return tuple(sorted(told + marked, key=lambda event: event.at))


def described(known: Known, told: Told) -> dict[str, Any]:
    """Return the account in the shape of `explain --json`."""
    copy = known.copy
    return {
        "address": known.address,
        "name": known.name or None,
        "send": known.sending,
        "candidate": copy is not None,
        "outcome": copy.outcome if copy else None,
        "reason": copy.reason if copy else None,
        "possibly_twice": copy.possibly_twice if copy else False,
        "status_at_freeze": known.status_at_freeze,
        "subscription": known.standing,
        "consents": known.agreed,
        "suppressions": known.barred,
        "delivery": copy.delivery if copy else None,
        "variant": copy.letter if copy else None,
        "batches": copy.parts if copy else (),
        "attempts": known.carried,
        "events": copy.events if copy else (),
        "elsewhere": known.elsewhere,
        "steps": told.steps,
        "conclusion": told.conclusion,
    }
