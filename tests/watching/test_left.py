"""The time left: by the pace of the last ten minutes, and honest about what cannot be told."""

import datetime as dt

import pytest

from mailer.watching.left import Course, Left, lasting, left
from tests.stage import NOW

MINUTE = dt.timedelta(minutes=1)


def course(pending: int = 0, accepted: int = 0, since: dt.timedelta | None = None, held: str = "") -> Course:
    return Course(NOW, pending, 0, accepted, NOW - since if since is not None else None, held)


def test_the_rest_leaves_at_the_pace_of_the_last_ten_minutes() -> None:
    assert left(course(16_800, 6_000, 10 * MINUTE)) == Left(600, NOW + 28 * MINUTE, "")


def test_of_a_send_that_began_a_minute_ago_that_minute_counts() -> None:
    assert left(course(1_200, 600, MINUTE)) == Left(600, NOW + 2 * MINUTE, "")


def test_one_quick_request_is_no_pace_of_millions() -> None:
    assert left(course(1_000, 100, dt.timedelta(milliseconds=1))).a_minute == 1_200


@pytest.mark.parametrize("accepted", [0, 500])
def test_what_is_held_has_no_end_and_says_why(accepted: int) -> None:
    found = left(course(10, accepted, MINUTE, held="it is paused"))
    assert (found.until, found.why) == (None, "it is paused")


def test_where_nothing_was_accepted_nobody_can_tell() -> None:
    assert left(course(10)).why == "nothing was accepted in the last ten minutes, so nobody can tell"


def test_where_nothing_waits_there_is_nothing_to_say() -> None:
    assert left(course(0, 600, MINUTE)) == Left(600, None, "")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(seconds=20), "less than a minute"),
        (MINUTE, "about a minute"),
        (28 * MINUTE, "about 28 minutes"),
        (100 * MINUTE, "about 2 hours"),
        (dt.timedelta(days=3), "about 3 days"),
    ],
)
def test_a_span_is_said_as_one_would_say_it(span: dt.timedelta, words: str) -> None:
    assert lasting(span) == words
