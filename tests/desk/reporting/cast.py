"""A send that has left, with what came back: few enough that every figure can be counted by hand."""

import datetime as dt

from mailer import batches, events
from mailer.models import Batch, Delivery, Send
from mailer.transports.answers import Accepted
from mailer.vocabulary import EventKind, SendStatus
from mailer.webhooks.told import Told
from subscribers.models import List
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, a_reader

# A title that a spreadsheet would run and a browser would read, and an address that would end an attribute.
HOSTILE, ADDRESS = '=SUM(A1) <i>"Wenchang"</i>', "https://a.example/wenchang?a=1&b='x'"
TEXT = f"""---
list: space-digest
title: Space <b>bold</b> & counted
date: 2026-12-01
---
# Selected news
## [{HOSTILE}]({ADDRESS}) {{china}}
The rocket flew.

## [A station over Nairobi](https://a.example/nairobi) {{africa}}
The dish turned.

## [Vostochny waits](https://a.example/vostochny) {{russia}}
The pad stood.
""".encode()
DELIVERED, OPENED, CLICKED, BOUNCED = (
    EventKind(kind) for kind in ("delivered", "opened", "clicked", "bounced")
)


def a_told_send(owner: List | None = None) -> Send:
    """A send of eight: seven arrive, three people open, two click the first story, one machine everything.

    One is bounced, one complains, one leaves.
    """
    owner = owner or a_list()
    for n in range(8):
        a_reader(owner, f"reader{n}@x.example", ["china"] if n == 7 else [])
    send = a_frozen_send(owner, TEXT)
    accept(send)
    copies = list(Delivery.objects.filter(send=send).order_by("pk").values_list("pk", "batch__attempt"))

    def told(kind: EventKind, place: int, after: int, **said: object) -> Told:
        copy, attempt = copies[place]
        return Told(kind, NOW + dt.timedelta(minutes=after), "", copy, attempt, **said)  # type: ignore[arg-type]  # the fields of Told, by name

    happened = [told(DELIVERED, place, 1) for place in range(7)]
    happened += [told(OPENED, place, 5) for place in range(3)]
    happened += [told(CLICKED, place, 61, link=ADDRESS) for place in range(2)]
    happened += [told(OPENED, 3, 2, machine=True), told(CLICKED, 3, 2, link=ADDRESS, machine=True)]
    happened += [
        told(BOUNCED, 7, 3, detail="550 5.1.1 user unknown"),
        told(EventKind.COMPLAINED, 0, 90),
        told(EventKind.UNSUBSCRIBED, 1, 95),
    ]
    events.take(happened, source="sendgrid", now=NOW + dt.timedelta(days=1))
    Send.objects.filter(pk=send.pk).update(status=SendStatus.DONE, finished_at=NOW)  # as the sweep does
    send.refresh_from_db()
    return send


def accept(send: Send) -> None:
    """Let the transport take all of it."""
    for batch in Batch.objects.filter(send=send):
        attempt = batches.claim(batch.pk, now=NOW, lease=60)
        assert attempt is not None
        assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is not None
        assert batches.settle(batch.pk, attempt, Accepted(202, "one"), now=NOW)
