"""How many editions, when, and to how many: decided before anybody is made."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.seeding.errors import SeedError
from mailer.seeding.plan import Plan, Wish

AT = int(dt.datetime(2026, 11, 30, 7, 33, 20, tzinfo=dt.UTC).timestamp())


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    subscribers = draw(st.integers(1, 400))
    return Wish(
        word=draw(st.sampled_from(["1", "tests", "Ж"])),
        subscribers=subscribers,
        deliveries=draw(st.integers(0, min(100 * subscribers, 4_000))),
        lists=draw(st.integers(1, min(12, subscribers))),
    )


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_the_number_of_deliveries_is_met_exactly(wish: Wish) -> None:
    plan = Plan(wish, AT)
    assert sum(issue.candidates for issue in plan.issues) == wish.deliveries
    for issue in plan.issues:
        course = plan.courses[issue.place]
        there = [
            number
            for number in range(1, wish.subscribers + 1)
            if plan.members.stays(number, issue.place) and course.since(number) <= issue.at
        ]
        left = [number for number in there if (course.lost(number) or plan.at) < issue.at]
        assert len(there) - len(left) == issue.candidates


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_what_comes_of_one_edition_is_over_before_the_next_chooses_its_readers(wish: Wish) -> None:
    times = [issue.at for issue in Plan(wish, AT).issues]
    assert all(later - sooner >= 7_200 for sooner, later in itertools.pairwise(times))
    assert all(time < AT - 48 * 3_600 for time in times)


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_everybody_comes_in_the_order_of_their_numbers_and_before_the_end(wish: Wish) -> None:
    for course in Plan(wish, AT).courses:
        came = [course.since(number) for number in range(1, wish.subscribers + 1)]
        assert came == sorted(came)
        assert course.begin < came[0]
        assert came[-1] < AT


def test_a_million_readers_are_planned_in_a_moment() -> None:
    plan = Plan(Wish("1", 1_000_000, 10_000_000, 3), AT)
    assert sum(issue.candidates for issue in plan.issues) == 10_000_000
    assert len(plan.issues) == 30


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("", 10, 0, 1), "The seed must be a word"),
        (Wish("ada@example.org", 10, 0, 1), "The seed must be a word"),
        (Wish("1", 0, 0, 1), "From 1 to 100,000,000 subscribers"),
        (Wish("1", 10, 0, 11), "no more than subscribers"),
        (Wish("1", 100, 0, 13), "From 1 to 12 lists"),
        (Wish("1", 10, 1_001, 1), "at most 1,000 letters, 100 each, and not 1,001"),
        (Wish("1", 10, -1, 1), "and not -1"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(wish: Wish, said: str) -> None:
    with pytest.raises(SeedError, match=said):
        wish.check()
