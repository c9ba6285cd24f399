"""T3: write what became of a request, as far as nobody has settled it before."""

import datetime as dt
import time
import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from mailer import pace
from mailer.batches import moving
from mailer.batches.firing import Fired
from mailer.database import fetch
from mailer.faultpoints import reach
from mailer.models import Attempt, Batch, Delivery, Send
from mailer.protocol import REFUSALS, Seen, Settlement, lifted, settlement
from mailer.transports.answers import Answer, NotAccepted, Partly
from mailer.transports.port import Transport, Witness
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, Reason, SendStatus

# Answers after which no reader goes back to waiting.
CERTAIN = (AnswerKind.ACCEPTED, AnswerKind.UNKNOWN)
LATEST_AFTER_FIRE = 5.0  # seconds between the commit of T2 and the first byte
# After each so many rejected readers, or requests refused for an address, a person looks at the send.
MOST_REJECTED, MOST_REFUSALS = 50, 200

# With those of the batches they were in before: who is put off again and again waits longer and longer.
COUNT_GIVEN_BACK = """
WITH RECURSIVE above AS (
  SELECT id, parent_id FROM batch WHERE id = %s
  UNION
  SELECT batch.id, batch.parent_id FROM batch JOIN above ON batch.id = above.parent_id
)
SELECT count(*) FROM attempt JOIN above ON above.id = attempt.batch_id
WHERE attempt.id <> %s AND attempt.answer IN ('not_accepted', 'partly')
"""


def submit(fired: Fired, transport: Transport, witness: Witness) -> Answer:
    """Offer the request once and return what came of it."""
    if time.clock_gettime(time.CLOCK_BOOTTIME) - fired.at > LATEST_AFTER_FIRE:
        return NotAccepted("this process was held up between commit and request; nothing was sent")
    return transport.submit(fired.parcel, witness)


def settle(batch: int, attempt: uuid.UUID, answer: Answer, *, now: dt.datetime, by: str = "answer") -> bool:
    """Write what became of a request; return whether this call moved the batch."""
    with transaction.atomic():
        send = _locked_send(batch, answer)
        # NO KEY, as everywhere but in T2: who makes a batch below it refers to it, and need not wait.
        held = Batch.objects.select_for_update(of=("self",), no_key=True)
        row = held.filter(pk=batch, attempt=attempt).first()
        decision = None
        if row is not None:
            seen = Seen(
                BatchState(row.state),
                _asked(row, attempt) if answer.kind is AnswerKind.ADDRESS_REFUSED else row.n,
                tries=1 if answer.kind in CERTAIN else _tries(row, attempt),
                cancelled=send is not None and send.status == SendStatus.CANCELLED,
                below_resent=moving.below_resent(row),
            )
            decision = settlement(seen, answer, now=now)
        _note(attempt, answer, by if decision else "", now)
        if row is not None and decision is not None:
            refused = _move(row, decision, below_resent=seen.below_resent)
            _after(row.send_id, decision, answer, refused)
        # Last: whoever holds the transport's row waits for no batch.
        for (transport,) in Attempt.objects.filter(pk=attempt).values_list("transport"):
            pace.note(transport, answer, now=now)
        reach("settle.before_commit")
    reach("settle.after_commit")
    return decision is not None


def _locked_send(batch: int, answer: Answer) -> Send | None:
    """Lock the send where readers may go back to waiting: a cancel comes wholly before or after."""
    if answer.kind in CERTAIN:
        return None
    # NO KEY: a T2 of another batch shares its lock with the rows that refer to the send.
    # None: a journal may tell of a batch that a restored backup does not have.
    return Send.objects.select_for_update(of=("self",), no_key=True).filter(batches=batch).first()


def _asked(batch: Batch, attempt: uuid.UUID) -> int:
    """Return for how many readers the request was: proof may have lifted some of them meanwhile."""
    asked = Attempt.objects.filter(pk=attempt).values_list("n", flat=True).first()
    return max(asked or 0, batch.n)


def _tries(batch: Batch, attempt: uuid.UUID) -> int:
    """Return how often these readers were offered and given back, this time included."""
    return 1 + int(fetch(COUNT_GIVEN_BACK, [batch.pk, attempt.hex])[0][0])


def _note(attempt: uuid.UUID, answer: Answer, by: str, now: dt.datetime) -> None:
    """Keep what the transport said of this request, even where proof was quicker.

    Proof that came first and a refusal that came after it contradict each other: that is an alarm.
    """
    known = Attempt.objects.filter(pk=attempt)
    words = {"status": answer.status or None, "detail": answer.detail, "message_id": answer.message_id}
    if by:
        known.update(answer=answer.kind, settled_at=now, settled_by=by, **words)
        return
    if answer.kind in REFUSALS:
        known.filter(answer=AnswerKind.ACCEPTED).update(contradicted_at=now)
    # A journal that was cut short knows less than what was written before: that is not taken away.
    if not answer.status:
        known = known.filter(status=None)
    known.update(settled_at=now, **{name: value for name, value in words.items() if value})


