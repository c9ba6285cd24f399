"""What the ledger and the events hold of a person who is erased: it goes, and the outcomes stay without them.

Locks are taken as everywhere: bodies, batches, copies; the person comes after, in subscribers.erasing.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from django.db.models import Q, QuerySet

from mailer import batches, events
from mailer.database import fetch
from mailer.models import Attempt, Delivery, Event, EventBody, Send, Tester
from mailer.tallies import holding, parting
from mailer.tallies.links import link_key
from mailer.transports.words import pattern_of
from mailer.vocabulary import SendKind
from mailer.webhooks.sendgrid import hear
from subscribers.addresses import AddressError, parse
from subscribers.erasing import BLANKED, PARTED, REMOVED, Person, Place

log = structlog.get_logger()

# The requests that carried these copies, of the batches they are and were in.
READ_ATTEMPTS = """
WITH RECURSIVE way AS (
  SELECT batch.id, batch.parent_id FROM batch
  WHERE batch.id IN (SELECT batch_id FROM delivery WHERE delivery.id IN ({marks}))
  UNION
  SELECT batch.id, batch.parent_id FROM batch JOIN way ON batch.id = way.parent_id
)
SELECT attempt.id, attempt.detail FROM attempt JOIN way ON way.id = attempt.batch_id
WHERE attempt.detail <> ''
"""

_MANY = 1_000  # of one statement
# Shorter than this, the part before the @-sign may be any word.
_SHORTEST_WORD = 3
STRUCK = "…"


class Traces:
    """The part of an erasure that is about sends and what came back; registered in mailer.apps."""

    def settle(self, person: Person, *, at: dt.datetime) -> None:
        """Apply the webhook bodies that wait and name them: so what they tell of others is not lost."""
        waiting = EventBody.objects.filter(applied_at=None)
        for body in [body.pk for body in _naming(waiting, person)]:
            try:
                events.apply(body, now=at)
            except Exception:
                # What cannot be applied is blanked all the same; the health check tells of it.
                log.exception("a webhook body could not be applied before an erasure", body=body)

    def erase(self, person: Person) -> list[Place]:
        """Blank their addresses and what was said of them; part their copies from them."""
        tests = _tests(person)
        bodies = _bodies(person)
        copies = _copies(person)
        attempts = _attempts(person, copies)
        named, parted = _part(person, copies)
        return [
            Place("test sends to come", BLANKED, tests),
            Place("webhook bodies", BLANKED, bodies),
            Place("requests", BLANKED, attempts),
            Place("events", BLANKED, _events(person, copies)),
            Place("addresses of tests", BLANKED, named),
            Place("deliveries", PARTED, parted),
            Place("test lists", REMOVED, Tester.objects.filter(address_key__in=person.keys).delete()[0]),
        ]


def _tests(person: Person) -> int:
    """Take them out of the tests that have not begun; return how many named them."""
    changed = 0
    rows = Send.objects.select_for_update(of=("self",), no_key=True)
    for send in rows.filter(kind=SendKind.TEST, segment__isnull=False).order_by("pk"):
        asked = dict(send.segment or {})
        addresses = [address for address in asked.get("addresses", []) if not _is_theirs(address, person)]
        if addresses != asked.get("addresses", []):
            changed += Send.objects.filter(pk=send.pk).update(segment=asked | {"addresses": addresses})
    return changed


def _bodies(person: Person) -> int:
    """Take what names them out of the bodies that are still kept; return how many did."""
    kept = EventBody.objects.filter(Q(applied_at=None) | ~Q(fault="")).exclude(body=b"")
    found = [body.pk for body in _naming(kept, person)]
    changed = 0
    for body in EventBody.objects.select_for_update().filter(pk__in=found).order_by("pk"):
        changed += EventBody.objects.filter(pk=body.pk).update(body=without(bytes(body.body), person))
    return changed


def _naming(bodies: QuerySet[EventBody], person: Person) -> Iterator[EventBody]:
    """Yield the bodies that name the person; one at a time, for each may be large."""
    for number in bodies.order_by("pk").values_list("pk", flat=True):
        body = EventBody.objects.filter(pk=number).first()
        if body is not None and names(bytes(body.body), person):
            yield body


def names(body: bytes, person: Person) -> bool:
    """Return whether a body names one of the person's addresses, in whatever spelling JSON allows."""
    # Without the zeros between, UTF-16 reads as plainly.
    if _addresses_of(person).search(body.replace(b"\0", b"").decode("latin-1")):
        return True
    return b"\\u" in body and any(_is_theirs(told.address, person) for told in hear(body).events)


