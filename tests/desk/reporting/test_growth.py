import datetime as dt

from mailer.desk.reporting import growth
from mailer.reckoning import Day

FIRST = dt.date(2026, 11, 30)  # a Monday


def days(*active: int | None) -> list[Day]:
    return [
        Day(FIRST + dt.timedelta(days=n), number, 2, 1, None if n == 0 else 0, None)
        if number is not None
        else Day(FIRST + dt.timedelta(days=n))
        for n, number in enumerate(active)
    ]


def test_days_that_were_not_measured_are_in_no_sum() -> None:
    found = growth.grown(None, days(None, 5, None, 9))
    assert (found.first, found.last, found.change, found.joined, found.left) == (5, 9, 4, 2, 1)
    assert (found.missing, found.lapsed) == (2, None)


def test_what_is_between_the_first_and_the_last_number_adds_up() -> None:
    found = growth.grown(None, days(5, 6, 7, 8))
    assert (found.first, found.joined, found.left, found.otherwise, found.last) == (5, 6, 3, 0, 8)


def test_of_days_without_any_measure_nothing_is_known() -> None:
    found = growth.grown(None, days(None, None))
    assert (found.first, found.joined, found.last, found.change, found.missing) == (None, None, None, None, 2)


def test_lapsed_are_those_of_the_last_day_that_knows() -> None:
    first, second, third = days(5, 6, 7)
    known = Day(second.day, 6, 2, 1, 0, lapsed=3)
    assert growth.grown(None, [first, known, third]).lapsed == 3
    assert growth.grown(None, [first, known, third], tracked=False).lapsed is None


def test_weeks_begin_on_mondays_and_the_last_known_day_says_how_many_read() -> None:
    assert growth.rows(days(*range(100, 107), 107, None)) == [
        ("30 Nov – 6 Dec", 14, 7, 106),
        ("7 Dec – 8 Dec", 2, 1, 107),
    ]


def test_of_many_days_there_are_months() -> None:
    rows = growth.rows(days(*range(365)))
    assert [name for name, *_ in rows[:3]] == ["November 2026", "December 2026", "January 2027"]
    assert sum(joined or 0 for _, joined, _, _ in rows) == 730
