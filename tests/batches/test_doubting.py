"""Unknown is held, and decided about by a person, a policy, or the end of the useful life."""

import datetime as dt

import pytest

from mailer import batches
from mailer.models import Attempt, Batch, Send, Transport
from mailer.transports.answers import Partly, Unknown
from tests.batches.cast import (
    DECIDABLE,
    LATER,
    WAIT,
    a_batch,
    answered,
    children,
    copies,
    fired_by_reader,
    outcomes,
    resent,
    state_of,
)
from tests.stage import NOW, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def seconds(count: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=count)


def test_a_request_never_answered_becomes_unknown_and_not_before_its_time() -> None:
    batch = a_batch()
    fired(batch)
    assert batches.doubt(now=seconds(119), after=120) == 0
    assert batches.doubt(now=seconds(121), after=120) == 1
    assert state_of(batch) == "unknown"
    assert Transport.objects.get(pk="sendgrid").doubts == 1


def test_a_worker_still_at_it_letter_by_letter_is_not_doubted() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    assert batches.renew(batch.pk, request.attempt, now=seconds(100), lease=60)
    assert batches.doubt(now=seconds(159), after=120) == 0
    assert batches.doubt(now=seconds(161), after=120) == 1


def test_nothing_is_doubted_of_a_request_whose_readers_were_all_proved_otherwise() -> None:
    batch = a_batch()
    attempt, again = resent(batch)
    fired(again, DECIDABLE)
    batches.prove({attempt: set()}, now=DECIDABLE)
    assert batches.doubt(now=DECIDABLE + dt.timedelta(seconds=121), after=120) == 1
    assert state_of(again) == "closed"


def test_unknown_is_never_offered_again_by_a_machine() -> None:
    batch = a_batch()
    answered(batch, Unknown("no answer"))
    assert batches.due(now=LATER, most=10) == []
    assert batches.claim(batch.pk, now=LATER, lease=60) is None
    assert batches.release(now=LATER) == 0


@pytest.mark.parametrize("decide", [batches.resend, batches.leave_out])
def test_nothing_is_decided_before_an_answer_or_proof_has_had_its_time(decide: object) -> None:
    batch = a_batch()
    answered(batch, Unknown("no answer"))
    assert batches.unknown(batch.send_id, now=seconds(WAIT), wait=WAIT) == []
    assert callable(decide)
    assert decide(batch.pk, by="ann", now=seconds(WAIT), wait=WAIT) == 0
    assert batches.unknown(batch.send_id, now=seconds(WAIT + 1), wait=WAIT) == [batch]
    assert decide(batch.pk, by="ann", now=seconds(WAIT + 1), wait=WAIT) == 3
    assert decide(batch.pk, by="bob", now=seconds(WAIT + 1), wait=WAIT) == 0
    assert Attempt.objects.get().abandoned_by == "ann"


def test_readers_sent_again_move_whole_to_a_batch_below() -> None:
    batch = a_batch()
    attempt, again = resent(batch)
    assert (state_of(batch), batch.n, batch.attempt) == ("resent", 0, attempt)
    assert (again.state, again.n, again.attempt, again.parent_id) == ("pending", 3, None, batch.pk)
    assert outcomes(batch.send) == {"pending": 3}


@pytest.mark.parametrize(
    ("status", "sent_again", "after"),
    [
        ("sending", 3, "sending"),
        ("paused", 3, "paused"),
        ("settling", 3, "sending"),
        ("cancelled", 0, "cancelled"),
        ("done", 0, "done"),
    ],
)
def test_nobody_of_a_cancelled_send_is_written_to_again(status: str, sent_again: int, after: str) -> None:
    batch = a_batch()
    answered(batch, Unknown("no answer"))
    Send.objects.update(status=status)
    assert batches.resend(batch.pk, by="ann", now=DECIDABLE, wait=WAIT) == sent_again
    assert Send.objects.get().status == after
    assert outcomes(batch.send) == {"pending" if sent_again else "unknown": 3}


def test_a_second_doubt_may_be_sent_again_too_and_each_is_recorded() -> None:
    batch = a_batch()
    first, again = resent(batch)
    second = fired(again, DECIDABLE).attempt
    batches.settle(again.pk, second, Unknown("no answer"), now=DECIDABLE)
    later = DECIDABLE + dt.timedelta(hours=1)
    assert batches.resend(again.pk, by="bob", now=later, wait=WAIT) == 3
    assert dict(Attempt.objects.values_list("pk", "abandoned_by")) == {first: "ann", second: "bob"}
    batches.prove({first: set()}, now=later)
    assert outcomes(batch.send) == {"accepted": 3}


def test_smtps_one_reader_in_doubt_is_decided_about_alone() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    ada, bo, cy = copies(batch)
    batches.settle(batch.pk, request.attempt, Partly(accepted=(ada, bo), unknown=(cy,)), now=NOW)
    (doubted,) = children(batch)
    assert batches.resend(doubted.pk, by="ann", now=DECIDABLE, wait=WAIT) == 1
    assert outcomes(batch.send) == {"accepted": 2, "pending": 1}
    batches.prove({request.attempt: {cy}}, now=DECIDABLE)
    assert outcomes(batch.send) == {"accepted": 3}
    assert batches.due(now=DECIDABLE, most=9) == []


def test_undecided_at_the_end_of_its_useful_life_is_not_confirmed() -> None:
    batch = a_batch()
    answered(batch, Unknown("no answer"))
    assert batches.give_up(now=NOW + dt.timedelta(hours=23), wait=WAIT) == 0
    assert batches.give_up(now=NOW + dt.timedelta(hours=25), wait=WAIT) == 1
    assert outcomes(batch.send) == {"not_confirmed": 3}


def test_what_left_a_moment_before_the_end_of_the_useful_life_still_has_its_wait() -> None:
    batch = a_batch()
    answered(batch, Unknown("no answer"))
    Send.objects.update(useful_until=seconds(1))
    assert batches.give_up(now=seconds(WAIT), wait=WAIT) == 0
    assert batches.give_up(now=seconds(WAIT + 1), wait=WAIT) == 1
    assert Batch.objects.get().state == "not_confirmed"