def without(body: bytes, person: Person) -> bytes:
    """Return a body without the events that name the person; nothing of one that is no list of events."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return b""
    if not isinstance(told, list):
        return b""
    theirs = _addresses_of(person)
    kept = [item for item in told if not theirs.search(json.dumps(item, ensure_ascii=False))]
    return json.dumps(kept).encode()


def _addresses_of(person: Person) -> re.Pattern[str]:
    """Return what finds the person's addresses in a text or a URL."""
    return re.compile("|".join(map(pattern_of, person.addresses)), re.IGNORECASE)


def _is_theirs(address: str, person: Person) -> bool:
    try:
        return parse(address).canonical in person.addresses
    except AddressError:
        return False


def _copies(person: Person) -> list[int]:
    """Return the copies that are theirs, and those of tests to their address."""
    tests = Delivery.objects.filter(send__kind=SendKind.TEST, address_key__in=person.keys)
    found = set(tests.values_list("pk", flat=True))
    if person.subscriber is not None:
        found |= set(Delivery.objects.filter(subscriber=person.subscriber).values_list("pk", flat=True))
    return sorted(found)


def _attempts(person: Person, copies: Sequence[int]) -> int:
    """Strike them out of what transports said of whole requests; return of how many."""
    words = _words_about(person)
    struck: dict[Any, str] = {}
    for part in _portions(copies):
        marks = ",".join(["%s"] * len(part))
        for attempt, detail in fetch(READ_ATTEMPTS.format(marks=marks), part):
            if (left := words.sub(STRUCK, detail)) != detail:
                struck[attempt] = left
    if not struck:
        return 0
    found = list(Attempt.objects.filter(pk__in=list(struck)))
    batches.lock([attempt.pk for attempt in found])
    for attempt in found:
        Attempt.objects.filter(pk=attempt.pk).update(detail=words.sub(STRUCK, attempt.detail))
    return len(found)


def _words_about(person: Person) -> re.Pattern[str]:
    """Return what finds their addresses, and the part before the @-sign alone, which servers quote too."""
    local = {address.rpartition("@")[0] for address in person.addresses}
    words = [
        *map(pattern_of, person.addresses),
        *sorted(re.escape(word) for word in local if len(word) >= _SHORTEST_WORD),
    ]
    return re.compile(rf"(?<![\w.+-])(?:{'|'.join(words)})(?![\w+-])", re.IGNORECASE)


def _part(person: Person, copies: Sequence[int]) -> tuple[int, int]:
    """Part the copies from the person; return how many held an address, and how many the person."""
    named = parted = 0
    for part in _portions(copies):
        held = Delivery.objects.filter(pk__in=part)
        # Their sends first, and they in the order of their ids, as events do both.
        holding.hold(part)
        list(held.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        parting.part(part)
        named += held.exclude(test_address="").update(test_address="")
        parted += held.filter(subscriber=person.subscriber).exclude(subscriber=None).update(subscriber=None)
    return named, parted


def _events(person: Person, copies: Sequence[int]) -> int:
    """Blank what was said of them; the links they followed stay, but for their address in one."""
    changed = _blank(Event.objects.filter(delivery_ref=0, address_key__in=person.keys), person)
    for part in _portions(copies):
        changed += _blank(Event.objects.filter(delivery_ref__in=part), person)
    return changed


def _blank(told: QuerySet[Event], person: Person) -> int:
    theirs = _addresses_of(person)
    changed = told.exclude(detail="").update(detail="")
    for event, link in told.filter(Q(link__contains="@") | Q(link__icontains="%40")).values_list(
        "pk", "link"
    ):
        left = theirs.sub(STRUCK, link)
        if left != link:
            changed += Event.objects.filter(pk=event).update(link=left, link_key=link_key(left))
    return changed


def _portions(copies: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(copies), _MANY):
        yield copies[start : start + _MANY]
