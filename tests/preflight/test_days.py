"""Dates in words and figures."""

import datetime as dt

import pytest

from mailer.preflight.days import days

NEAR = dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "date", "dated"),
    [
        ("on 2026-12-05, they say", dt.date(2026, 12, 5), True),
        ("5 December 2026", dt.date(2026, 12, 5), True),
        ("the 5th of Dec. 2026", dt.date(2026, 12, 5), True),
        ("December 5th, 2026", dt.date(2026, 12, 5), True),
        ("5 January", dt.date(2027, 1, 5), False),
        ("Nov 30", dt.date(2026, 11, 30), False),
    ],
)
def test_a_date_is_read_and_without_a_year_it_is_the_nearest(text: str, date: dt.date, dated: bool) -> None:  # noqa: FBT001 - a column of the table
    (found,) = days(text, NEAR)
    assert (found.date, found.dated) == (date, dated)


@pytest.mark.parametrize("text", ["40 May 2026", "v1.2 May", "31 February", "12 maybe", "2026-12-05-b"])
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert [day for day in days(text, NEAR) if day.date.month != 5] == []
