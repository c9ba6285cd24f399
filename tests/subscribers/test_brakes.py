"""Brakes: exact over a sliding time, for all who count at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers import brakes
from subscribers.brakes import Hour, Rule
from subscribers.models import Brake

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
TWO_A_MINUTE = (Rule(2, 60), Rule(3, 3600))


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def test_as_many_as_the_rule_says_and_then_the_seconds_to_wait() -> None:
    assert [brakes.take("knock", TWO_A_MINUTE, at=later(s)) for s in (0, 10, 20)] == [0, 0, 40]
    assert brakes.take("knock", TWO_A_MINUTE, at=later(60)) == 0


def test_the_narrowest_of_several_rules_decides() -> None:
    assert [brakes.take("knock", TWO_A_MINUTE, at=later(s)) for s in (0, 100, 200)] == [0, 0, 0]
    assert brakes.take("knock", TWO_A_MINUTE, at=later(300)) == 3300


def test_who_is_refused_is_not_counted() -> None:
    for second in range(30):
        brakes.take("knock", (Rule(1, 60),), at=later(second))
    assert brakes.take("knock", (Rule(1, 60),), at=later(60)) == 0


def test_one_name_does_not_slow_another() -> None:
    assert brakes.take("one", (Rule(1, 60),), at=NOW) == brakes.take("two", (Rule(1, 60),), at=NOW) == 0


def test_a_clock_that_is_set_back_does_not_stop_anybody_for_longer_than_the_rule() -> None:
    brakes.take("knock", (Rule(1, 60),), at=later(86_400))
    assert brakes.take("knock", (Rule(1, 60),), at=NOW) == 60
    assert brakes.take("knock", (Rule(1, 60),), at=later(86_461)) == 0


class Sliding(TestCase):
    @settings(deadline=None)  # a busy machine is no mistake
    @given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
    def test_in_no_stretch_of_time_are_there_more_than_the_rule_says(self, moments: list[int]) -> None:
        Brake.objects.all().delete()
        rule = Rule(3, 60)
        went = [s for s in sorted(moments) if not brakes.take("knock", (rule,), at=later(s))]
        assert all(sum(s <= other < s + 60 for other in went) <= 3 for s in went)


def test_once_is_once_until_it_is_forgotten() -> None:
    week = dt.timedelta(days=7)
    assert [brakes.once("ticket", at=NOW, keep=week) for _ in range(3)] == [True, False, False]
    assert brakes.release(now=NOW + dt.timedelta(days=8)) == 1
    assert brakes.once("ticket", at=NOW, keep=week)


def test_an_hour_is_unusual_against_the_busiest_hours_of_a_week() -> None:
    assert not Hour(count=50, usual_peak=0).unusual
    assert Hour(count=51, usual_peak=0).unusual
    assert not Hour(count=300, usual_peak=100).unusual
    assert Hour(count=301, usual_peak=100).unusual


def test_an_attack_of_three_days_does_not_become_what_is_usual() -> None:
    for day in range(7):
        many = 40 if day >= 4 else 2  # the last three days of the week
        for _ in range(many):
            brakes.hourly("sign-ups", at=NOW + dt.timedelta(days=day))
    assert brakes.hourly("sign-ups", at=NOW + dt.timedelta(days=6, hours=5)).usual_peak == 2


def test_a_network_is_counted_by_a_keyed_hash() -> None:
    name = brakes.of_network("203.0.113.0/24")
    assert "203" not in name
    assert name == brakes.of_network("203.0.113.0/24") != brakes.of_network("203.0.112.0/24")


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_through_as_often_as_one_would() -> None:
    def knock(_: int) -> float:
        try:
            return brakes.take("door", (Rule(5, 600),), at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        waits = list(crowd.map(knock, range(40)))
    assert waits.count(0) == 5
