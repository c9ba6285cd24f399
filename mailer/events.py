"""What came back, applied: each event once, in any order, in bulk.

Earliest time of each kind wins, so that order and repetition cannot matter; an event about what we do
not know harms nothing.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sized
from dataclasses import dataclass, replace

import structlog
from django.db import transaction

from mailer import batches
from mailer.database import execute_many, fetch, instant, locking
from mailer.faultpoints import reach
from mailer.models import EventBody
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.vocabulary import EventKind
from mailer.webhooks.sendgrid import hear
from mailer.webhooks.told import Told
from subscribers.addresses import AddressError, address_key, parse
from subscribers.leaving import unsubscribe
from subscribers.models import Subscription, Suppression
from subscribers.suppressions import Report, suppress_keys
from subscribers.vocabulary import Suppressed

log = structlog.get_logger()

MAIL = "mail"

# Kinds after which the address is not written to again; a block is about the letter, not the address.
SUPPRESSES = {
    EventKind.BOUNCED: Suppressed.BOUNCED,
    EventKind.COMPLAINED: Suppressed.COMPLAINED,
    EventKind.UNSUBSCRIBED: Suppressed.UNSUBSCRIBED,
}

INSERT_EVENT = """
INSERT INTO event
  (delivery_ref, address_key, send_ref, attempt, kind, at, link, link_key, machine, detail, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (delivery_ref, address_key, kind, at, link_key, machine) DO NOTHING
"""

KEEP_EARLIEST = """
UPDATE delivery SET {column} = %s WHERE id = %s AND ({column} IS NULL OR {column} > %s)
"""

KEEP_LATEST = """
UPDATE subscriber SET {column} = %s WHERE id = %s AND ({column} IS NULL OR {column} < %s)
"""

# Locked in the order of their ids, so that two bodies about the same copies wait for each other once and
# never in a ring.
READ_COPIES = """
SELECT delivery.id, delivery.send_id, edition.list_id, delivery.address_key, delivery.subscriber_id
FROM delivery
JOIN send ON send.id = delivery.send_id
JOIN edition ON edition.id = send.edition_id
WHERE delivery.id IN ({marks})
ORDER BY delivery.id
"""

READ_ATTEMPTS = """
SELECT delivery.id, delivery.send_id, batch.attempt, batch.parent_id
FROM delivery LEFT JOIN batch ON batch.id = delivery.batch_id
WHERE delivery.id IN ({marks})
"""

READ_SENDS = """
SELECT attempt.id, batch.send_id FROM attempt JOIN batch ON batch.id = attempt.batch_id
WHERE attempt.id IN ({marks})
"""


@dataclass(frozen=True)
class Copy:
    """What our rows say of the copy that an event names."""

    delivery: int
    send: int
    list: int
    address_key: str
    subscriber: int | None


Placed = list[tuple[Told, Copy | None]]


def store(body: bytes, *, now: dt.datetime) -> int | None:
    """Keep a verified body until it is applied; None if this very body is kept already."""
    kept, new = EventBody.objects.get_or_create(
        body_hash=hashlib.sha256(body).hexdigest(), defaults={"body": body, "received_at": now}
    )
    return kept.pk if new else None


def apply(number: int, *, now: dt.datetime) -> None:
    """Apply one stored body, whole, in one transaction; a second call changes nothing."""
    with transaction.atomic():
        body = EventBody.objects.select_for_update().filter(pk=number, applied_at=None).first()
        if body is None:
            return
        heard = hear(bytes(body.body))
        ours = take(heard.events, source="sendgrid", now=now)
        body.applied_at, body.fault = now, heard.fault
        body.body = body.body if heard.fault else b""
        body.save(update_fields=["applied_at", "body", "fault"])
        reach("events.before_commit")
    reach("events.after_commit")
    log.info(
        "events applied",
        body=number,
        events=len(heard.events),
        passed_over=heard.passed_over,
        foreign=len(heard.events) - ours,
        fault=heard.fault,
    )


def take(told: Iterable[Told], *, source: str, now: dt.datetime) -> int:
    """Apply events, all or none, and return how many are about copies of ours; again, it changes nothing.

    `source` is who told, in a word that evidence is written with: sendgrid, mail.
    """
    with transaction.atomic():
        placed = _place(told)
        _insert(placed, now)
        _mark(placed)
        _suppress(placed, source)
        batches.prove(_evidence(placed), now=now)
    return sum(copy is not None for _, copy in placed)


def note_leaving(delivery: int, *, at: dt.datetime) -> None:
    """Keep that a reader left by the link in this copy, as the event it is; nothing if the copy is gone."""
    moment = instant(at)
    with transaction.atomic():
        for (send,) in fetch("SELECT send_id FROM delivery WHERE id = %s", [delivery]):
            event = (delivery, "", send, None, EventKind.UNSUBSCRIBED, moment, "", "", False, "", moment)
            execute_many(INSERT_EVENT, [event])
            execute_many(KEEP_EARLIEST.format(column="unsubscribed_at"), [(moment, delivery, moment)])


def _place(events: Iterable[Told]) -> Placed:
    """Put each event beside the copy it is about; None for one without our ids, or of another house.

    A copy is ours if the event names it together with an attempt of the same send, or by our own token.
    """
    told = list(events)
    sends = _sends_of({event.attempt for event in told if event.delivery and event.attempt})
    told = _with_attempts(told, sends)
    batches.lock(
        {event.attempt for event in told if event.attempt and (event.proven or event.attempt in sends)}
    )
    copies = _copies({event.delivery for event in told if event.proven or event.attempt in sends})

    def copy_of(event: Told) -> Copy | None:
        copy = copies.get(event.delivery)
        if copy is None or event.proven:
            return copy
        return copy if event.attempt and sends.get(event.attempt) == copy.send else None

    placed = [(event, copy_of(event)) for event in told]
    # Our own token about a copy that is gone: there is nothing left to keep it with, not even an address.
    return [(event, copy) for event, copy in placed if copy or not event.proven]


def _with_attempts(told: list[Told], sends: dict[uuid.UUID, int]) -> list[Told]:
    """Give each event that our token proves its attempt: the one it names, or its batch's only one.

    Where readers were moved, a batch's attempt may be another than the one the event is about: then None.
    """
    proven = {event.delivery for event in told if event.proven}
    if not proven:
        return told
    rows = fetch(READ_ATTEMPTS.format(marks=_marks(proven)), list(proven))
    known = {
        id_: (send, uuid.UUID(str(own)) if own and not parent else None) for id_, send, own, parent in rows
    }

    def attempt_of(event: Told) -> uuid.UUID | None:
        send, own = known.get(event.delivery, (0, None))
        return event.attempt if event.attempt and sends.get(event.attempt) == send else own

    return [replace(event, attempt=attempt_of(event)) if event.proven else event for event in told]


def _evidence(placed: Placed) -> dict[uuid.UUID, set[int]]:
    """Return the attempts that events name, each with the deliveries they tell of."""
    evidence: dict[uuid.UUID, set[int]] = {}
    for told, copy in placed:
        if copy and told.attempt:
            evidence.setdefault(told.attempt, set()).add(copy.delivery)
    return evidence


def _sends_of(attempts: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the send of each attempt that is ours."""
    if not attempts:
        return {}
    statement = READ_SENDS.format(marks=_marks(attempts))
    return {uuid.UUID(str(id_)): send for id_, send in fetch(statement, [id_.hex for id_ in attempts])}


def _copies(deliveries: set[int]) -> dict[int, Copy]:
    """Return and lock the copies with these ids."""
    if not deliveries:
        return {}
    statement = READ_COPIES.format(marks=_marks(deliveries)) + locking("UPDATE OF delivery")
    return {row[0]: Copy(*row) for row in fetch(statement, list(deliveries))}


def _marks(values: Sized) -> str:
    return ",".join(["%s"] * len(values))


def _insert(placed: Placed, now: dt.datetime) -> None:
    received = instant(now)
    forgotten = _forgotten(placed)
    execute_many(
        INSERT_EVENT,
        (
            (
                copy.delivery if copy else 0,
                "" if copy else _key(told, None),
                copy.send if copy else 0,
                told.attempt.hex if told.attempt else None,
                told.kind,
                instant(told.at),
                told.link,
                link_key(told.link),
                told.machine,
                "" if forgotten and _key(told, copy) in forgotten else told.detail,
                received,
            )
            for told, copy in placed
        ),
    )


def _forgotten(placed: Placed) -> set[str]:
    """Return the keys of those who were erased: what a server says of them is about them, and not kept."""
    without_person = {_key(told, copy) for told, copy in placed if copy is None or copy.subscriber is None}
    erased = Suppression.objects.filter(reason=Suppressed.ERASED, address_key__in=without_person)
    return set(erased.values_list("address_key", flat=True)) if without_person else set()


def link_key(link: str) -> str:
    """Return what stands for a link in the key of its event; '' for none."""
    return hashlib.blake2b(link.encode(), digest_size=16).hexdigest() if link else ""


def _mark(placed: Placed) -> None:
    """Write the earliest time of each kind, and when each reader was last seen to read."""
    for (kind, machine), column in EVENT_COLUMNS.items():
        rows = sorted(
            (copy.delivery, instant(told.at))
            for told, copy in placed
            if copy and told.kind is kind and told.machine is machine
        )
        if rows:
            execute_many(KEEP_EARLIEST.format(column=column), ((at, id_, at) for id_, at in rows))
    for kind, column in ((EventKind.OPENED, "last_opened_at"), (EventKind.CLICKED, "last_clicked_at")):
        seen = sorted(
            (copy.subscriber, instant(told.at))
            for told, copy in placed
            if copy and copy.subscriber and told.kind is kind and not told.machine
        )
        if seen:
            execute_many(KEEP_LATEST.format(column=column), ((at, id_, at) for id_, at in seen))


def _suppress(placed: Placed, source: str) -> None:
    """Stop writing to whoever bounced, complained or left; without our ids, by the address alone."""
    suppressing = [
        (key, told, copy) for told, copy in placed if told.kind in SUPPRESSES and (key := _key(told, copy))
    ]
    how = "unsubscribe by mail" if source == MAIL else f"told by {source}"
    # In one order, so that two bodies about the same people never wait for each other in a ring.
    for key, told, copy in sorted(suppressing, key=lambda each: each[0]):
        # Leaving is about one list, as long as we know which; a dead mailbox or a complaint about all.
        about = copy.list if copy and told.kind is EventKind.UNSUBSCRIBED else None
        report = Report(key, SUPPRESSES[told.kind], told.at, source=source, list_id=about)
        # Not new: told before, or older than a lift or a consent. Then nobody leaves for it either.
        if suppress_keys([report]) and about:
            ended = Subscription.objects.filter(list=about, subscriber__address_key=key)
            for subscription in ended.values_list("pk", flat=True):
                unsubscribe(subscription, how, told.at)


def _key(told: Told, copy: Copy | None) -> str:
    """Return the key of the address an event is about, or '' where it holds none that can be read."""
    if copy:
        return copy.address_key
    try:
        return address_key(parse(told.address).canonical)
    except AddressError:
        return ""
