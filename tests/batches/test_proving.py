"""Proof: what came back about a copy shows that its request was taken, however late."""

import pytest

from mailer import batches, reports
from mailer.models import Attempt, Batch, Delivery, Transport
from mailer.transports.answers import AddressRefused, NotAccepted, Partly, Refused, Unknown
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
from tests.stage import NOW, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


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
    attempt = answered(batch, Unknown("503", 503))
    ada, *others = copies(batch)
    for _ in range(2):
        batches.prove({attempt: {ada}}, now=LATER)
        assert state_of(batch) == "unknown"
        assert outcomes(batch.send) == {"accepted": 1, "unknown": 2}
    batches.prove({attempt: set(others)}, now=LATER)
    assert state_of(batch) == "closed"
    assert outcomes(batch.send) == {"accepted": 3}


def test_on_smtp_an_event_proves_its_own_copy_and_no_other() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    ada, bo, _ = copies(batch)
    batches.settle(batch.pk, request.attempt, Partly(unknown=(ada, bo)), now=NOW)
    batches.prove({request.attempt: {ada}}, now=LATER)
    assert outcomes(batch.send) == {"accepted": 1, "unknown": 1, "pending": 1}


def test_an_event_before_smtps_answer_is_not_undone_by_it() -> None:
    batch = a_batch()
    request = fired_by_reader(batch)
    ada, bo, cy = copies(batch)
    batches.prove({request.attempt: {ada}}, now=NOW)
    batches.settle(batch.pk, request.attempt, Partly(accepted=(ada, bo), rejected={cy: "550"}), now=NOW)
    assert outcomes(batch.send) == {"accepted": 2, "rejected": 1}


def test_an_event_ends_the_doubt_in_a_transport() -> None:
    batch = a_batch()
    attempt = answered(batch, Unknown("no answer"))
    assert Transport.objects.get(pk="sendgrid").doubts == 1
    batches.prove({attempt: set()}, now=LATER)
    assert Transport.objects.get(pk="sendgrid").doubts == 0


@pytest.mark.parametrize(
    "refusal", [NotAccepted("429", 429), Refused("401", 401), AddressRefused("400", delivery=0)]
)
def test_an_event_about_what_was_refused_for_certain_is_an_alarm_and_moves_nothing(
    refusal: NotAccepted | Refused | AddressRefused, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = a_batch()
    attempt = answered(batch, refusal)
    before = outcomes(batch.send)
    for _ in range(2):
        batches.prove({attempt: {copies(batch)[0]} if copies(batch) else set()}, now=LATER)
    assert outcomes(batch.send) == before
    assert Attempt.objects.get().contradicted_at == LATER
    assert capsys.readouterr().out.count("refused for certain") == 1


def test_an_event_about_an_attempt_that_is_not_ours_changes_nothing() -> None:
    batch = a_batch()
    request = fired(batch)
    batches.prove({type(request.attempt)(int=7): {1}}, now=NOW)
    batches.prove({}, now=NOW)
    assert state_of(batch) == "submitting"


# below a batch that was sent again


@pytest.mark.parametrize("stage", ["pending", "claimed", "submitting", "unknown", "not_confirmed"])
def test_proof_of_the_first_copy_lifts_all_below_it_wherever_they_stand(stage: str) -> None:
    batch = a_batch()
    attempt, again = resent(batch)
    if stage == "claimed":
        assert batches.claim(again.pk, now=DECIDABLE, lease=60)
    elif stage != "pending":
        fired(again, DECIDABLE)
        Batch.objects.filter(pk=again.pk).update(state=stage)
    batches.prove({attempt: set()}, now=DECIDABLE)
    assert state_of(batch) == "closed"
    # Its own request is under way, and somebody waits for the answer.
    assert state_of(again) == ("submitting" if stage == "submitting" else "closed")
    assert outcomes(batch.send) == {"accepted": 3}
    assert batches.due(now=DECIDABLE, most=9) == []


def test_proof_of_the_first_copy_lifts_what_the_second_request_was_split_into() -> None:
    batch = a_batch(4)
    attempt, again = resent(batch)
    answered(again, AddressRefused("400 one is bad"), DECIDABLE)
    left, right = children(again)
    answered(left, AddressRefused("400 one is bad"), DECIDABLE)
    lone, _ = children(left)
    answered(lone, AddressRefused("400 bad"), DECIDABLE)
    assert outcomes(batch.send) == {"not_confirmed": 1, "pending": 3}
    fired(right, DECIDABLE)
    batches.prove({attempt: set()}, now=DECIDABLE)
    assert outcomes(batch.send) == {"accepted": 4}


def test_one_body_that_proves_both_copies_counts_every_reader_once() -> None:
    batch = a_batch()
    first, again = resent(batch)
    second = fired(again, DECIDABLE).attempt
    batches.prove({first: set(copies(again)), second: set(copies(again))}, now=DECIDABLE)
    assert outcomes(batch.send) == {"accepted": 3}
    assert state_of(again) == "accepted"


def test_proof_of_the_second_copy_leaves_the_first_in_doubt_and_the_readers_possibly_twice() -> None:
    batch = a_batch()
    _, again = resent(batch)
    second = fired(again, DECIDABLE).attempt
    batches.prove({second: set()}, now=DECIDABLE)
    assert (state_of(batch), state_of(again)) == ("resent", "accepted")
    assert reports.described(batch.send)["possibly_twice"] == 3


def test_after_a_server_error_proof_of_one_first_copy_lifts_that_reader_alone_below() -> None:
    batch = a_batch()
    attempt, again = resent(batch, Unknown("503", 503))
    ada, *_ = copies(again)
    batches.prove({attempt: {ada}}, now=DECIDABLE)
    assert state_of(batch) == "resent"
    assert outcomes(batch.send) == {"accepted": 1, "pending": 2}
    assert Delivery.objects.get(pk=ada).state == "accepted"
    request = fired(again, DECIDABLE)
    assert request.readers == 2
