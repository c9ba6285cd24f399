"""Claim, fire, settle: three commits around one request."""

import datetime as dt
import uuid

import pytest

from mailer import batches, reports
from mailer.models import Attempt, Batch, Delivery, Send
from mailer.transports.answers import Accepted, NotAccepted, Refused, Unknown
from mailer.transports.sendgrid import SendGrid
from subscribers.leaving import unsubscribe
from subscribers.suppressions import suppress
from subscribers.vocabulary import Suppressed
from tests.provider import provider, says
from tests.stage import (
    NOW,
    SENDGRID,
    Nobody,
    a_frozen_send,
    a_list,
    a_reader,
    batches_of,
    body_of_request,
    delivery_of,
    fired,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(minutes=10)


def a_batch(count: int = 3) -> Batch:
    owner = a_list()
    readers(owner, count)
    return batches_of(a_frozen_send(owner))[0]


def claimed(batch: Batch) -> uuid.UUID:
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    return attempt


def state_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def addresses(request: batches.Fired) -> set[str]:
    return {person["to"][0]["email"] for person in body_of_request(request)["personalizations"]}


def test_a_batch_is_claimed_by_one_worker() -> None:
    batch = a_batch()
    assert batches.claim(batch.pk, now=NOW, lease=60) is not None
    assert batches.claim(batch.pk, now=NOW, lease=60) is None


def test_a_batch_that_must_wait_is_claimed_by_nobody_before_its_time() -> None:
    batch = a_batch()
    Batch.objects.update(not_before=LATER)
    assert batches.claim(batch.pk, now=NOW, lease=60) is None
    assert batches.due(now=NOW, most=10) == []
    assert batches.due(now=LATER, most=10) == [batch.pk]
    assert batches.claim(batch.pk, now=LATER, lease=60) is not None


@pytest.mark.parametrize("status", ["paused", "cancelled", "preparing", "done"])
def test_nothing_is_claimed_or_fired_of_a_send_that_is_not_sending(status: str) -> None:
    batch = a_batch()
    attempt = claimed(batch)
    Send.objects.update(status=status)
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is None
    Batch.objects.update(state="pending", attempt=None)
    assert batches.claim(batch.pk, now=NOW, lease=60) is None


def test_a_worker_whose_lease_went_to_another_fires_nothing() -> None:
    batch = a_batch()
    slow = claimed(batch)
    assert batches.release(now=LATER) == 1
    quick = batches.claim(batch.pk, now=LATER, lease=60)
    assert quick is not None
    assert batches.fire(batch.pk, slow, SENDGRID, now=LATER) is None
    assert batches.fire(batch.pk, quick, SENDGRID, now=LATER) is not None


def test_a_batch_is_fired_once() -> None:
    batch = a_batch()
    attempt = claimed(batch)
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is not None
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is None


def test_a_batch_that_does_not_hold_as_many_readers_as_it_says_is_not_sent() -> None:
    """Some would be lost and nobody would know."""
    batch = a_batch()
    attempt = claimed(batch)
    Batch.objects.update(n=4)
    with pytest.raises(RuntimeError, match="4 readers"):
        batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    assert state_of(batch) == "claimed"
    assert not Attempt.objects.exists()


def test_the_request_holds_every_reader_with_links_of_their_own() -> None:
    request = fired(a_batch())
    assert addresses(request) == {"reader0@x.example", "reader1@x.example", "reader2@x.example"}
    leave = [person["headers"]["List-Unsubscribe"] for person in body_of_request(request)["personalizations"]]
    assert len(set(leave)) == 3
    assert all(link.startswith("<http") and "/u/" in link and "@" not in link for link in leave)


def test_a_reader_who_left_after_the_freeze_is_left_out() -> None:
    owner = a_list()
    ada, bo, cy, _, ed = (a_reader(owner, f"{name}@x.example") for name in ("ada", "bo", "cy", "di", "ed"))
    send = a_frozen_send(owner)
    unsubscribe(ada.pk, "one-click", NOW)
    suppress(bo.subscriber.address_key, Suppressed.COMPLAINED, "test", NOW)
    suppress(ed.subscriber.address_key, Suppressed.BY_HAND, "test", NOW, newsletter=owner)
    key = cy.subscriber.address_key
    cy.subscriber.delete()
    request = fired(batches_of(send)[0])
    assert addresses(request) == {"di@x.example"}
    assert delivery_of(send, "ada@x.example").reason == "unsubscribed_since"
    assert delivery_of(send, "bo@x.example").reason == "suppressed_since"
    assert delivery_of(send, "ed@x.example").reason == "suppressed_since"
    assert Delivery.objects.get(address_key=key).reason == "erased"
    assert batches_of(send)[0].n == 1
    assert reports.ledger(send).adds_up


def test_a_batch_whose_readers_all_left_is_closed_without_a_request() -> None:
    batch = a_batch(1)
    unsubscribe(Delivery.objects.get().subscriber.subscriptions.get().pk, "one-click", NOW)  # type: ignore[union-attr]  # there is one
    assert batches.fire(batch.pk, claimed(batch), SENDGRID, now=NOW) is None
    assert state_of(batch) == "closed"
    assert not Attempt.objects.exists()
    assert reports.ledger(batch.send).outcomes["excluded"] == 1


def test_after_firing_the_readers_are_in_flight_and_the_attempt_is_kept() -> None:
    request = fired(batch := a_batch())
    assert reports.ledger(batch.send).outcomes["in_flight"] == 3
    attempt = Attempt.objects.get(pk=request.attempt)
    assert attempt.n == 3
    assert len(attempt.payload_hash) == 64
    assert attempt.answer is None


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Accepted(202, "m"), "accepted"),
        (NotAccepted("no connection"), "pending"),
        (Refused("401 no", 401), "pending"),
        (Unknown("no answer"), "unknown"),
    ],
)
def test_an_answer_moves_the_batch(answer: Accepted, state: str) -> None:
    batch = a_batch()
    request = fired(batch)
    assert batches.settle(batch.pk, request.attempt, answer, now=NOW)
    assert state_of(batch) == state
    assert reports.ledger(batch.send).adds_up


