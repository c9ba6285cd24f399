"""Ask, on a page, for something that must be proved by a link in a letter: the row waits for an answer.

Nothing here looks at who is on a list: what a page does and how long it takes is the same for everybody.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from subscribers.addresses import Address, address_key
from subscribers.evidence import Origin
from subscribers.interests import Interests
from subscribers.models import List, Request, Subscription
from subscribers.vocabulary import RequestKind

# How long a link is good for, counted from the letter that brings it.
LIFE = {
    RequestKind.SIGN_UP: dt.timedelta(days=7),
    RequestKind.DATA: dt.timedelta(hours=1),
    RequestKind.FORGET: dt.timedelta(hours=1),
    RequestKind.READDRESS: dt.timedelta(hours=1),
    RequestKind.MOVE: dt.timedelta(hours=1),
}

# One statement for everybody: asked again, the latest choice holds, and a worker looks at it anew.
_ASK = """
    INSERT INTO request (
        kind, list_id, subscriber_id, address, address_key, everything, interests, tracked, current,
        language, wording, network, asked_at, kept_back
    ) VALUES (
        %(kind)s, %(list)s, %(subscriber)s, %(address)s, %(address_key)s, %(everything)s, %(interests)s,
        %(tracked)s, %(current)s, %(language)s, %(wording)s, %(network)s, %(at)s, ''
    )
    ON CONFLICT (address_key, list_id, kind) WHERE used_at IS NULL DO UPDATE SET
        subscriber_id = excluded.subscriber_id, address = excluded.address, everything = excluded.everything,
        interests = excluded.interests, tracked = excluded.tracked, current = excluded.current,
        language = excluded.language, wording = excluded.wording, network = excluded.network,
        asked_at = excluded.asked_at, answered_at = NULL
    RETURNING id
"""


@dataclass(frozen=True)
class Wish:
    """What a visitor filled in; `slugs` empty is everything, `current` asks for the current edition too."""

    list: List
    address: Address
    slugs: Collection[str]
    tracked: bool
    current: bool
    language: str


def sign_up(wish: Wish, *, origin: Origin, at: dt.datetime) -> int:
    """Ask for a subscription, whoever the address belongs to; return the request.

    Raises UnknownInterestError.
    """
    bits = Interests.of(wish.list).bits(wish.slugs)
    return _ask(
        RequestKind.SIGN_UP,
        wish.list.pk,
        wish.address.written,
        address_key(wish.address.canonical),
        origin=origin,
        at=at,
        everything=not wish.slugs,
        interests=bits,
        tracked=wish.tracked,
        current=wish.current,
        language=wish.language,
    )


def ask(
    kind: RequestKind, subscription_id: int, *, language: str, origin: Origin, at: dt.datetime
) -> int | None:
    """Ask for a link to one's data, to being forgotten, or to another address; None: the person is gone."""
    row = Subscription.objects.select_related("subscriber").filter(pk=subscription_id).first()
    if row is None:
        return None
    person = row.subscriber
    return _ask(
        kind,
        row.list_id,
        person.address,
        person.address_key,
        origin=origin,
        at=at,
        subscriber=person.pk,
        language=language,
    )


def move(request_id: int, new: Address, *, language: str, origin: Origin, at: dt.datetime) -> int | None:
    """Ask for another address, by the link that the one so far was sent, and use it up; None: it is over."""
    with transaction.atomic():
        proof = (
            Request.objects.select_for_update(of=("self",), no_key=True)
            .filter(
                pk=request_id,
                kind=RequestKind.READDRESS,
                used_at=None,
                written_at__gt=at - LIFE[RequestKind.READDRESS],
            )
            .first()
        )
        if proof is None or proof.subscriber_id is None:
            return None
        proof.used_at, proof.address = at, ""
        proof.save(update_fields=["used_at", "address"])
        return _ask(
            RequestKind.MOVE,
            proof.list_id,
            new.written,
            address_key(new.canonical),
            origin=origin,
            at=at,
            subscriber=proof.subscriber_id,
            language=language,
        )


def _ask(
    kind: RequestKind,
    list_id: int,
    address: str,
    key: str,
    *,
    origin: Origin,
    at: dt.datetime,
    **wish: object,
) -> int:
    values: dict[str, Any] = {
        "subscriber": None,
        "everything": True,
        "interests": 0,
        "tracked": False,
        "current": False,
        **wish,
        "kind": kind.value,
        "list": list_id,
        "address": address,
        "address_key": key,
        "wording": origin.wording,
        "network": origin.network,
        "at": connection.ops.adapt_datetimefield_value(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, values)
        return int(cursor.fetchone()[0])
