"""Walking back: each mark takes back what it did, and whoever comes or goes by it is counted on its day."""

import pytest

from mailer.models.editions import EVERYTHING
from mailer.reckoning.walking import LIST, Course, Mark, Standing, Story, walk

CHINA, AFRICA = 1, 2
JOINED, LEFT = "joined", "left"


def told(now: Standing, *marks: Mark) -> dict[int, tuple[list[int], list[int], list[int]]]:
    """Return of two days: how many of ten are active at the end of each, joined and left; 2 is after them."""
    courses = {bit: Course.of(2) for bit in (LIST, CHINA, AFRICA)}
    walk(courses, Story(now, marks, 10))
    return {
        bit: ([each.active_at_the_end_of(day) for day in (0, 1)], each.joined[:2], each.left[:2])
        for bit, each in courses.items()
    }


def test_to_whom_nothing_happened_was_there_all_the_time() -> None:
    found = told(Standing("active", CHINA))
    assert found[LIST] == found[CHINA] == ([10, 10], [0, 0], [0, 0])
    assert found[AFRICA] == ([0, 0], [0, 0], [0, 0])


def test_who_gets_everything_counts_for_each_interest() -> None:
    found = told(Standing("active", EVERYTHING), Mark(1, status="absent"))
    assert found[LIST] == found[CHINA] == found[AFRICA] == ([0, 10], [0, 10], [0, 0])


def test_who_chooses_anew_stays_on_the_list_and_moves_between_interests() -> None:
    found = told(Standing("active", AFRICA), Mark(1, chosen=CHINA))
    assert found[LIST] == ([10, 10], [0, 0], [0, 0])
    assert found[CHINA] == ([10, 0], [0, 0], [0, 10])
    assert found[AFRICA] == ([0, 10], [0, 10], [0, 0])


def test_who_pauses_has_not_left() -> None:
    assert told(Standing("paused", CHINA), Mark(0, status="active"))[LIST] == ([0, 0], [0, 0], [0, 0])
    assert told(Standing("active", CHINA), Mark(2, status="paused"))[LIST] == ([0, 0], [0, 0], [0, 0])


def test_who_leaves_and_comes_back_on_one_day_did_both() -> None:
    found = told(Standing("active", CHINA), Mark(1, status="active"), Mark(1, status="unsubscribed"))
    assert found[LIST] == ([10, 10], [0, 10], [0, 10])


@pytest.mark.parametrize("bars", [1, 2])
def test_who_is_suppressed_has_left_once_for_however_many_reasons(bars: int) -> None:
    found = told(Standing("active", CHINA, bars), *[Mark(day, bars=1) for day in range(bars)])
    assert found[LIST] == ([0, 0], [0, 0], [10, 0])


def test_what_came_after_these_days_is_taken_back_and_counted_for_none_of_them() -> None:
    found = told(Standing("unsubscribed", CHINA), Mark(1, status="absent"), Mark(2, status="active"))
    assert found[LIST] == ([0, 10], [0, 10], [0, 0])
