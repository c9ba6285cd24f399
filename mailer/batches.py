"""The three commits around one request: claim, fire, settle.

Every step is a compare-and-swap: what a row no longer says, somebody else has seen to. A crash
before `fire` commits is harmless; after it, the batch is in doubt until there is an answer or proof.
"""

import datetime as dt
import hashlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from mailer.database import execute_many, fetch, locking
from mailer.links import Links
from mailer.models import Attempt, Batch, Send
from mailer.protocol import DOUBTED, settlement
from mailer.transports import sendgrid
from mailer.transports.answers import Answer, NotAccepted
from mailer.transports.request import Envelope, Reader
from mailer.vocabulary import AnswerKind, BatchState, Reason, SendStatus

LATEST_AFTER_FIRE = 5.0  # seconds between the commit of `fire` and the first byte

# Read after the locks are held: whoever left before this statement began is left out.
READ_READERS = """
SELECT delivery.id, subscriber.address, subscriber.name, subscription.id, subscription.status,
  EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key = delivery.address_key AND suppression.lifted_at IS NULL
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
    """A request that must now be offered, once; `at` is CLOCK_BOOTTIME of the commit."""

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
    return Fired(batch, attempt, body, len(kept), time.clock_gettime(time.CLOCK_BOOTTIME))


def submit(fired: Fired, transport: sendgrid.Transport) -> Answer:
    """Offer the request once and return what came of it; whatever was not foreseen is unknown."""
    if time.clock_gettime(time.CLOCK_BOOTTIME) - fired.at > LATEST_AFTER_FIRE:
        return NotAccepted("this process was held up between commit and request; nothing was sent")
    return sendgrid.answer(transport, fired.body)


def settle(batch: int, attempt: uuid.UUID, answer: Answer, *, now: dt.datetime, by: str = "answer") -> bool:
    """Write what became of a request; return whether this call moved the batch."""
    decision = settlement(answer, tries=Attempt.objects.filter(batch=batch).count(), now=now)
    with transaction.atomic():
        send = Send.objects.select_for_update(of=("self",)).get(batches=batch)
        after = decision.after
        if after is BatchState.PENDING and send.status == SendStatus.CANCELLED:
            after = BatchState.CANCELLED
        moved = Batch.objects.filter(pk=batch, attempt=attempt, state__in=decision.before).update(
            state=after, not_before=decision.not_before, lease_until=None
        )
        if moved or answer.kind is AnswerKind.ACCEPTED:
            Attempt.objects.filter(pk=attempt).update(
                answer=answer.kind,
                status=answer.status or None,
                detail=answer.detail,
                message_id=answer.message_id,
                settled_at=now,
                settled_by=by,
            )
        if moved and decision.pause:
            Send.objects.filter(pk=send.pk, status=SendStatus.SENDING).update(
                status=SendStatus.PAUSED, pause_reason=decision.pause
            )
    return bool(moved)


def prove(attempts: set[uuid.UUID], *, now: dt.datetime) -> None:
    """Take events as proof that these attempts were accepted, each as a whole.

    Not after a 5xx: there one event proves its own copy only.
    """
    with transaction.atomic():
        rows = Batch.objects.select_for_update(of=("self",)).filter(
            state__in=DOUBTED, attempt__in=Attempt.objects.filter(pk__in=attempts).exclude(status__gte=500)
        )
        in_doubt = [batch.attempt for batch in rows.order_by("pk") if batch.attempt]
        Batch.objects.filter(state__in=DOUBTED, attempt__in=in_doubt).update(
            state=BatchState.ACCEPTED, lease_until=None
        )
        Attempt.objects.filter(pk__in=in_doubt).update(
            answer=AnswerKind.ACCEPTED, settled_at=now, settled_by="event"
        )


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
        list_host=owner.sender_address.rpartition("@")[2],
        sender_name=owner.sender_name,
        sender_address=owner.sender_address,
        reply_to=owner.reply_to,
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        tracked=variant.tracked,
    )
