"""How fast letters may leave: settings in, rates out, and a bucket that can be trusted with any clock."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.rates import AT_ONCE, LATE, WARM_UP, Bucket, Rates, read_rates

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
T0 = NOW.timestamp()
RATES = st.floats(1 / 3600, 100_000)
# Seconds between one question and the next, with how many messages it is about.
QUESTIONS = st.lists(st.tuples(st.floats(0, 90), st.integers(1, 1000)), min_size=1, max_size=60)


def rates(**environ: str) -> Rates:
    problems: list[str] = []
    read = read_rates({f"MAILER_{name}": value for name, value in environ.items()}, problems)
    assert problems == []
    return read


def granted(bucket: Bucket, questions: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Ask in this order; return when how many were paid for."""
    paid, spent, now = [], 0.0, T0
    for after, n in questions:
        now += after
        n = min(n, bucket.most)  # noqa: PLW2901 - as `admit` does
        if (until := bucket.pay(spent, n, now)) is not None:
            spent = until
            paid.append((now, n))
    return paid


def test_nothing_set_is_no_limit() -> None:
    assert rates() == rates(PACE=" ", PACE_PER_HOUR="", PACE_DOMAINS=" , ") == Rates()
    assert Rates().buckets("sendgrid", NOW) == ()
    assert Rates().of_domains("sendgrid", ["gmail.com"]) == {}


def test_a_pace_is_messages_a_second_and_a_cap_is_messages_an_hour() -> None:
    second, hour = rates(PACE="2.5", PACE_PER_HOUR="7200").buckets("smtp", NOW)
    assert (second.name, second.rate) == ("smtp", 2.5)
    assert (hour.name, hour.rate) == ("smtp/hour", 2)


def test_domains_have_caps_by_the_hour_or_by_the_second() -> None:
    read = rates(PACE_DOMAINS="Gmail.com=18000/h, yahoo.com=2.5/s xn--bcher-kva.example=1/h")
    assert read.domains == (("gmail.com", 5), ("xn--bcher-kva.example", 1 / 3600), ("yahoo.com", 2.5))
    buckets = read.of_domains("sendgrid", ["yahoo.com", "own.example", "gmail.com"])
    assert [(domain, bucket.name) for domain, bucket in buckets.items()] == [
        ("gmail.com", "sendgrid/gmail.com"),
        ("yahoo.com", "sendgrid/yahoo.com"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "PACE",
            "fast",
            "MAILER_PACE must be a number of messages a second from 0.001 to 1000000, not 'fast",
        ),
        ("PACE", "0", "MAILER_PACE must be a number of messages a second from 0.001 to 1000000, not '0'"),
        ("PACE", "-5", "MAILER_PACE must be a number of messages a second"),
        ("PACE", "5/s", "MAILER_PACE must be a number of messages a second"),
        ("PACE", "nan", "MAILER_PACE must be a number of messages a second"),
        ("PACE", "1e9", "MAILER_PACE must be a number of messages a second"),
        ("PACE", "9" * 400, "MAILER_PACE must be a number of messages a second"),
        ("PACE_PER_HOUR", "0.5", "MAILER_PACE_PER_HOUR must be a number of messages an hour from 1 to"),
        ("PACE_PER_HOUR", "warm-up", "MAILER_PACE_PER_HOUR must be a number of messages an hour from 1 to"),
        ("PACE_PER_HOUR", "warm-up 1 May", "MAILER_PACE_PER_HOUR must be a number of messages an hour"),
        ("PACE_PER_HOUR", "warm-up 2026-02-30", "MAILER_PACE_PER_HOUR: there is no day 2026-02-30; write"),
        (
            "PACE_DOMAINS",
            "gmail.com",
            "MAILER_PACE_DOMAINS must be domains with what each may get in an",
        ),
        ("PACE_DOMAINS", "gmail.com=5", "MAILER_PACE_DOMAINS must be domains"),
        ("PACE_DOMAINS", "gmail=5/s", "MAILER_PACE_DOMAINS must be domains"),
        ("PACE_DOMAINS", "bücher.example=5/s", "MAILER_PACE_DOMAINS must be domains"),
        ("PACE_DOMAINS", "gmail.com=0/h", "MAILER_PACE_DOMAINS must be domains"),
        ("PACE_DOMAINS", "gmail.com=1.2.3/h", "MAILER_PACE_DOMAINS must be domains"),
        ("PACE_DOMAINS", "a.example=5/s A.example=6/s", "MAILER_PACE_DOMAINS names a.example twice: keep"),
    ],
)
def test_a_wrong_pace_is_one_line_that_says_what_to_write(name: str, value: str, line: str) -> None:
    problems: list[str] = []
    read_rates({f"MAILER_{name}": value}, problems)
    (found,) = problems
    assert found.startswith(line)
    assert "\n" not in found


