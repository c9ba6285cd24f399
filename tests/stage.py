"""The cast and the props: a list, its readers, an edition, a send on its way."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import Any

import orjson

from mailer import batches, editions, sends
from mailer.models import Batch, Delivery, Edition, Send
from mailer.timetable import Instant
from mailer.transports.sendgrid import SendGrid
from subscribers.addresses import address_key, parse
from subscribers.interests import Interests
from subscribers.lists import add_list, parse_sender
from subscribers.models import List, Subscriber, Subscription
from subscribers.vocabulary import Status

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
# Packs as SendGrid asks; nobody listens there.
SENDGRID = SendGrid("SG.nobody", "http://127.0.0.1:9", 5)
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}

EDITION = b"""---
list: space-digest
title: Space, seen from elsewhere
date: 2026-12-01
---
# Selected news
## [A launch from Wenchang](https://a.example/wenchang) {china}
The rocket flew.

## [A station over Nairobi](https://a.example/nairobi) {africa}
The dish turned.

## [Vostochny waits](https://a.example/vostochny) {russia}
The pad stood.

## [Chandrayaan calls home](https://a.example/chandrayaan) {south-asia}
The orbiter spoke.
"""


def a_list(slug: str = "space-digest") -> List:
    return add_list(
        slug,
        name="Space Digest",
        sender=parse_sender("Space Digest <editor@news.example>"),
        postal_address="1 Orbit Road, Nairobi",
        interests=INTERESTS,
    ).newsletter


def a_reader(
    owner: List,
    address: str,
    interests: Iterable[str] = (),
    status: Status = Status.ACTIVE,
    **subscriber: object,
) -> Subscription:
    known = parse(address)
    bits = Interests.of(owner).bits(interests)
    person, _ = Subscriber.objects.get_or_create(
        canonical=known.canonical,
        defaults={
            "address": known.written,
            "address_key": address_key(known.canonical),
            "created_at": NOW,
            **subscriber,
        },
    )
    return Subscription.objects.create(
        subscriber=person,
        list=owner,
        status=status,
        everything=not bits,
        interests=bits,
        since=NOW,
        changed_at=NOW,
    )


def readers(owner: List, count: int, interests: Iterable[str] = ()) -> list[Subscription]:
    chosen = list(interests)
    return [a_reader(owner, f"reader{n}@x.example", chosen) for n in range(count)]


def an_edition(owner: List, text: bytes = EDITION) -> Edition:
    return editions.import_text(owner, text, author="ed", now=NOW).edition


def a_send(edition: Edition, at: dt.datetime = NOW) -> Send:
    return sends.schedule(edition, Instant(at), by="ed", now=NOW)


def a_frozen_send(owner: List, text: bytes = EDITION) -> Send:
    """Return a send whose audience is frozen and of which nothing has left."""
    send = a_send(an_edition(owner, text))
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    return send


def batches_of(send: Send) -> list[Batch]:
    return list(Batch.objects.filter(send=send).order_by("pk"))


def delivery_of(send: Send, address: str) -> Delivery:
    return Delivery.objects.get(send=send, address_key=address_key(parse(address).canonical))


def an_event(
    kind: str, delivery: Delivery | None = None, attempt: uuid.UUID | None = None, at: int = 0, **said: object
) -> dict[str, Any]:
    """Return what SendGrid would say `at` seconds after NOW."""
    event = {"event": kind, "email": "", "timestamp": int(NOW.timestamp()) + at, **said}
    if delivery is not None:
        event["nl_delivery"] = str(delivery.pk)
    if attempt is not None:
        event["nl_attempt"] = attempt.hex
    return event


def body_of(*told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode() + b"\r\n"


class Nobody:
    """A witness who holds nothing back."""

    def begin(self, delivery: int) -> bool:
        return delivery >= 0

    def end(self, delivery: int, said: str) -> None:
        """Keep nothing."""


def fired(batch: Batch, now: dt.datetime = NOW) -> batches.Fired:
    """Return the batch past its point of no return; nothing of it has left."""
    attempt = batches.claim(batch.pk, now=now, lease=60)
    assert attempt is not None
    request = batches.fire(batch.pk, attempt, SENDGRID, now=now)
    assert request is not None
    return request


def body_of_request(request: batches.Fired) -> dict[str, Any]:
    assert isinstance(request.parcel.content, bytes)
    body: dict[str, Any] = orjson.loads(request.parcel.content)
    return body
