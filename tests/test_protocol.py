"""What follows from an answer and from proof: the tables of the send protocol, every cell."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.protocol import (
    BY_READER,
    DOUBTED,
    IN_DOUBT,
    LIFTABLE,
    Seen,
    back_off,
    gone,
    lifted,
    proof,
    proves_all,
    settlement,
)
from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Partly, Refused, Unknown
from mailer.vocabulary import BatchState, DeliveryState

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
SUBMITTING = Seen(BatchState.SUBMITTING, 3)

ANSWERS: dict[str, Answer] = {
    "202": Accepted(202, "m"),
    "429": NotAccepted("429", 429, wait=7),
    "401": Refused("401 no", 401),
    "400": AddressRefused("400 bad address"),
    "500": Unknown("500", 500),
    "some": Partly(accepted=(1,), rejected={2: "550"}),
    "none": Partly(deferred={1: "450"}),
    "one in doubt": Partly(accepted=(1,), unknown=(2,)),
}

# Where a batch of three stands, and where each answer takes it; whatever is not here does not move.
TABLE = {
    "submitting": {
        "202": "accepted",
        "429": "pending",
        "401": "pending",
        "400": "split",
        "500": "unknown",
        "some": "accepted",
        "none": "closed",
        "one in doubt": "accepted",
    },
    "unknown": {
        "202": "accepted",
        "429": "pending",
        "401": "pending",
        "400": "split",
        "some": "accepted",
        "none": "closed",
        "one in doubt": "accepted",
    },
    "not_confirmed": {
        "202": "accepted",
        "some": "not_confirmed",
        "none": "not_confirmed",
        "one in doubt": "not_confirmed",
    },
    "resent": {
        "202": "closed",
        "429": "closed",
        "401": "closed",
        "400": "closed",
        "some": "closed",
        "none": "closed",
        "one in doubt": "resent",
    },
}
REFUSALS = {"429", "401", "400"}


@pytest.mark.parametrize("below_resent", [False, True])
@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("state", list(BatchState))
def test_each_answer_moves_a_batch_as_the_table_says_and_no_other(
    state: BatchState,
    answer: str,
    cancelled: bool,  # noqa: FBT001 - a table's column
    below_resent: bool,  # noqa: FBT001 - the same
) -> None:
    after = TABLE.get(state, {}).get(answer)
    if cancelled and answer in REFUSALS and state in IN_DOUBT:
        after = "not_confirmed" if below_resent else "cancelled"
    seen = Seen(state, 3, cancelled=cancelled, below_resent=below_resent)
    decision = settlement(seen, ANSWERS[answer], now=NOW)
    assert (decision.after if decision else None) == after


@pytest.mark.parametrize(("below_resent", "outcome"), [(False, "rejected"), (True, "not_confirmed")])
@pytest.mark.parametrize("state", IN_DOUBT)
def test_only_alone_is_a_reader_rejected_and_never_one_who_may_hold_an_earlier_copy(
    state: BatchState,
    below_resent: bool,  # noqa: FBT001 - a table's column
    outcome: str,
) -> None:
    answer = AddressRefused("bad address", delivery=7)
    alone = settlement(Seen(state, 1, below_resent=below_resent), answer, now=NOW)
    assert alone is not None
    assert (alone.after, alone.reader, alone.split) == (BatchState.CLOSED, DeliveryState(outcome), None)
    among_others = settlement(Seen(state, 2, below_resent=below_resent), answer, now=NOW)
    assert among_others is not None
    assert (among_others.after, among_others.reader, among_others.split) == (BatchState.SPLIT, None, 7)


@pytest.mark.parametrize("state", list(BatchState))
@pytest.mark.parametrize("whole", [True, False])
def test_proof_lifts_what_is_in_doubt_and_no_other(
    state: BatchState,
    whole: bool,  # noqa: FBT001 - a table's column
) -> None:
    decision = proof(state, whole=whole)
    if state not in {*DOUBTED, BatchState.RESENT}:
        assert decision is None
        return
    assert decision is not None
    if not whole:
        assert (decision.after, decision.lift) == (state, False)
    elif state is BatchState.RESENT:
        assert (decision.after, decision.lift) == (BatchState.CLOSED, True)
    else:
        assert (decision.after, decision.lift) == (BatchState.ACCEPTED, False)


@pytest.mark.parametrize(
    ("transport", "status", "whole"),
    [
        ("sendgrid", None, True),
        ("sendgrid", 202, True),
        ("sendgrid", 418, True),
        ("sendgrid", 499, True),
        ("sendgrid", 500, False),
        ("sendgrid", 503, False),
        ("smtp", None, False),
        ("smtp", 250, False),
    ],
)
def test_one_event_proves_its_whole_attempt_except_after_a_5xx_and_on_smtp(
    transport: str,
    status: int | None,
    whole: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert proves_all(transport, status) is whole
    assert (transport in BY_READER) == (transport == "smtp")


@pytest.mark.parametrize("state", list(BatchState))
def test_a_batch_that_proof_has_emptied_is_closed_unless_its_request_is_under_way(state: BatchState) -> None:
    assert lifted(state, 1) is state
    assert lifted(state, 0) is (BatchState.CLOSED if state in LIFTABLE else state)


def test_who_waits_when_a_send_is_cancelled_is_cancelled_unless_they_may_hold_an_earlier_copy() -> None:
    assert gone(below_resent=False) is BatchState.CANCELLED
    assert gone(below_resent=True) is BatchState.NOT_CONFIRMED


@pytest.mark.parametrize("below_resent", [False, True])
def test_smtps_unsent_readers_of_a_cancelled_send_go_the_way_of_those_who_wait(
    below_resent: bool,  # noqa: FBT001 - a table's column
) -> None:
    seen = Seen(BatchState.SUBMITTING, 3, cancelled=True, below_resent=below_resent)
    answer = Partly(accepted=(1,), pause="535 no")
    decision = settlement(seen, answer, now=NOW)
    assert decision is not None
    assert decision.waiting is gone(below_resent=below_resent)
    assert decision.pause == ""


def test_an_acceptance_settles_a_batch_however_late_it_comes() -> None:
    for state in BatchState:
        decision = settlement(Seen(state, 3), Accepted(202, "id"), now=NOW)
        assert (decision is not None and decision.after is BatchState.ACCEPTED) == (state in DOUBTED)


def test_a_batch_that_was_not_accepted_waits_and_is_offered_again() -> None:
    decision = settlement(SUBMITTING, NotAccepted("no connection"), now=NOW)
    assert decision is not None
    assert decision.after is BatchState.PENDING
    assert decision.not_before is not None
    assert 2.5 <= (decision.not_before - NOW).total_seconds() <= 7.5
    assert decision.pause == ""


def test_a_provider_that_asks_to_wait_is_obeyed_to_the_second() -> None:
    decision = settlement(Seen(BatchState.SUBMITTING, 3, tries=9), NotAccepted("429", 429, wait=42), now=NOW)
    assert decision is not None
    assert decision.not_before == NOW + dt.timedelta(seconds=42)


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (Partly(accepted=(1, 2)), False),
        (Partly(accepted=(1,), rejected={2: "550"}), False),
        (Partly(accepted=(1,), deferred={2: "450"}), True),
        (Partly(rejected={2: "550"}), True),
        (Partly(accepted=(1,), wait=9), True),
    ],
)
def test_readers_smtp_put_off_wait_and_those_it_had_no_time_for_do_not(
    answer: Partly,
    waits: bool,  # noqa: FBT001 - a table's column
) -> None:
    decision = settlement(SUBMITTING, answer, now=NOW)
    assert decision is not None
    assert (decision.not_before is not None) is waits


def test_a_refusal_pauses_the_send_with_the_providers_own_words() -> None:
    decision = settlement(SUBMITTING, Refused("401 authorization required", 401), now=NOW)
    assert decision is not None
    assert decision.after is BatchState.PENDING
    assert decision.pause == "401 authorization required"


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (60, 600)])
def test_each_refusal_doubles_the_wait_up_to_ten_minutes(tries: int, seconds: float) -> None:
    assert back_off(tries, jitter=0) == seconds


@given(st.integers(1, 10_000))
def test_waits_are_spread_by_half_and_never_endless(tries: int) -> None:
    assert back_off(tries, 0) * 0.5 <= back_off(tries) <= back_off(tries, 0) * 1.5 <= 900