def test_a_refusal_pauses_the_send_and_says_why() -> None:
    batch = a_batch()
    batches.settle(batch.pk, fired(batch).attempt, Refused("403 The from address", 403), now=NOW)
    send = Send.objects.get()
    assert send.status == "paused"
    assert send.pause_reason == "403 The from address"
    assert batches.claim(batch.pk, now=LATER, lease=60) is None


def test_a_batch_that_comes_back_late_sets_a_settling_send_going_again() -> None:
    """The laptop slept between commit and request: the sweep called it unknown, and then it was refused."""
    batch = a_batch()
    request = fired(batch)
    Batch.objects.update(state="unknown")
    Send.objects.update(status="settling")
    batches.settle(batch.pk, request.attempt, NotAccepted("held up"), now=LATER)
    assert Send.objects.get().status == "sending"
    assert batches.due(now=LATER + dt.timedelta(hours=1), most=10) == [batch.pk]


def test_a_late_refusal_of_what_was_already_settled_pauses_nothing() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({request.attempt: set()}, now=NOW)
    assert not batches.settle(batch.pk, request.attempt, Refused("401", 401), now=NOW)
    assert Send.objects.get().status == "sending"
    assert Attempt.objects.get().status == 401


def test_letters_leave_under_the_sender_that_was_approved() -> None:
    """I6: what the list says after the freeze is another approval's business."""
    owner = a_list()
    readers(owner, 1)
    send = a_frozen_send(owner)
    owner.sender_address = "other@evil.example"
    owner.save()
    request = fired(batches_of(send)[0])
    assert body_of_request(request)["from"] == {"email": "editor@news.example", "name": "Space Digest"}


