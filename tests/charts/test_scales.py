"""A scale counts by round numbers, and its figures have room."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.scales import floor, step


@given(st.integers(0, 10**40), st.integers(50, 400))
def test_lines_stand_apart_and_there_are_some(most: int, room: int) -> None:
    by = step(most, room=room, apart=30)
    assert str(by).rstrip("0") in {"1", "2", "5"}
    assert by * room >= 30 * most
    assert by == 1 or by * room < 30 * most * 2.5 + room  # no coarser than it must be


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_a_scale_begins_beneath_what_it_shows(one: int, other: int) -> None:
    least, most = sorted((one, other))
    assert 0 <= floor(least, most) <= least


def test_lines_that_are_far_from_nothing_do_not_begin_there() -> None:
    assert floor(16_490, 27_012) == 12_000
    assert floor(1_000, 1_001) < 960  # one reader is no flood
    assert floor(100, 300) == 0
