"""A send at every stage that its page shows."""

import datetime as dt
import uuid
from itertools import combinations

from mailer import sends
from mailer.models import Attempt, Batch, Edition, Event, Send
from mailer.timetable import Instant
from subscribers.models import List
from subscribers.vocabulary import Status
from tests.stage import EDITION, INTERESTS, a_list, a_reader, an_edition

SOUND = EDITION.replace(b"space-digest\n", b"space-digest\nsubject: Orbit this week\n", 1)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def a_house(readers: int = 3) -> tuple[List, Edition]:
    """A list with readers of every interest, and an edition for them."""
    owner = a_list()
    for n in range(readers):
        a_reader(owner, f"reader{n}@x.example", ["china"] if n % 2 else [])
    return owner, an_edition(owner)


def scheduled(edition: Edition, *, days: float = 3) -> Send:
    """A send that leaves some days from now, by the clock of Nairobi."""
    at = now() + dt.timedelta(days=days)
    return sends.schedule(edition, Instant(at), by="Nia", now=now(), word="meant so")


def running(readers: int = 3) -> Send:
    """A frozen send of which nothing has left."""
    _, edition = a_house(readers)
    send = scheduled(edition, days=0)
    sends.prepare(send.pk, now=now())
    return sends.find(send.pk)


def batches_of(send: Send) -> list[Batch]:
    return list(Batch.objects.filter(send=send).order_by("pk"))


def busy() -> Send:
    """A send in the midst of it: accepted, in flight, pending, 300 unknown for 40 minutes, some left out.

    Its batches are said to hold thousands; of its people only those who are left out are there by name.
    """
    owner = a_list()
    sets = [some for size in range(1, 4) for some in combinations(INTERESTS, size)][:6]
    for n, some in enumerate(sets):
        a_reader(owner, f"reader{n}@x.example", some)
    for n, status in enumerate((Status.PAUSED, Status.PENDING, Status.PENDING)):
        a_reader(owner, f"out{n}@x.example", ["china"], status)
    text = EDITION.replace(
        b"Space, seen from elsewhere", "China’s Tiangong space station will host Pakistani astronaut".encode()
    )
    send = scheduled(an_edition(owner, text), days=0)
    sends.prepare(send.pk, now=now())
    minute = dt.timedelta(minutes=1)
    stages = [
        ("unknown", 300, 41, "unknown", "no answer within 60 s"),
        ("accepted", 11_900, 9, "accepted", ""),
        ("accepted", 11_518, 5, "accepted", ""),
        ("submitting", 600, 0.1, None, ""),
        ("pending", 16_000, None, None, ""),
        ("pending", 328, None, None, ""),
    ]
    for batch, (state, n, ago, answer, detail) in zip(batches_of(send), stages, strict=True):
        attempt, fired = uuid.uuid4(), now() - minute * (ago or 0)
        Batch.objects.filter(pk=batch.pk).update(
            state=state, n=n, attempt=attempt if ago else None, fired_at=fired if ago else None
        )
        if ago:
            Attempt.objects.create(
                id=attempt,
                batch=batch,
                transport="sendgrid",
                n=n,
                fired_at=fired,
                payload_hash="",
                answer=answer,  # type: ignore[misc]  # NULL is no answer yet
                detail=detail,
                settled_at=fired + minute if answer else None,
                settled_by="sweep" if answer == "unknown" else "answer" if answer else "",
            )
            if answer == "accepted":
                Event.objects.create(
                    attempt=attempt,
                    kind="delivered",
                    at=fired,
                    received_at=now(),
                    send_ref=send.pk,
                    delivery_ref=batch.pk,
                )
    total = sum(n for _, n, *_ in stages) + 3
    Send.objects.filter(pk=send.pk).update(candidates=total)
    return sends.find(send.pk)
