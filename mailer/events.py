"""What came back, applied: each event once, in any order, in bulk.

Earliest time of each kind wins, so that order and repetition cannot matter; an event about what we do
not know harms nothing.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog
from django.db import transaction

from mailer import batches
from mailer.database import execute, fetch, insert_many, instant, locking, marks
from mailer.faultpoints import reach
from mailer.models import EventBody
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.tallies import holding, keeping
from mailer.tallies.links import is_canary, link_key
from mailer.tallies.reasons import code_of
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

LAST_SEEN = {EventKind.OPENED: "last_opened_at", EventKind.CLICKED: "last_clicked_at"}

# Kinds after which the address is not written to again; a block is about the letter, not the address.
SUPPRESSES = {
    EventKind.BOUNCED: Suppressed.BOUNCED,
    EventKind.COMPLAINED: Suppressed.COMPLAINED,
    EventKind.UNSUBSCRIBED: Suppressed.UNSUBSCRIBED,
}

INSERT_EVENT = """
INSERT INTO event (
  delivery_ref, address_key, send_ref, attempt, kind, at, link, link_key, machine, agent, code, detail,
  received_at
)
VALUES {values}
ON CONFLICT (delivery_ref, address_key, kind, at, link_key, machine, agent) DO NOTHING
"""

# In one order, so that two bodies about other copies of the same people never wait in a ring.
LOCK_PEOPLE = "SELECT id FROM subscriber WHERE id IN ({marks}) ORDER BY id"

KEEP_LATEST = """
UPDATE subscriber SET {column} = %s WHERE id IN ({marks}) AND ({column} IS NULL OR {column} < %s)
"""

# Locked in the order of their ids, so that two bodies about the same copies wait for each other once and
# never in a ring.
READ_COPIES = f"""
SELECT
  delivery.id, delivery.send_id, edition.list_id, delivery.address_key, delivery.subscriber_id, send.tallied,
  list.tracked AND coalesce(subscriber.tracked, FALSE),
  {", ".join(f"delivery.{column}" for column in EVENT_COLUMNS.values())}
FROM delivery
JOIN send ON send.id = delivery.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.id IN ({{marks}})
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
    """What our rows say of the copy that an event names.

    `counted`: the list counts who opens and clicks, and the reader lets themselves be counted, both now.
    """

    list: int
    address_key: str
    counted: bool
    standing: keeping.Standing

    @property
    def delivery(self) -> int:
        """Return its number."""
        return self.standing.delivery

    @property
    def send(self) -> int:
        """Return its send's number."""
        return self.standing.send

    @property
    def subscriber(self) -> int | None:
        """Return whose it is; None where the person was erased, or is no subscriber."""
        return self.standing.subscriber


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
        noted = [(event, copy) for event, copy in placed if _may_be_noted(event, copy)]
        _insert(noted, now)
        _mark(noted)
        _suppress(placed, source)
        # That a letter was opened proves that it left, whether or not that may be noted.
        batches.prove(_evidence(placed), now=now)
    return sum(copy is not None for _, copy in placed)


def note_leaving(delivery: int, *, at: dt.datetime) -> None:
    """Keep that a reader left by the link in this copy, as the event it is; nothing if the copy is gone."""
    told = Told(EventKind.UNSUBSCRIBED, at, "", delivery, proven=True)
    with transaction.atomic():
        if copy := _copies({delivery}).get(delivery):
            _insert([(told, copy)], at)
            keeping.keep([(told, copy.standing)])


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
    rows = fetch(READ_ATTEMPTS.format(marks=marks(proven)), list(proven))
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
    statement = READ_SENDS.format(marks=marks(attempts))
    return {uuid.UUID(str(id_)): send for id_, send in fetch(statement, [id_.hex for id_ in attempts])}


def _copies(deliveries: set[int]) -> dict[int, Copy]:
    """Return and lock the copies with these ids; and their sends against being counted anew meanwhile."""
    if not deliveries:
        return {}
    holding.hold(deliveries)
    statement = READ_COPIES.format(marks=marks(deliveries)) + locking("UPDATE OF delivery")
    return {
        number: Copy(list_, key, bool(counted), keeping.Standing(number, send, person, bool(tallied), times))
        for number, send, list_, key, person, tallied, counted, *times in fetch(statement, list(deliveries))
    }


def _may_be_noted(event: Told, copy: Copy | None) -> bool:
    """Return whether nothing stands against keeping an event: that somebody read wants to be counted now.

    A letter that left before goes on telling after its reader, or its list, wants that no more.
    """
    return copy is None or copy.counted or event.kind not in LAST_SEEN


def _insert(placed: Placed, now: dt.datetime) -> None:
    received = instant(now)
    forgotten = _forgotten(placed)
    insert_many(
        INSERT_EVENT,
        [
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
                told.agent,
                code_of(told.detail) if told.kind in keeping.REASONS else 0,
                "" if forgotten and _key(told, copy) in forgotten else told.detail,
                received,
            )
            for told, copy in placed
        ],
    )


def _forgotten(placed: Placed) -> set[str]:
    """Return the keys of those who were erased: what a server says of them is about them, and not kept."""
    without_person = {_key(told, copy) for told, copy in placed if copy is None or copy.subscriber is None}
    erased = Suppression.objects.filter(reason=Suppressed.ERASED, address_key__in=without_person)
    return set(erased.values_list("address_key", flat=True)) if without_person else set()


def _mark(placed: Placed) -> None:
    """Write what the events change on their copies, and when each reader was last seen to read."""
    keeping.keep((told, copy.standing) for told, copy in placed if copy)
    seen = {column: latest for kind, column in LAST_SEEN.items() if (latest := _latest(placed, kind))}
    if people := {person for latest in seen.values() for person in latest}:
        fetch(LOCK_PEOPLE.format(marks=marks(people)) + locking("NO KEY UPDATE"), list(people))
    for column, latest in seen.items():
        for at, some in keeping.by_moment(latest.items()):
            statement = KEEP_LATEST.format(column=column, marks=marks(some))
            execute(statement, [at, *some, at])


def _latest(placed: Placed, kind: EventKind) -> dict[int, dt.datetime]:
    """Return when each reader last did something, as these events say."""
    latest: dict[int, dt.datetime] = {}
    for told, copy in placed:
        if told.kind is kind and not _by_machine(told) and copy and copy.subscriber:
            latest[copy.subscriber] = max(told.at, latest.get(copy.subscriber, told.at))
    return latest


def _by_machine(told: Told) -> bool:
    """Return whether no person did it: known by its program, or by a link that no person sees."""
    return told.machine or is_canary(told.link)


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
