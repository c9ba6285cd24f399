"""T3: what each answer does to the batch, its readers and its send."""

import datetime as dt

import pytest

from mailer import batches
from mailer.batches import settling
from mailer.models import Attempt, Batch, Delivery, Send, Transport
from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Partly, Refused, Unknown
from mailer.transports.sendgrid import SendGrid
from tests.batches.cast import (
    DECIDABLE,
    LATER,
    a_batch,
    answered,
    children,
    copies,
    fired_by_reader,
    outcomes,
    resent,
    state_of,
)
from tests.provider import provider, says
from tests.stage import NOW, Nobody, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        (Accepted(202, "m"), "accepted", "accepted"),
        (NotAccepted("no connection"), "pending", "pending"),
        (Refused("401 no", 401), "pending", "pending"),
        (Unknown("no answer"), "unknown", "unknown"),
    ],
)
def test_an_answer_moves_the_batch(answer: Answer, state: str, outcome: str) -> None:
    batch = a_batch()
    attempt = answered(batch, answer)
    assert state_of(batch) == state
    assert outcomes(batch.send) == {outcome: 3}
    known = Attempt.objects.get()
    assert (known.answer, known.settled_by, known.status or 0) == (answer.kind, "answer", answer.status)
    assert batch.attempt == (None if state == "pending" else attempt)


def test_a_refusal_pauses_the_send_and_says_why() -> None:
    batch = a_batch()
    answered(batch, Refused("403 The from address", 403))
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


def test_a_late_refusal_of_what_was_already_settled_pauses_nothing_and_is_an_alarm() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({request.attempt: set()}, now=NOW)
    assert not batches.settle(batch.pk, request.attempt, Refused("401", 401), now=NOW)
    assert Send.objects.get().status == "sending"
    known = Attempt.objects.get()
    assert (known.status, known.answer, known.contradicted_at) == (401, "accepted", NOW)


@pytest.mark.parametrize("by", ["event", "lookup"])
def test_proof_from_wherever_and_a_refusal_after_it_contradict_each_other(by: str) -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({request.attempt: set()}, now=NOW, by=by)
    batches.settle(batch.pk, request.attempt, NotAccepted("429", 429), now=LATER)
    assert Attempt.objects.get().contradicted_at == LATER
    assert outcomes(batch.send) == {"accepted": 3}


def test_a_refused_batch_of_a_cancelled_send_is_cancelled() -> None:
    batch = a_batch()
    request = fired(batch)
    Send.objects.update(status="cancelled")
    batches.settle(batch.pk, request.attempt, NotAccepted("no connection"), now=NOW)
    assert state_of(batch) == "cancelled"
    assert outcomes(batch.send) == {"cancelled": 3}


def test_a_refused_batch_of_a_cancelled_send_below_a_resent_one_is_not_confirmed() -> None:
    batch = a_batch()
    _, again = resent(batch)
    request = fired(again, LATER)
    Send.objects.update(status="cancelled")
    batches.settle(again.pk, request.attempt, NotAccepted("no connection"), now=LATER)
    assert outcomes(batch.send) == {"not_confirmed": 3}


def test_an_answer_to_an_attempt_that_was_superseded_changes_nothing() -> None:
    batch = a_batch()
    first = answered(batch, NotAccepted("no connection"))
    assert batches.claim(batch.pk, now=LATER, lease=60) is not None
    assert not batches.settle(batch.pk, first, Unknown("late"), now=LATER)
    assert state_of(batch) == "claimed"


def test_an_answer_about_a_batch_that_is_not_there_harms_nothing() -> None:
    """A backup was restored, and a journal is younger than it."""
    batch = a_batch()
    request = fired(batch)
    for answer in (Accepted(202, "m"), NotAccepted("no"), Unknown("?"), Partly()):
        assert not batches.settle(batch.pk + 9, request.attempt, answer, now=NOW)
    assert outcomes(batch.send) == {"in_flight": 3}


def test_an_answer_after_the_proof_still_tells_the_message_id() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({request.attempt: set()}, now=NOW)
    assert not batches.settle(batch.pk, request.attempt, Accepted(202, "m1"), now=NOW)
    assert Attempt.objects.get().message_id == "m1"


@pytest.mark.parametrize("decided", ["not_confirmed", "resent"])
def test_an_acceptance_that_comes_after_the_decision_wins(decided: str) -> None:
    batch = a_batch()
    if decided == "resent":
        attempt, _ = resent(batch)
    else:
        attempt = answered(batch, Unknown("no answer"))
        assert batches.leave_out(batch.pk, by="ann", now=DECIDABLE, wait=1800) == 3
    assert batches.settle(batch.pk, attempt, Accepted(202, "m"), now=DECIDABLE)
    assert outcomes(batch.send) == {"accepted": 3}
    assert Attempt.objects.get().abandoned_by == "ann"
    assert batches.due(now=DECIDABLE, most=9) == []


