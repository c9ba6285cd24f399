import datetime as dt

from mailer.desk.reporting.times import times
from mailer.reporting.values import Count, Hour

BEGAN = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)


def an_hour(after: int, opened: int = 1, machines: int = 0, clicked: int = 0) -> Hour:
    return Hour(BEGAN + dt.timedelta(hours=after), Count(opened, machines), Count(clicked, 0))


def test_where_nothing_was_opened_there_is_nothing_to_draw() -> None:
    assert times([], zone="UTC", whole=False) is None


def test_one_hour_is_one_row_and_a_sum() -> None:
    found = times([an_hour(0, 3, 1, 2)], zone="UTC", whole=False)
    assert found is not None
    assert (found.rows, found.foot) == ((("0–1", 3, 1, 2, 0),), ("In all", 3, 1, 2, 0))
    assert found.whole


def test_an_hour_in_which_nothing_happened_had_none_and_was_measured() -> None:
    found = times([an_hour(0, 7), an_hour(2)], zone="UTC", whole=False)
    assert found is not None
    for said in ("09:00: people 7, machines 0", "10:00: people 0, machines 0", "11:00: people 1, machines 0"):
        assert f"<title>Mon 7 Dec {said}</title>" in found.opened
    assert "c-unmeasured" not in found.opened


def test_what_came_after_two_days_stands_in_the_table_alone() -> None:
    found = times([an_hour(0, 5), an_hour(47, 2), an_hour(48, 4), an_hour(900, 1)], zone="UTC", whole=False)
    assert found is not None
    assert (found.rows[-2], found.rows[-1]) == (("36–48", 2, 0, 0, 0), ("Later", 5, 0, 0, 0))
    assert found.foot[1] == 12
    assert "People: 7 in all" in found.opened
    assert not found.whole


def test_all_of_it_stands_by_the_days_of_the_lists_clock() -> None:
    found = times([an_hour(0, 5), an_hour(14, 2), an_hour(900, 1)], zone="Africa/Nairobi", whole=True)
    assert found is not None
    assert found.column == "Day"
    # 23:00 UTC is two in the morning there.
    assert [row[:2] for row in found.rows] == [("Mon 7 Dec", 5), ("Tue 8 Dec", 2), ("Thu 14 Jan", 1)]
    assert "People: 8 in all" in found.opened


def test_three_days_are_still_shown_by_the_hour() -> None:
    found = times([an_hour(0), an_hour(60)], zone="UTC", whole=True)
    assert found is not None
    assert found.rows[-1] == ("48–61", 1, 0, 0, 0)
    assert sum(row[1] for row in found.rows) == 2
