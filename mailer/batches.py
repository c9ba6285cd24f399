"""The three commits around one request: claim, fire, settle.

Every step is a compare-and-swap: what a row no longer says, somebody else has seen to. A crash
before `fire` commits is harmless; after it, the batch is in doubt until there is an answer or proof.
"""

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from mailer.database import durably, execute_many, fetch, locking
from mailer.links import Links
from mailer.models import Attempt, Batch, Delivery, Send
from mailer.protocol import DOUBTED, settlement
from mailer.transports import sendgrid
from mailer.transports.answers import Answer, NotAccepted
from mailer.transports.request import Envelope, Reader
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, Reason, SendStatus

SERVER_ERROR = 500  # from here on an answer says nothing of the copies it was about
LATEST_AFTER_FIRE = 5.0  # seconds between the commit of `fire` and the first byte

# Read after the locks are held: whoever left before this statement began is left out.
READ_READERS = """
SELECT delivery.id, subscriber.address, subscriber.name, subscription.id, subscription.status,
  EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key IN (delivery.address_key, subscriber.address_key)
      AND suppression.lifted_at IS NULL
      AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
  )
FROM delivery
LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
LEFT JOIN subscription ON subscription.subscriber_id = subscriber.id AND subscription.list_id = %(list)s
WHERE delivery.batch_id = %(batch)s AND delivery.state IS NULL
ORDER BY delivery.id
"""

EXCLUDE = """
UPDATE delivery SET state = 'excluded', reason = %s WHERE id = %s AND state IS NULL
"""


@dataclass(frozen=True)
class Fired:
    """A request that must now be offered, once; `at` is CLOCK_BOOTTIME just before the commit."""

    batch: int
    attempt: uuid.UUID
    body: dict[str, Any]
    readers: int
    at: float


def claim(batch: int, *, now: dt.datetime, lease: float) -> uuid.UUID | None:
    """Lease a pending batch of a running send for `lease` seconds; None if it is not there to take."""
    attempt = uuid.uuid4()
    taken = Batch.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        pk=batch,
        state=BatchState.PENDING,
        send__in=Send.objects.filter(status=SendStatus.SENDING),
    ).update(state=BatchState.CLAIMED, attempt=attempt, lease_until=now + dt.timedelta(seconds=lease))
    return attempt if taken else None


def fire(batch: int, attempt: uuid.UUID, *, now: dt.datetime) -> Fired | None:
    """Pass the point of no return in one durable transaction; None if the batch is no longer mine.

    Locks the send, then the batch, then reads who has left since the freeze: a cancel or an
    unsubscribe commits wholly before or wholly after.
    """
    with transaction.atomic(durable=True):
        durably()
        if not _hold(batch, attempt):
            return None
        row = Batch.objects.select_related("send__edition__list", "variant").get(pk=batch)
        kept, left_out = _readers(row)
        if left_out:
            execute_many(EXCLUDE, left_out)
        mine = Batch.objects.filter(pk=batch, state=BatchState.CLAIMED, attempt=attempt)
        if not kept:
            mine.update(state=BatchState.CLOSED, n=0)
            return None
        body = sendgrid.payload(_envelope(row, attempt), kept)
        if len(body["personalizations"]) != row.n - len(left_out):
            raise RuntimeError(
                f"{row}: {row.n} readers, {len(left_out)} left out, {len(kept)} in the payload"
            )
        Attempt.objects.create(
            id=attempt,
            batch=row,
            transport=sendgrid.NAME,
            n=len(kept),
            fired_at=now,
            payload_hash=hashlib.sha256(orjson.dumps(body)).hexdigest(),
        )
        mine.update(state=BatchState.SUBMITTING, fired_at=now, n=len(kept))
        # Before the commit, so that a process stopped within it is seen to be late.
        at = time.clock_gettime(time.CLOCK_BOOTTIME)
    return Fired(batch, attempt, body, len(kept), at)


def submit(fired: Fired, transport: sendgrid.Transport) -> Answer:
    """Offer the request once and return what came of it; whatever was not foreseen is unknown."""
    if time.clock_gettime(time.CLOCK_BOOTTIME) - fired.at > LATEST_AFTER_FIRE:
        return NotAccepted("this process was held up between commit and request; nothing was sent")
    return sendgrid.answer(transport, fired.body)


def settle(batch: int, attempt: uuid.UUID, answer: Answer, *, now: dt.datetime, by: str = "answer") -> bool:
    """Write what became of a request; return whether this call moved the batch."""
    decision = settlement(answer, tries=Attempt.objects.filter(batch=batch).count(), now=now)
    with transaction.atomic():
        after = decision.after
        if after is BatchState.PENDING:
            send = Send.objects.select_for_update(of=("self",), no_key=True).get(batches=batch)
            if send.status == SendStatus.CANCELLED:
                after = BatchState.CANCELLED
        moved = Batch.objects.filter(pk=batch, attempt=attempt, state__in=decision.before).update(
            state=after, not_before=decision.not_before, lease_until=None
        )
        # Kept even where proof was quicker: what the transport said of this request stays its answer.
        Attempt.objects.filter(pk=attempt).update(
            answer=answer.kind if moved else F("answer"),
            status=answer.status or None,
            detail=answer.detail,
            message_id=answer.message_id,
            settled_at=now,
            settled_by=by if moved else F("settled_by"),
        )
        if moved and after is BatchState.PENDING:
            _run_again(send.pk, pause=decision.pause)
    return bool(moved)