def test_a_refusal_that_comes_after_the_readers_were_sent_another_copy_leaves_only_that_one() -> None:
    batch = a_batch()
    attempt, again = resent(batch)
    assert batches.settle(batch.pk, attempt, NotAccepted("held up"), now=DECIDABLE)
    assert state_of(batch) == "closed"
    assert outcomes(batch.send) == {"pending": 3}
    answered(again, AddressRefused("bad"), DECIDABLE)
    answered(children(again)[0], AddressRefused("bad"), DECIDABLE)
    assert outcomes(batch.send) == {"rejected": 1, "pending": 2}


def test_an_unknown_answer_about_nobody_is_not_held() -> None:
    """Proof about the first copy has lifted all of them while the second was under way."""
    batch = a_batch()
    attempt, again = resent(batch)
    request = fired(again, DECIDABLE)
    batches.prove({attempt: set()}, now=DECIDABLE)
    assert state_of(again) == "submitting"
    batches.settle(again.pk, request.attempt, Unknown("no answer"), now=DECIDABLE)
    assert state_of(again) == "closed"
    assert outcomes(batch.send) == {"accepted": 3}


def test_a_reader_is_rejected_only_where_a_request_for_nobody_else_was_refused() -> None:
    """The others of that request were proved meanwhile; that does not make the last one its cause."""
    batch = a_batch()
    attempt, again = resent(batch, Unknown("503", 503))
    request = fired(again, DECIDABLE)
    ada, bo, cy = copies(again)
    batches.prove({attempt: {ada, bo}}, now=DECIDABLE)
    batches.settle(again.pk, request.attempt, AddressRefused("bad", delivery=bo), now=DECIDABLE)
    assert outcomes(batch.send) == {"accepted": 2, "pending": 1}
    assert copies(children(again)[0]) == [cy]


# readers part as SMTP told of them


def test_smtps_accepted_stay_its_doubted_keep_their_attempt_and_the_others_wait() -> None:
    batch = a_batch(5)
    request = fired_by_reader(batch)
    ada, bo, cy, di, ed = copies(batch)
    answer = Partly(accepted=(ada,), unknown=(bo,), rejected={cy: "550"}, deferred={di: "450"})
    assert batches.settle(batch.pk, request.attempt, answer, now=NOW)
    assert outcomes(batch.send) == {"accepted": 1, "unknown": 1, "rejected": 1, "pending": 2}
    assert state_of(batch) == "accepted"
    doubted, waiting = children(batch)
    assert (doubted.state, doubted.attempt, doubted.fired_at) == ("unknown", request.attempt, NOW)
    assert (waiting.state, waiting.attempt, copies(waiting)) == ("pending", None, [di, ed])
    assert waiting.not_before is not None
    assert copies(doubted) == [bo]
    assert Delivery.objects.get(pk=cy).reason == "refused_by_transport"


def test_a_batch_of_which_smtp_keeps_nobody_is_closed() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    rejected = dict.fromkeys(copies(batch), "550")
    batches.settle(batch.pk, request.attempt, Partly(rejected=rejected), now=NOW)
    assert state_of(batch) == "closed"
    assert outcomes(batch.send) == {"rejected": 3}


def test_smtps_refusal_below_a_resent_batch_is_not_called_rejected() -> None:
    batch = a_batch(2)
    _, again = resent(batch)
    request = fired_by_reader(again, LATER)
    ada, bo = copies(again)
    batches.settle(again.pk, request.attempt, Partly(accepted=(ada,), rejected={bo: "550"}), now=LATER)
    assert outcomes(batch.send) == {"accepted": 1, "not_confirmed": 1}


@pytest.mark.parametrize(("below", "outcome"), [(False, "cancelled"), (True, "not_confirmed")])
def test_smtps_unsent_readers_of_a_cancelled_send_are_not_offered_again(
    below: bool,  # noqa: FBT001 - a table's column
    outcome: str,
) -> None:
    batch = a_batch()
    if below:
        _, batch = resent(batch)
    request = fired_by_reader(batch, LATER)
    Send.objects.update(status="cancelled")
    ada, *_ = copies(batch)
    batches.settle(batch.pk, request.attempt, Partly(accepted=(ada,)), now=LATER)
    assert outcomes(batch.send) == {"accepted": 1, outcome: 2}


