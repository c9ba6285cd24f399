"""Confirm a sign-up: the owner of the address says yes, and only now are they somebody here."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from subscribers import evidence
from subscribers.addresses import parse
from subscribers.answering import STOPS_A_SIGN_UP
from subscribers.asking import LIFE
from subscribers.choosing import chosen
from subscribers.collisions import again_after_collision
from subscribers.evidence import UNSTATED, Origin
from subscribers.interests import Interests
from subscribers.models import Interest, Letter, List, Request, Subscriber, Subscription, Suppression
from subscribers.proving import Ended
from subscribers.vocabulary import Action, OutboxKind, RequestKind, Status, Suppressed

# What the owner's own yes takes back: that they left, and that they wanted to be forgotten.
_TAKEN_BACK = (Suppressed.UNSUBSCRIBED, Suppressed.ERASED)
BECAUSE = "they signed up again and confirmed it"
HOW = "the link in a letter to that address"


@dataclass(frozen=True)
class Also:
    """Another sign-up that was asked for with the same address, and is not confirmed either."""

    request: int
    list: List
    interests: tuple[Interest, ...]
    everything: bool


@dataclass(frozen=True)
class Open:
    """What a link would confirm; `digest` stands for it, so that nobody confirms what they did not see.

    `interests` are those that are still offered; `everything` also where none of what was ticked is.
    `tracked` is whether opens and clicks will be counted, ticked here or for another list that still comes;
    `current` is what was ticked.
    """

    request: int
    list: List
    address: str
    interests: tuple[Interest, ...]
    everything: bool
    tracked: bool
    current: bool
    language: str
    digest: str
    also: tuple[Also, ...]


@dataclass(frozen=True)
class Changed:
    """Something else was asked for since the page was shown, which must be seen first; nothing was done."""

    now: Open


@dataclass(frozen=True)
class Confirmed:
    """The subscriptions there are now, that of the link first, and the letters that welcome.

    `new` is whether the first was not one before.
    """

    list: List
    new: bool
    subscriptions: tuple[int, ...]
    letters: tuple[int, ...]


def standing(request_id: int, *, at: dt.datetime) -> Open | Ended:
    """Return what the link of this request would confirm, or why nothing any more; changes nothing."""
    row = Request.objects.select_related("list").filter(pk=request_id, kind=RequestKind.SIGN_UP).first()
    if row is None:
        return Ended.GONE
    if row.used_at is not None:
        return Ended.USED
    if not _good(row, at):
        return Ended.OVER
    open_ones = Request.objects.select_related("list").filter(
        address_key=row.address_key,
        kind=RequestKind.SIGN_UP,
        used_at=None,
        asked_at__gt=at - LIFE[RequestKind.SIGN_UP],
    )
    also = tuple(_also(other) for other in open_ones.exclude(pk=row.pk).order_by("pk"))
    interests = _interests(row)
    counted = row.tracked or _is_counted_already(row.address_key)
    shown: list[object] = [row.pk, row.everything, [i.pk for i in interests], counted, row.current]
    shown += [[other.request, other.everything, [i.pk for i in other.interests]] for other in also]
    return Open(
        request=row.pk,
        list=row.list,
        address=row.address,
        interests=interests,
        everything=row.everything or not interests,
        tracked=counted,
        current=row.current,
        language=row.language,
        digest=hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32],
        also=also,
    )


def confirm(
    request_id: int, *, shown: str, also: Collection[int] = (), origin: Origin = UNSTATED, at: dt.datetime
) -> Confirmed | Changed | Ended:
    """Subscribe who asked, to the list of the link and to those of `also` that stood on the page.

    `shown` is the digest of what they saw. Twice is once. What they had left or been erased by is lifted; an
    address that is suppressed for another reason gets nothing.
    """
    return again_after_collision(lambda: _confirm(request_id, shown, set(also), origin, at))


def _confirm(
    request_id: int, shown: str, also: set[int], origin: Origin, at: dt.datetime
) -> Confirmed | Changed | Ended:
    key = Request.objects.filter(pk=request_id).values_list("address_key", flat=True).first()
    # People are locked before what hangs on them.
    list(Subscriber.objects.select_for_update(no_key=True).filter(address_key=key))
    rows = Request.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(address_key=key, kind=RequestKind.SIGN_UP, used_at=None).order_by("pk"))
    there = standing(request_id, at=at)
    if isinstance(there, Ended):
        return there
    if there.digest != shown:
        return Changed(there)
    mine = [there.request, *(other.request for other in there.also if other.request in also)]
    requests = sorted(
        Request.objects.select_related("list").filter(pk__in=mine), key=lambda r: mine.index(r.pk)
    )
    person = _person(requests[0], at)
    if _barred(person, requests):
        transaction.set_rollback(True)
        return Ended.GONE
    made = [_subscribe(person, request, origin, at) for request in requests]
    letters: list[int] = []
    for (row, new), request in zip(made, requests, strict=True):
        letters += _welcome(person, row, request, at) if new else []
    Request.objects.filter(pk__in=mine).update(used_at=at, address="", subscriber=person)
    subscriptions = tuple(row.pk for row, _ in made)
    return Confirmed(there.list, made[0][1], subscriptions, tuple(letters))


def _good(row: Request, at: dt.datetime) -> bool:
    return row.written_at is not None and at - row.written_at < LIFE[RequestKind(row.kind)]


def _also(row: Request) -> Also:
    interests = _interests(row)
    return Also(row.pk, row.list, interests, row.everything or not interests)


def _interests(row: Request) -> tuple[Interest, ...]:
    """Return what was ticked and is still offered."""
    offered = row.list.interests.filter(retired_at=None)
    return tuple(interest for interest in offered if row.interests >> interest.number & 1)


def _person(request: Request, at: dt.datetime) -> Subscriber:
    """Return who has the address, held for the transaction; made now if nobody has."""
    address = parse(request.address)
    made, new = Subscriber.objects.get_or_create(
        canonical=address.canonical,
        defaults={
            "address": address.written,
            "address_key": request.address_key,
            "locale": request.language,
            "tracked": request.tracked,
            "created_at": at,
        },
    )
    person = Subscriber.objects.select_for_update(no_key=True).get(pk=made.pk)
    counted = request.tracked or _is_counted_already(request.address_key)
    if not new and person.tracked != counted:
        person.tracked = counted
        person.save(update_fields=["tracked"])
    return person


def _is_counted_already(address_key: str) -> bool:
    """Return whether they chose it for letters that come still; an unticked form takes nothing of that."""
    return Subscription.objects.filter(
        subscriber__address_key=address_key,
        subscriber__tracked=True,
        status__in=(Status.ACTIVE, Status.PAUSED),
    ).exists()


def _barred(person: Subscriber, requests: Collection[Request]) -> bool:
    standing_bars = Suppression.objects.filter(
        address_key=person.address_key, lifted_at=None, reason__in=STOPS_A_SIGN_UP
    )
    return (
        standing_bars.filter(list=None).exists()
        or standing_bars.filter(list__in=[request.list_id for request in requests]).exists()
    )


def _subscribe(
    person: Subscriber, request: Request, origin: Origin, at: dt.datetime
) -> tuple[Subscription, bool]:
    """Put the person on the list; return the subscription, and whether they were not on it before."""
    _take_back(person, request.list, at)
    row = Subscription.objects.filter(subscriber=person, list=request.list).first()
    interests = Interests.of(request.list)
    stood = row is not None and row.status in (Status.ACTIVE, Status.PAUSED)
    before = {} if row is None else {"status": row.status, "interests": chosen(row, interests)}
    if row is None:
        row = Subscription(subscriber=person, list=request.list)
    row.status, row.paused_until, row.changed_at = Status.ACTIVE, None, at
    asked = _interests(request)
    # Whose every interest has been retired meanwhile gets everything, as the page said.
    row.everything = request.everything or not asked
    row.interests = sum(1 << interest.number for interest in asked)
    if not stood:
        row.since = at
    row.save()
    evidence.note(
        row,
        Action.CHANGED if stood else Action.GRANTED,
        how=f"form /subscribe/{request.list.slug}",
        at=request.asked_at,
        origin=Origin(wording=request.wording, network=request.network),
        now={"interests": chosen(row, interests), "tracked": person.tracked},
        before=before,
    )
    evidence.note(row, Action.CONFIRMED, how=HOW, at=at, origin=origin)
    return row, not stood


def _take_back(person: Subscriber, newsletter: List, at: dt.datetime) -> None:
    bars = Suppression.objects.filter(address_key=person.address_key, lifted_at=None, reason__in=_TAKEN_BACK)
    # What was said of every list at once has to go as a whole; what was said of other lists stays.
    for rows in (bars.filter(list=None), bars.filter(list=newsletter)):
        rows.update(lifted_at=at, lifted_because=BECAUSE)


def _welcome(person: Subscriber, row: Subscription, request: Request, at: dt.datetime) -> list[int]:
    """Write the letter that welcomes, and ask for the current edition if they did; return the letters."""
    kinds = [OutboxKind.WELCOME, *([OutboxKind.CURRENT] if request.current else [])]
    return [
        Letter.objects.create(
            kind=kind,
            list=request.list,
            subscriber=person,
            language=person.locale or request.language,
            values={"subscription": row.pk},
            occasion=f"{kind} after request {request.pk}",
            created_at=at,
        ).pk
        for kind in kinds
    ]