def prove(told: Mapping[uuid.UUID, Collection[int]], *, now: dt.datetime) -> None:
    """Take events as proof: `told` holds the attempts they name, each with its deliveries.

    One event proves its whole attempt; after a 5xx, its own copy only.
    """
    with transaction.atomic():
        rows = Batch.objects.select_for_update(of=("self",)).filter(state__in=DOUBTED, attempt__in=list(told))
        for batch in rows.order_by("pk"):
            if batch.attempt is None:
                continue
            attempt = Attempt.objects.filter(pk=batch.attempt)
            if attempt.filter(status__gte=SERVER_ERROR).exists():
                _prove_each(batch, told[batch.attempt])
                continue
            Batch.objects.filter(pk=batch.pk).update(state=BatchState.ACCEPTED, lease_until=None)
            attempt.update(answer=AnswerKind.ACCEPTED, settled_at=now, settled_by="event")


def _prove_each(batch: Batch, deliveries: Collection[int]) -> None:
    """Call accepted only the copies that events told of; a batch of which nobody is left is closed."""
    mine = Delivery.objects.filter(pk__in=deliveries, batch=batch, state=None)
    left = batch.n - mine.update(state=DeliveryState.ACCEPTED)
    Batch.objects.filter(pk=batch.pk).update(n=left, state=batch.state if left else BatchState.CLOSED)


def _run_again(send: int, *, pause: str) -> None:
    """Let a send that had nothing left to fire go on, or stop it where a person must act first."""
    running = Send.objects.filter(pk=send, status__in=[SendStatus.SENDING, SendStatus.SETTLING])
    if pause:
        running.update(status=SendStatus.PAUSED, pause_reason=pause)
    else:
        running.update(status=SendStatus.SENDING)


def due(*, now: dt.datetime, most: int) -> list[int]:
    """Return at most `most` batches that wait to be claimed, oldest first."""
    waiting = Batch.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now), state=BatchState.PENDING, send__status=SendStatus.SENDING
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:most])


def release(*, now: dt.datetime) -> int:
    """Give back claimed batches whose lease is over: nothing of them has left."""
    return Batch.objects.filter(state=BatchState.CLAIMED, lease_until__lt=now).update(
        state=BatchState.PENDING, attempt=None, lease_until=None
    )


def doubt(*, now: dt.datetime, after: float) -> int:
    """Call unknown what was fired more than `after` seconds ago and never answered."""
    return Batch.objects.filter(
        state=BatchState.SUBMITTING, fired_at__lt=now - dt.timedelta(seconds=after)
    ).update(state=BatchState.UNKNOWN, lease_until=None)


def give_up(*, now: dt.datetime) -> int:
    """Call not confirmed what is still unknown when its send's useful life is over."""
    over = Send.objects.filter(useful_until__lt=now).values("pk")
    return Batch.objects.filter(state=BatchState.UNKNOWN, send__in=over).update(
        state=BatchState.NOT_CONFIRMED
    )


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


def _readers(batch: Batch) -> tuple[list[Reader], list[tuple[str, int]]]:
    """Return who the request goes to, and (reason, delivery) of those who are left out."""
    links = Links(settings.CONFIGURATION.base_url)
    kept: list[Reader] = []
    left_out: list[tuple[str, int]] = []
    frame = {"batch": batch.pk, "list": batch.send.edition.list_id}
    for delivery, address, name, subscription, status, suppressed in fetch(READ_READERS, frame):
        if address is None:
            left_out.append((Reason.ERASED, delivery))
        elif subscription is None or status == "unsubscribed":
            left_out.append((Reason.UNSUBSCRIBED_SINCE, delivery))
        elif suppressed:
            left_out.append((Reason.SUPPRESSED_SINCE, delivery))
        else:
            kept.append(
                Reader(
                    delivery,
                    address,
                    name,
                    links.leave(subscription, delivery),
                    links.preferences(subscription, delivery),
                )
            )
    return kept, left_out


def _envelope(batch: Batch, attempt: uuid.UUID) -> Envelope:
    owner, variant = batch.send.edition.list, batch.variant
    return Envelope(
        send=batch.send_id,
        attempt=attempt.hex,
        list_slug=owner.slug,
        list_host=batch.send.sender_address.rpartition("@")[2],
        sender_name=batch.send.sender_name,
        sender_address=batch.send.sender_address,
        reply_to=batch.send.reply_to,
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        tracked=variant.tracked,
    )
