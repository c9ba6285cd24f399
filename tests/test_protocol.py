"""What follows from an answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.protocol import DOUBTED, back_off, settlement
from mailer.transports.answers import Accepted, NotAccepted, Refused, Unknown
from mailer.vocabulary import BatchState

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


def test_an_acceptance_settles_a_batch_however_late_it_comes() -> None:
    decision = settlement(Accepted(202, "id"), tries=1, now=NOW)
    assert decision.after is BatchState.ACCEPTED
    assert set(decision.before) == set(DOUBTED)
    assert decision.pause == ""


def test_a_batch_that_was_not_accepted_waits_and_is_offered_again() -> None:
    decision = settlement(NotAccepted("no connection"), tries=1, now=NOW)
    assert decision.after is BatchState.PENDING
    assert decision.not_before is not None
    assert 2.5 <= (decision.not_before - NOW).total_seconds() <= 7.5
    assert decision.pause == ""


def test_a_provider_that_asks_to_wait_is_obeyed_to_the_second() -> None:
    decision = settlement(NotAccepted("429", 429, wait=42), tries=9, now=NOW)
    assert decision.not_before == NOW + dt.timedelta(seconds=42)


def test_a_refusal_pauses_the_send_with_the_providers_own_words() -> None:
    decision = settlement(Refused("401 authorization required", 401), tries=1, now=NOW)
    assert decision.after is BatchState.PENDING
    assert decision.pause == "401 authorization required"


def test_an_unknown_answer_holds_the_batch_and_never_undoes_what_is_known() -> None:
    decision = settlement(Unknown("no answer"), tries=1, now=NOW)
    assert decision.after is BatchState.UNKNOWN
    assert decision.before == (BatchState.SUBMITTING,)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (60, 600)])
def test_each_refusal_doubles_the_wait_up_to_ten_minutes(tries: int, seconds: float) -> None:
    assert back_off(tries, jitter=0) == seconds


@given(st.integers(1, 10_000))
def test_waits_are_spread_by_half_and_never_endless(tries: int) -> None:
    assert back_off(tries, 0) * 0.5 <= back_off(tries) <= back_off(tries, 0) * 1.5 <= 900
