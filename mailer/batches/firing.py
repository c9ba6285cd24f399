"""T2, the point of no return: one durable transaction, and the request made of the rows it read."""

import datetime as dt
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from mailer import variants, verp
from mailer.batches import moving
from mailer.database import durably, execute_many, fetch, locking
from mailer.faultpoints import reach
from mailer.links import Links
from mailer.models import Attempt, Batch, Delivery
from mailer.tracking import tokens
from mailer.tracking.chosen import rewriting_of
from mailer.transports.port import Parcel, Transport
from mailer.transports.request import Envelope, Reader
from mailer.vocabulary import BatchState, DeliveryState, Reason, SendKind, SendStatus

# Read after the locks are held: whoever left before this statement began is left out.
READ_READERS = """
SELECT delivery.id, subscriber.address, delivery.test_address, subscriber.name, subscription.id,
  subscription.status,
  EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key IN (delivery.address_key, subscriber.address_key)
      AND suppression.lifted_at IS NULL
      AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
  ),
  subscriber.tracked
FROM delivery
LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
LEFT JOIN subscription ON subscription.subscriber_id = subscriber.id AND subscription.list_id = %(list)s
WHERE delivery.batch_id = %(batch)s AND delivery.state IS NULL
ORDER BY delivery.id
"""

EXCLUDE = """
UPDATE delivery SET state = %s, reason = %s WHERE id = %s AND state IS NULL
"""


class MiscountError(RuntimeError):
    """A batch does not hold as many readers as it says; it is not sent, since some would be lost."""


@dataclass(frozen=True)
class Limits:
    """How many may go at once, and of which recipient domains; the others wait until `not_before`."""

    most: int
    domains: Mapping[str, int]
    not_before: dt.datetime | None = None


@dataclass(frozen=True)
class Fired:
    """A request that must now be offered, once; `at` is CLOCK_BOOTTIME just before the commit."""

    batch: int
    attempt: uuid.UUID
    parcel: Parcel
    readers: int
    at: float
    # The batch of those who could not go at once, 0 where all went.
    later: int = 0
    # What was allotted to recipient domains and not used.
    unused: Mapping[str, int] = field(default_factory=dict)


def fire(
    batch: int, attempt: uuid.UUID, transport: Transport, *, now: dt.datetime, limits: Limits | None = None
) -> Fired | None:
    """Pass the point of no return in one durable transaction; None if the batch is no longer mine.

    Locks the send, then the batch, then reads who has left since the freeze: a cancel or an unsubscribe
    commits wholly before or wholly after. Raises MiscountError.
    """
    with transaction.atomic(durable=True):
        durably()
        if not _hold(batch, attempt):
            return None
        row = Batch.objects.select_related("send__edition__list", "variant").get(pk=batch)
        mine = Batch.objects.filter(pk=batch, state=BatchState.CLAIMED, attempt=attempt)
        kept, left_out, uncounted = _readers(row)
        if len(kept) + len(left_out) != row.n:
            raise MiscountError(
                f"{row}: {row.n} readers, but {len(left_out)} left out and {len(kept)} in the payload"
            )
        _exclude(row, left_out)
        kept = _part_uncounted(row, kept, uncounted, now)
        limits = limits or Limits(transport.most_readers, {})
        kept, later, unused = _chosen(kept, limits, transport.most_readers)
        beside = 0
        if later:
            # A sibling: its readers are in no request of this batch, whatever becomes of that.
            beside = moving.child(row, len(later), parent=row.parent_id, not_before=limits.not_before)
            moving.move([reader.delivery for reader in later], row, beside)
        if not kept:
            mine.update(state=BatchState.CLOSED, n=0, lease_until=None)
            return None
        parcel = transport.pack(_envelope(row, attempt), kept)
        if parcel.readers != len(kept):
            raise MiscountError(f"{row}: {len(kept)} readers, but {parcel.readers} in the payload")
        Attempt.objects.create(
            id=attempt,
            batch=row,
            transport=transport.name,
            n=len(kept),
            fired_at=now,
            payload_hash=parcel.hash,
            return_path=bool(kept[0].bounce_token),
        )
        mine.update(state=BatchState.SUBMITTING, fired_at=now, n=len(kept), not_before=None)
        reach("fire.before_commit")
        # Before the commit, so that a process stopped within it is seen to be late.
        at = time.clock_gettime(time.CLOCK_BOOTTIME)
    reach("fire.after_commit")
    return Fired(batch, attempt, parcel, len(kept), at, beside, unused)


def domains_of(batch: int) -> Counter[str]:
    """Return how many of a batch's readers each recipient domain has."""
    rows = fetch(
        "SELECT subscriber.address FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id"
        " WHERE delivery.batch_id = %s AND delivery.state IS NULL",
        [batch],
    )
    return Counter(domain_of(address) for (address,) in rows)


def domain_of(address: str) -> str:
    """Return the part behind the @-sign, as caps name it."""
    return address.rpartition("@")[2].lower()


