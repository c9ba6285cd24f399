"""A date is found as people write it, and is not guessed where it can be read in two ways."""

import datetime as dt

import pytest

from mailer.manuscript.dates import FoundDate, find_date

DAY = dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2026-11-03", ""),
        ("3 November 2026", ""),
        ("Tuesday, 3rd of November, 2026", "Tuesday"),
        ("November, 3 2026 Edition", "Edition"),
        ("NOV 3, 2026 | Issue 7", "Issue 7"),
        ("Issue 7 – Nov. 3rd 2026", "Issue 7"),
        ("03.11.2026", ""),
        ("2026年11月3日", ""),
    ],
)
def test_a_date_is_found_in_many_spellings(text: str, rest: str) -> None:
    assert find_date(text) == FoundDate(DAY, rest)


@pytest.mark.parametrize(
    "text", ["", "November 2026", "31 November 2026", "2026-13-01", "version 1.11.2026.4", "in 2026"]
)
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert find_date(text) is None


def test_a_date_with_slashes_is_read_only_where_it_has_one_reading() -> None:
    assert find_date("13/11/2026") == FoundDate(dt.date(2026, 11, 13), "")
    assert find_date("11/13/2026") == FoundDate(dt.date(2026, 11, 13), "")
    assert find_date("11/11/2026") == FoundDate(dt.date(2026, 11, 11), "")
    assert find_date("03/11/2026") == FoundDate(None, "")