def _move(batch: Batch, decision: Settlement, *, below_resent: bool) -> int:
    """Do with the batch and its readers what was decided; return how many readers were refused."""
    refused = 0
    row = Batch.objects.filter(pk=batch.pk)
    if decision.lift:
        moving.lift_below(batch.pk)
    if decision.reader is not None:
        refused = moving.reject(batch, _only(batch), as_=decision.reader)
        row.update(n=F("n") - refused)
    if decision.split is not None:
        moving.split(batch, decision.split, not_before=decision.not_before)
        row.update(n=0)
    if decision.parts is not None:
        return _part(batch, decision, below_resent=below_resent)
    again = decision.after is BatchState.PENDING
    row.update(
        # Proof about an ancestor may have lifted all its readers while the request was under way.
        state=lifted(decision.after, batch.n),
        not_before=decision.not_before if again else None,
        lease_until=None,
        **({"attempt": None} if again else {}),
    )
    return refused


def _only(batch: Batch) -> list[int]:
    return list(batch.deliveries.filter(state=None).values_list("pk", flat=True))


def _part(batch: Batch, decision: Settlement, *, below_resent: bool) -> int:
    """Part the readers as the transport told of them; whoever it did not name goes back to waiting."""
    parts, state = decision.parts or Partly(), BatchState(batch.state)
    refused = DeliveryState.NOT_CONFIRMED if below_resent else DeliveryState.REJECTED
    if state not in {BatchState.SUBMITTING, BatchState.UNKNOWN}:
        moving.lift(batch.pk, state, batch.n, parts.accepted)
        moving.lift_below(batch.pk, parts.accepted)
        if decision.after is BatchState.CLOSED:
            Batch.objects.filter(pk=batch.pk).update(state=BatchState.CLOSED, lease_until=None)
        return 0
    rejected = moving.reject(batch, list(parts.rejected), as_=refused)
    left = batch.n - rejected
    left -= _to_child(batch, parts.unknown, BatchState.UNKNOWN, decision)
    named = {*parts.accepted, *parts.unknown, *parts.rejected}
    left -= _to_child(batch, set(_only(batch)) - named, decision.waiting, decision)
    Batch.objects.filter(pk=batch.pk).update(
        n=left, state=decision.after if left else BatchState.CLOSED, lease_until=None, not_before=None
    )
    return rejected


def _to_child(batch: Batch, readers: Collection[int], state: BatchState, decision: Settlement) -> int:
    """Move readers to a child in `state`; an unknown one keeps the attempt. Return how many moved."""
    mine = list(batch.deliveries.filter(pk__in=readers, state=None).values_list("pk", flat=True))
    if not mine:
        return 0
    doubt = state is BatchState.UNKNOWN
    made = moving.child(
        batch,
        len(mine),
        state=state,
        parent=batch.pk,
        not_before=decision.not_before if state is BatchState.PENDING else None,
        attempt=batch.attempt if doubt else None,
        fired_at=batch.fired_at if doubt else None,
    )
    return moving.move(mine, batch, made)


def _after(send: int, decision: Settlement, answer: Answer, refused: int) -> None:
    """Let a send that had nothing left to fire go on, or stop it where a person must act first."""
    running = Send.objects.filter(pk=send, status__in=[SendStatus.SENDING, SendStatus.SETTLING])
    pause = decision.pause or _too_many_refused(send, answer, refused)
    if pause:
        running.update(status=SendStatus.PAUSED, pause_reason=pause)
    elif decision.after in {BatchState.PENDING, BatchState.SPLIT} or decision.parts is not None:
        running.filter(status=SendStatus.SETTLING).update(status=SendStatus.SENDING)


def _too_many_refused(send: int, answer: Answer, refused: int) -> str:
    """Return why to stop where address after address is refused: then it is not the addresses."""
    if refused:
        # Below a resent batch they are called not confirmed.
        states = [DeliveryState.REJECTED, DeliveryState.NOT_CONFIRMED]
        found = Delivery.objects.filter(send=send, state__in=states, reason=Reason.REFUSED_BY_TRANSPORT)
        readers = found.count()
        if readers // MOST_REJECTED > (readers - refused) // MOST_REJECTED:
            return f"{readers} addresses were refused, the last with: {answer.detail}"
    if answer.kind is AnswerKind.ADDRESS_REFUSED:
        requests = Attempt.objects.filter(batch__send=send, answer=AnswerKind.ADDRESS_REFUSED).count()
        if requests % MOST_REFUSALS == 0:
            return (
                f"{requests} requests were refused for some address in them, the last with: {answer.detail}"
            )
    return ""