@pytest.mark.parametrize("decided", ["not_confirmed", "resent"])
def test_smtps_answer_after_the_decision_lifts_those_it_took_and_no_other(decided: str) -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    ada, bo, cy = copies(batch)
    Batch.objects.update(state="unknown")
    decide = batches.resend if decided == "resent" else batches.leave_out
    assert decide(batch.pk, by="ann", now=DECIDABLE, wait=1800) == 3
    answer = Partly(accepted=(ada,), rejected={bo: "550"}, deferred={cy: "450"})
    assert batches.settle(batch.pk, request.attempt, answer, now=DECIDABLE)
    left = "pending" if decided == "resent" else "not_confirmed"
    assert outcomes(batch.send) == {"accepted": 1, left: 2}
    assert state_of(batch) == ("closed" if decided == "resent" else "not_confirmed")


def test_who_is_put_off_again_and_again_waits_longer_and_longer() -> None:
    """Each time they move to a batch of their own; that must not make each time the first."""
    batch, now = a_batch(1), NOW
    waits = []
    for _ in range(5):
        request = fired_by_reader(batch, now)
        (ada,) = copies(batch)
        batches.settle(batch.pk, request.attempt, Partly(deferred={ada: "450 later"}), now=now)
        (batch,) = children(batch)
        assert batch.not_before is not None
        waits.append((batch.not_before - now).total_seconds())
        now = batch.not_before
    for tries, wait in enumerate(waits):
        assert 2.5 * 2**tries <= wait <= 7.5 * 2**tries


def test_a_session_that_ended_with_a_refusal_pauses_the_send_and_keeps_what_was_taken() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    ada, *_ = copies(batch)
    batches.settle(batch.pk, request.attempt, Partly(accepted=(ada,), pause="535 bad password"), now=NOW)
    send = Send.objects.get()
    assert (send.status, send.pause_reason) == ("paused", "535 bad password")
    assert outcomes(send) == {"accepted": 1, "pending": 2}


def test_one_reader_in_doubt_makes_smtp_fly_canaries_until_one_is_accepted() -> None:
    batch = a_batch(2)
    request = fired_by_reader(batch)
    ada, bo = copies(batch)
    batches.settle(batch.pk, request.attempt, Partly(unknown=(ada,)), now=NOW)
    assert Transport.objects.get(pk="smtp").doubts == 1
    waiting = children(batch)[-1]
    assert copies(waiting) == [bo]
    request = fired_by_reader(waiting, LATER)
    batches.settle(waiting.pk, request.attempt, Partly(accepted=(bo,)), now=LATER)
    assert Transport.objects.get(pk="smtp").doubts == 0


# too many refusals are not the addresses' fault


def test_after_so_many_rejected_readers_a_person_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "MOST_REJECTED", 3)
    batch = a_batch(6)
    request = fired_by_reader(batch)
    first, *others = copies(batch)
    rejected = dict.fromkeys(others[:3], "550")
    answer = Partly(accepted=(first,), rejected=rejected, detail="550 blocked")
    batches.settle(batch.pk, request.attempt, answer, now=NOW)
    send = Send.objects.get()
    assert send.status == "paused"
    assert send.pause_reason == "3 addresses were refused, the last with: 550 blocked"


def test_after_so_many_requests_refused_for_an_address_a_person_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling, "MOST_REFUSALS", 2)
    batch = a_batch(4)
    answered(batch, AddressRefused("400 one is bad"))
    assert Send.objects.get().status == "sending"
    answered(children(batch)[0], AddressRefused("400 one is bad"))
    assert Send.objects.get().status == "paused"
    assert "2 requests were refused" in Send.objects.get().pause_reason


def test_a_process_that_was_held_up_after_firing_sends_nothing() -> None:
    request = fired(a_batch())
    held_up = batches.Fired(request.batch, request.attempt, request.parcel, 3, request.at - 6)
    with provider(says(202)) as sendgrid:
        answer = batches.submit(held_up, SendGrid("k", sendgrid.url, 5), Nobody())
    assert type(answer) is NotAccepted
    assert sendgrid.asked == []


def test_a_journal_that_was_cut_short_takes_nothing_away_from_what_is_known() -> None:
    """The answer was written, the journal's line of it was not: one event still proves one copy only."""
    batch = a_batch()
    attempt = answered(batch, Unknown("500 oops", 500))
    batches.settle(batch.pk, attempt, Unknown("its process ended"), now=LATER, by="journal")
    known = Attempt.objects.get()
    assert (known.status, known.detail) == (500, "500 oops")
    batches.prove({attempt: copies(batch)[:1]}, now=LATER)
    assert outcomes(batch.send) == {"accepted": 1, "unknown": 2}


def test_the_message_id_outlives_a_replay_too() -> None:
    batch = a_batch()
    attempt = answered(batch, Accepted(202, "m1"))
    batches.settle(batch.pk, attempt, Unknown("its process ended"), now=LATER, by="journal")
    assert Attempt.objects.get().message_id == "m1"
    assert state_of(batch) == "accepted"