def _hold(batch: int, attempt: uuid.UUID) -> bool:
    """Lock the send, then the batch; return whether it is still sending and still mine."""
    sending = fetch(
        f"SELECT status FROM send WHERE id = (SELECT send_id FROM batch WHERE id = %s){locking('SHARE')}",
        [batch],
    )
    mine = fetch(
        f"SELECT id FROM batch WHERE id = %s AND state = 'claimed' AND attempt = %s{locking('UPDATE')}",
        [batch, attempt.hex],
    )
    return sending == [(SendStatus.SENDING,)] and bool(mine)


def _readers(batch: Batch) -> tuple[list[Reader], list[tuple[Reason, int]], set[int]]:
    """Return who the request goes to, (reason, delivery) of those who are left out, and who is not counted.

    The last are deliveries of those whose wish it is by now, or whose list's.
    """
    configuration = settings.CONFIGURATION
    links = Links(configuration.base_url)
    by_mail = bool(configuration.smtp.bounce_address)
    test = batch.send.kind == SendKind.TEST
    by_token = _is_counted(batch) and rewriting_of(configuration).own
    kept: list[Reader] = []
    left_out: list[tuple[Reason, int]] = []
    uncounted: set[int] = set()
    counts = batch.send.edition.list.tracked
    frame = {"batch": batch.pk, "list": batch.send.edition.list_id}
    rows = fetch(READ_READERS, frame)
    for delivery, written, test_address, name, subscription, status, suppressed, tracked in rows:
        address = written or test_address
        if not address:
            left_out.append((Reason.ERASED, delivery))
        elif not test and (subscription is None or status == "unsubscribed"):
            left_out.append((Reason.UNSUBSCRIBED_SINCE, delivery))
        elif suppressed:
            left_out.append((Reason.SUPPRESSED_SINCE, delivery))
        else:
            if not (counts and tracked):
                uncounted.add(delivery)
            kept.append(
                Reader(
                    delivery,
                    address,
                    name or "",
                    links.leave(subscription or 0, delivery),
                    links.preferences(subscription or 0, delivery),
                    verp.make("bounce", delivery) if by_mail else "",
                    verp.make("leave", delivery) if by_mail else "",
                    tokens.make(delivery) if by_token else "",
                )
            )
    return kept, left_out, uncounted


def _part_uncounted(batch: Batch, kept: list[Reader], uncounted: set[int], now: dt.datetime) -> list[Reader]:
    """Give those who want it by now the letter that counts nothing; return who goes with this batch.

    What was frozen is their wish of then. For all, it becomes the batch's letter; some get a sibling, for
    which the sweep rings.
    """
    if not uncounted or not _is_counted(batch) or batch.variant.text_only:
        return kept
    letter = variants.uncounted(batch.variant, now=now)
    go = [reader for reader in kept if reader.delivery not in uncounted]
    if go:
        beside = moving.child(batch, len(uncounted), parent=batch.parent_id, letter=letter)
        moving.move(uncounted, batch, beside)
    else:
        go, beside = kept, batch.pk
        batch.variant = letter
        Batch.objects.filter(pk=batch.pk).update(variant=letter)
    Delivery.objects.filter(pk__in=uncounted, batch=beside).update(variant=letter)
    return go


def _exclude(batch: Batch, left_out: list[tuple[Reason, int]]) -> None:
    """Write who was left out; whoever may hold an earlier copy is not confirmed instead of excluded."""
    if left_out:
        state = DeliveryState.NOT_CONFIRMED if moving.below_resent(batch) else DeliveryState.EXCLUDED
        execute_many(EXCLUDE, ((state, reason, delivery) for reason, delivery in left_out))


def _chosen(
    readers: list[Reader], limits: Limits, room: int
) -> tuple[list[Reader], list[Reader], dict[str, int]]:
    """Part the readers into those who go now and those who wait, in order; return what was not used too."""
    left = dict(limits.domains)
    most = min(limits.most, room)
    go: list[Reader] = []
    wait: list[Reader] = []
    for reader in readers:
        domain = domain_of(reader.address) if left else ""
        if len(go) >= most or left.get(domain, 1) <= 0:
            wait.append(reader)
            continue
        if domain in left:
            left[domain] -= 1
        go.append(reader)
    return go, wait, left


def _is_counted(batch: Batch) -> bool:
    """Return whether openings and clicks of these letters are: never of tests."""
    return batch.variant.tracked and batch.send.kind != SendKind.TEST


def _envelope(batch: Batch, attempt: uuid.UUID) -> Envelope:
    owner, variant, send = batch.send.edition.list, batch.variant, batch.send
    counted = _is_counted(batch)
    return Envelope(
        send=batch.send_id,
        attempt=attempt.hex,
        list_slug=owner.slug,
        list_host=send.sender_address.rpartition("@")[2],
        sender_name=send.sender_name,
        sender_address=send.sender_address,
        reply_to=send.reply_to,
        subject=f"[Test] {variant.subject}" if send.kind == SendKind.TEST else variant.subject,
        html=rewriting_of(settings.CONFIGURATION).of(variant.html) if counted else variant.html,
        text=variant.text,
        tracked=counted,
        content=variant.hash,
        bounce_address=settings.CONFIGURATION.smtp.bounce_address,
    )