def test_a_refused_batch_of_a_cancelled_send_is_cancelled() -> None:
    batch = a_batch()
    request = fired(batch)
    Send.objects.update(status="cancelled")
    batches.settle(batch.pk, request.attempt, NotAccepted("no connection"), now=NOW)
    assert state_of(batch) == "cancelled"
    assert reports.ledger(batch.send).outcomes["cancelled"] == 3


def test_an_answer_to_an_attempt_that_was_superseded_changes_nothing() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.settle(batch.pk, request.attempt, NotAccepted("no connection"), now=NOW)
    again = batches.claim(batch.pk, now=LATER, lease=60)
    assert again is not None
    assert not batches.settle(batch.pk, request.attempt, Unknown("late"), now=LATER)
    assert state_of(batch) == "claimed"


def test_a_request_never_answered_becomes_unknown_and_not_before_its_time() -> None:
    batch = a_batch()
    fired(batch)
    assert batches.doubt(now=NOW + dt.timedelta(seconds=119), after=120) == 0
    assert batches.doubt(now=NOW + dt.timedelta(seconds=121), after=120) == 1
    assert state_of(batch) == "unknown"


def test_unknown_is_never_offered_again_by_a_machine() -> None:
    batch = a_batch()
    batches.settle(batch.pk, fired(batch).attempt, Unknown("no answer"), now=NOW)
    assert batches.due(now=LATER, most=10) == []
    assert batches.claim(batch.pk, now=LATER, lease=60) is None


@pytest.mark.parametrize("state", ["submitting", "unknown", "not_confirmed"])
def test_one_genuine_event_proves_the_whole_attempt_however_late(state: str) -> None:
    batch = a_batch()
    request = fired(batch)
    Batch.objects.update(state=state)
    batches.prove({request.attempt: set()}, now=LATER)
    assert state_of(batch) == "accepted"
    assert Attempt.objects.get().settled_by == "event"


def test_after_a_server_error_an_event_proves_its_own_copy_and_no_other() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.settle(batch.pk, request.attempt, Unknown("503", 503), now=NOW)
    ada, *others = Delivery.objects.order_by("pk")
    for _ in range(2):
        batches.prove({request.attempt: {ada.pk}}, now=LATER)
        assert state_of(batch) == "unknown"
        assert reports.ledger(batch.send).outcomes["accepted"] == 1
        assert reports.ledger(batch.send).outcomes["unknown"] == 2
    batches.prove({request.attempt: {other.pk for other in others}}, now=LATER)
    assert state_of(batch) == "closed"
    assert reports.ledger(batch.send).outcomes["accepted"] == 3


def test_an_answer_after_the_proof_still_tells_the_message_id() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({request.attempt: set()}, now=NOW)
    assert not batches.settle(batch.pk, request.attempt, Accepted(202, "m1"), now=NOW)
    assert Attempt.objects.get().message_id == "m1"


def test_undecided_at_the_end_of_its_useful_life_is_not_confirmed() -> None:
    batch = a_batch()
    batches.settle(batch.pk, fired(batch).attempt, Unknown("no answer"), now=NOW)
    assert batches.give_up(now=NOW + dt.timedelta(hours=23), wait=1800) == 0
    assert batches.give_up(now=NOW + dt.timedelta(hours=25), wait=1800) == 1
    assert reports.ledger(batch.send).outcomes["not_confirmed"] == 3


def test_a_process_that_was_held_up_after_firing_sends_nothing() -> None:
    request = fired(a_batch())
    held_up = batches.Fired(request.batch, request.attempt, request.parcel, 3, request.at - 6)
    with provider(says(202)) as sendgrid:
        answer = batches.submit(held_up, SendGrid("k", sendgrid.url, 5), Nobody())
    assert type(answer) is NotAccepted
    assert sendgrid.asked == []
