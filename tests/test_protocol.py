"""What follows from an answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.protocol import DOUBTED, Seen, back_off, settlement
from mailer.transports.answers import Accepted, NotAccepted, Refused, Unknown
from mailer.vocabulary import BatchState

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
SUBMITTING = Seen(BatchState.SUBMITTING, 3)


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
    decision = settlement(
        Seen(BatchState.SUBMITTING, 3, tries=9), NotAccepted("429", 429, wait=42), now=NOW
    )
    assert decision is not None
    assert decision.not_before == NOW + dt.timedelta(seconds=42)


def test_a_refusal_pauses_the_send_with_the_providers_own_words() -> None:
    decision = settlement(SUBMITTING, Refused("401 authorization required", 401), now=NOW)
    assert decision is not None
    assert decision.after is BatchState.PENDING
    assert decision.pause == "401 authorization required"


def test_an_unknown_answer_holds_the_batch_and_never_undoes_what_is_known() -> None:
    for state in BatchState:
        decision = settlement(Seen(state, 3), Unknown("no answer"), now=NOW)
        assert (decision is not None) == (state is BatchState.SUBMITTING)
        assert decision is None or decision.after is BatchState.UNKNOWN


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (60, 600)])
def test_each_refusal_doubles_the_wait_up_to_ten_minutes(tries: int, seconds: float) -> None:
    assert back_off(tries, jitter=0) == seconds


@given(st.integers(1, 10_000))
def test_waits_are_spread_by_half_and_never_endless(tries: int) -> None:
    assert back_off(tries, 0) * 0.5 <= back_off(tries) <= back_off(tries, 0) * 1.5 <= 900
