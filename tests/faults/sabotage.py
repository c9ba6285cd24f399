"""Ways to break the protocol, in this process and its children to come: small changes one could overlook.

Each docstring says which rule falls.
"""

import datetime as dt
import os
import random
import signal
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection

from mailer import audience, batches, database, events, journal, protocol, sends
from mailer.batches import doubting, firing, moving, proving, settling
from mailer.models import Batch, Delivery, Send
from mailer.sends import delivering, sweeping
from mailer.tallies import keeping
from mailer.transports import sendgrid, smtp_tally
from mailer.transports.answers import Accepted, Answer, NotAccepted, Unknown
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState


def _put(place: object, name: str, value: object) -> None:
    """Put `value` in the place of what is sound."""
    setattr(place, name, value)


def commit_after_the_send() -> None:
    """The point of no return is committed after the request instead of before it."""
    submit, fire = batches.submit, batches.fire

    def fire_without(batch: int, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as fire has them
        fired = fire(batch, *rest, **named)
        Batch.objects.filter(pk=batch, state=BatchState.SUBMITTING).update(state=BatchState.CLAIMED)
        return fired

    def submit_first(fired: Any, *rest: Any) -> Answer:  # noqa: ANN401 - as it is
        answer = submit(fired, *rest)
        Batch.objects.filter(pk=fired.batch, attempt=fired.attempt, state=BatchState.CLAIMED).update(
            state=BatchState.SUBMITTING
        )
        return answer

    _put(batches, "fire", fire_without)
    _put(batches, "submit", submit_first)


def unknown_is_retried() -> None:
    """An unknown batch goes back to pending by itself, as a queue would retry it."""
    _sweep_too("UPDATE batch SET state = 'pending', attempt = NULL WHERE state = 'unknown'")


def in_flight_is_rescued() -> None:
    """A batch whose lease is over is taken for one that did not leave, submitting or not."""
    _sweep_too(
        "UPDATE batch SET state = 'pending', attempt = NULL, lease_until = NULL"
        " WHERE state = 'submitting' AND lease_until < %s"
    )


def _sweep_too(statement: str) -> None:
    release = batches.release

    def more(*, now: dt.datetime) -> int:
        database.execute(statement, [database.instant(now)] if "%s" in statement else [])
        return release(now=now)

    _put(batches, "release", more)


def no_second_look_at_suppressions() -> None:
    """T2 does not look again at who has left since the freeze."""
    firing.READ_READERS = firing.READ_READERS.replace("subscription.status,", "'active',").replace(
        "WHERE suppression.address_key IN", "WHERE 1 = 0 AND suppression.address_key IN"
    )


def no_fence() -> None:
    """T2 does not ask whether the batch is still the one that this worker has claimed."""

    def hold(batch: int, _attempt: uuid.UUID) -> bool:
        sending = database.fetch(
            "SELECT status FROM send WHERE id = (SELECT send_id FROM batch WHERE id = %s)", [batch]
        )
        return sending == [("sending",)]

    _put(firing, "_hold", hold)
    filtered = Batch.objects.filter
    del filtered
    fence_of_fire_off()


def fence_of_fire_off() -> None:
    fire = batches.fire

    def unfenced(batch: int, attempt: uuid.UUID, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as fire has them
        Batch.objects.filter(pk=batch).update(state=BatchState.CLAIMED, attempt=attempt)
        return fire(batch, attempt, *rest, **named)

    _put(batches, "fire", unfenced)


def no_claim() -> None:
    """T1 takes a batch without asking whether it is still there to take."""

    def claim(batch: int, *, now: dt.datetime, lease: float) -> uuid.UUID | None:
        attempt = uuid.uuid4()
        Batch.objects.filter(pk=batch).exclude(state__in=["split", "closed", "resent", "cancelled"]).update(
            state=BatchState.CLAIMED, attempt=attempt, lease_until=now + dt.timedelta(seconds=lease)
        )
        return attempt

    _put(batches, "claim", claim)


def no_send_lock() -> None:
    """T2 does not ask the send's status, so that a cancel or a pause comes too late for what is claimed."""

    def hold(batch: int, attempt: uuid.UUID) -> bool:
        mine = database.fetch(
            "SELECT id FROM batch WHERE id = %s AND state IN ('claimed', 'cancelled', 'pending')"
            " AND (attempt = %s OR attempt IS NULL)" + database.locking("UPDATE"),
            [batch, attempt.hex],
        )
        Batch.objects.filter(pk=batch, state__in=["cancelled", "pending"], attempt=None).update(
            state=BatchState.CLAIMED, attempt=attempt
        )
        return bool(mine)

    _put(firing, "_hold", hold)


def server_error_is_a_refusal() -> None:
    """A 5xx is taken for a refusal, and its readers are written to again."""
    _answered(lambda answer: answer.kind is AnswerKind.UNKNOWN and answer.status >= 500)


def timeout_is_a_refusal() -> None:
    """A time-out or a connection that broke is taken for a refusal."""
    _answered(lambda answer: answer.kind is AnswerKind.UNKNOWN and not answer.status)


def _answered(wrong: Callable[[Answer], bool]) -> None:
    submit = batches.submit

    def misread(*arguments: Any) -> Answer:  # noqa: ANN401 - as submit has them
        answer = submit(*arguments)
        return NotAccepted("misread", answer.status) if wrong(answer) else answer

    _put(batches, "submit", misread)


def ok_is_acceptance() -> None:
    """Any 2xx or 3xx is taken for acceptance, as most clients do."""
    submit = batches.submit

    def believing(*arguments: Any) -> Answer:  # noqa: ANN401 - as submit has them
        answer = submit(*arguments)
        return Accepted(answer.status, "") if 200 <= answer.status < 400 else answer

    _put(batches, "submit", believing)


def unknown_is_sent() -> None:
    """What may have been taken is called accepted."""
    submit = batches.submit

    def hopeful(*arguments: Any) -> Answer:  # noqa: ANN401 - as submit has them
        answer = submit(*arguments)
        return Accepted(202, "") if isinstance(answer, Unknown) else answer

    _put(batches, "submit", hopeful)


def resend_without_waiting() -> None:
    """An unknown batch is sent again at once, and its first request, still on its way, counts as nothing."""
    decision_at_once()
    decided = doubting._decided

    def forgetful(attempt: uuid.UUID | None, by: str, now: dt.datetime) -> None:
        del by
        decided(attempt, "", now)

    _put(doubting, "_decided", forgetful)


def decision_at_once() -> None:
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION, timings=replace(settings.CONFIGURATION.timings, unknown_wait=0.0)
    )


def own_state_is_overwritten() -> None:
    """An acceptance overwrites the readers' own states, so that who was left out is called accepted."""
    move = settling._move

    def overwriting(batch: Batch, decision: Any, **named: Any) -> int:  # noqa: ANN401 - as it is
        refused = move(batch, decision, **named)
        if decision.after is BatchState.ACCEPTED:
            Delivery.objects.filter(batch=batch, state=DeliveryState.EXCLUDED).update(state=None, reason=None)
        return refused

    _put(settling, "_move", overwriting)


def begun_is_not_sent() -> None:
    """A journal that tells of a request without its answer is replayed as: not sent."""
    answer = journal.Entry.answer

    def optimistic(self: journal.Entry) -> Answer | None:
        heard = answer(self)
        return NotAccepted("replayed as not sent") if isinstance(heard, Unknown) else heard

    _put(journal.Entry, "answer", optimistic)


def surplus_as_children() -> None:
    """The readers a canary leaves behind become children of its batch, and proof of that is theirs."""
    fetch = moving.child

    def below(of: Batch, n: int, *, parent: int | None, **named: Any) -> int:  # noqa: ANN401 - as it is
        return fetch(of, n, parent=of.pk if parent is None else parent, **named)

    _put(moving, "child", below)
    prove = proving._prove

    def proof_below(number: int, *rest: Any) -> bool:  # noqa: ANN401 - as it is
        proved = prove(number, *rest)
        moving.lift_below(number)
        return proved

    _put(proving, "_prove", proof_below)


def events_count_twice() -> None:
    """Whatever was told last wins, so that order matters."""
    _put(keeping, "KEEP_EARLIEST", keeping.KEEP_EARLIEST.replace("> %s", "<> %s"))
    _put(keeping, "_earlier", lambda found, key, at: found.__setitem__(key, at))


def event_inserted_again() -> None:
    """An event is stored as often as it is told."""
    insert = database.insert_many

    def again(sql: str, rows: Any) -> None:  # noqa: ANN401 - as it is
        found = list(rows)
        if sql == events.INSERT_EVENT:
            found = [(*row[:7], f"{uuid.uuid4().hex}", *row[8:]) for row in found]
        insert(sql, found)

    _put(events, "insert_many", again)


def forgery_believed() -> None:
    """A webhook's signature is not checked."""
    from mailer.web import webhooks  # noqa: PLC0415 - the web alone

    _put(webhooks, "genuine", lambda *_, **__: True)


def freeze_without_the_edition() -> None:
    """The freeze does not ask who has the edition already, and no index stops it."""
    audience.WHOLE_LIST = replace(
        audience.WHOLE_LIST,
        candidates=audience.WHOLE_LIST.candidates.replace("other.edition_id = %(edition)s", "1 = 0"),
    )
    defaults: dict[str, Any] = audience.freeze.__kwdefaults__ or {}
    defaults["source"] = audience.WHOLE_LIST
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS delivery_edition_once_an_address")
        cursor.execute("DROP INDEX IF EXISTS delivery_edition_once_a_subscriber")
    connection.close()


def cancel_without_lock() -> None:
    """Cancel shows its word before the rows say it: what is claimed goes on."""
    _put(batches, "cancel_waiting", lambda _sends: 0)
    real = firing._hold

    def blind(batch: int, attempt: uuid.UUID) -> bool:
        real(batch, attempt)
        return bool(
            database.fetch(
                "SELECT id FROM batch WHERE id = %s AND state = 'claimed' AND attempt = %s",
                [batch, attempt.hex],
            )
        )

    _put(firing, "_hold", blind)


def done_when_the_queue_is_empty() -> None:
    """A send is done when nothing waits any more, whatever is unknown."""
    finish = sends.finish

    def hasty(number: int, *, now: dt.datetime) -> None:
        waiting = Batch.objects.filter(send=number, state__in=["pending", "claimed"])
        if not waiting.exists():
            Send.objects.filter(pk=number, status__in=["sending", "settling"]).update(
                status="done", finished_at=now
            )
        finish(number, now=now)

    _put(delivering, "finish", hasty)
    _put(sweeping, "finish", hasty)


def no_sweep() -> None:
    """Nobody looks after what the dead have left."""
    _put(sends, "tidy", lambda **_: None)


def split_without_a_transaction() -> None:
    """A refused batch is split in two commits, and a process dies between them now and then."""
    child = moving.child

    def torn(of: Batch, n: int, **named: Any) -> int:  # noqa: ANN401 - as it is
        made = child(of, n, **named)
        if named.get("parent") == of.pk and connection.vendor == "sqlite":
            connection.connection.execute("COMMIT")
            if random.random() < 0.5:  # noqa: S311 - half of them
                os.kill(os.getpid(), signal.SIGKILL)
            connection.connection.execute("BEGIN IMMEDIATE")
        return made

    _put(moving, "child", torn)


def doubt_is_deferred() -> None:
    """A letter by SMTP whose end was sent, and that nobody answered, goes back to waiting."""
    answer = smtp_tally.Tally.answer

    def forgetful(self: Any, end: Any = None) -> Answer:  # noqa: ANN401 - as they are
        self._leaving = 0
        return answer(self, end)

    _put(smtp_tally.Tally, "answer", forgetful)


def begun_is_forgotten() -> None:
    """The journal does not note that a letter by SMTP begins to leave."""
    _put(journal.Journal, "begin", lambda *_: None)


def address_refused_rejects_all() -> None:
    """A 400 for one reader's sake rejects the whole batch."""
    refused = protocol._address_refused

    def harsh(seen: Any, answer: Any) -> Any:  # noqa: ANN401 - as they are
        return refused(replace(seen, n=1), answer)

    _put(protocol, "_address_refused", harsh)


def miscounted_parcel() -> None:
    """A request is made without its last reader, who is counted with it."""
    pack = sendgrid.SendGrid.pack

    def short(self: sendgrid.SendGrid, envelope: Any, readers: Any) -> Any:  # noqa: ANN401 - as they are
        parcel = pack(self, envelope, readers[:-1] or readers)
        return replace(parcel, readers=len(readers))

    _put(sendgrid.SendGrid, "pack", short)