@pytest.mark.parametrize(
    ("day", "hourly"), [(-3, 20), (0, 20), (1, 28), (12, 1_000), (13, 1_587), (35, 2_603_222), (36, None)]
)
def test_a_warm_up_follows_sendgrids_table_by_the_age_of_the_address(day: int, hourly: float | None) -> None:
    began = (NOW - dt.timedelta(days=day)).date()
    warming = rates(PACE_PER_HOUR=f"warm-up {began}")
    assert warming.hourly(NOW) == hourly
    assert [bucket.name for bucket in warming.buckets("sendgrid", NOW)] == (
        ["sendgrid/hour"] if hourly else []
    )


def test_a_warm_up_grows_every_day_and_by_two_fifths_or_so() -> None:
    assert len(WARM_UP) == 36
    assert all(1.2 < later / earlier < 1.6 for earlier, later in pairwise(WARM_UP))


def test_a_slow_pace_trickles_and_a_fast_one_takes_whole_batches() -> None:
    assert Bucket("smtp", 5).most == 5 * AT_ONCE
    assert Bucket("smtp", 2_000).most >= 1_000
    assert Bucket("smtp", 1 / 3600).most == 1


@given(RATES, QUESTIONS)
def test_no_span_of_time_gets_more_than_the_pace_one_payment_and_what_was_late(
    rate: float, questions: list[tuple[float, int]]
) -> None:
    bucket = Bucket("smtp", rate)
    paid = granted(bucket, questions)
    for first in range(len(paid)):
        total = 0
        for moment, n in paid[first:]:
            total += n
            span = moment - paid[first][0]
            assert total <= (rate * (span + LATE) + bucket.most) * (1 + 1e-6)


@given(RATES, QUESTIONS)
def test_counted_from_the_first_letter_nothing_is_ahead_of_the_pace_by_more_than_one_payment(
    rate: float, questions: list[tuple[float, int]]
) -> None:
    bucket = Bucket("smtp", rate)
    paid = granted(bucket, questions)
    total = 0
    for moment, n in paid:
        total += n
        assert total <= (rate * (moment - paid[0][0]) + bucket.most) * (1 + 1e-6)


@given(RATES, st.lists(st.floats(0, LATE - 1), min_size=2, max_size=60))
def test_who_is_always_a_little_late_loses_nothing(rate: float, delays: list[float]) -> None:
    bucket = Bucket("smtp", rate)
    spent = T0
    for delay in delays:
        until = bucket.pay(spent, bucket.most, max(T0, spent) + delay)
        assert until is not None
        spent = until
    assert spent - T0 == pytest.approx(len(delays) * bucket.cost(bucket.most), abs=1e-3)


@given(RATES, st.floats(0, 10_000_000))
def test_a_pause_or_a_clock_set_forward_saves_up_one_payment_at_most(rate: float, leap: float) -> None:
    bucket = Bucket("smtp", rate)
    spent = bucket.pay(0, bucket.most, T0)
    assert spent is not None
    now = spent + LATE + 1 + leap
    spent = bucket.pay(spent, bucket.most, now)
    assert spent is not None
    assert bucket.pay(spent, 1, now) is None


@given(RATES, st.floats(0, 10_000_000), QUESTIONS)
def test_a_clock_set_back_neither_stands_still_nor_bursts(
    rate: float, back: float, questions: list[tuple[float, int]]
) -> None:
    bucket = Bucket("smtp", rate)
    spent = bucket.pay(0, bucket.most, T0)
    assert spent is not None
    now = T0 - back
    longest = max(AT_ONCE, bucket.cost(1)) + LATE
    assert bucket.free_at(spent, now) <= now + longest + 1e-3
    total, began = 0, now
    for after, n in questions:
        now += after
        if (until := bucket.pay(spent, min(n, bucket.most), now)) is not None:
            total, spent = total + min(n, bucket.most), until
    assert total <= (rate * (now - began + LATE) + bucket.most) * (1 + 1e-6)


@given(RATES, st.floats(-100, 100), st.integers(1, 1000))
def test_a_payment_is_taken_exactly_where_the_bucket_says_it_is_free(
    rate: float, ahead: float, n: int
) -> None:
    bucket = Bucket("smtp", rate)
    taken = bucket.pay(T0 + ahead, min(n, bucket.most), T0) is not None
    assert taken == (bucket.free_at(T0 + ahead, T0) <= T0)
