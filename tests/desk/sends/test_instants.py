"""A moment as editors type it, and as it is shown back."""

import datetime as dt

import pytest

from mailer.desk.sends.instants import note, offered, shown, typed, understood
from mailer.timetable import TimeError
from tests.stage import NOW, a_list

SUMMER = dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC)


def test_a_field_of_date_and_time_is_read_in_any_zone_of_the_ianas() -> None:
    instant = understood("2026-12-01T09:00", " Africa/Nairobi ")
    assert (instant.utc, instant.wall_time) == (
        dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC),
        "2026-12-01 09:00",
    )
    with pytest.raises(TimeError):
        understood("2026-12-01T09:00", "Mars/Olympus")


def test_a_moment_is_shown_where_the_editor_is_where_the_list_is_and_elsewhere() -> None:
    found = shown(understood("2026-12-01T09:00", "Asia/Kathmandu"), "Africa/Nairobi")
    assert [(each.place, each.offset) for each in found] == [
        ("Kathmandu", "UTC+5:45"),
        ("Nairobi", "UTC+3"),
        ("UTC", "UTC"),
        ("New York", "UTC−5"),
        ("Berlin", "UTC+1"),
        ("Shanghai", "UTC+8"),
    ]


def test_no_zone_is_shown_twice() -> None:
    found = shown(understood("2026-12-01T09:00", "UTC"), "UTC")
    assert [each.zone for each in found] == ["UTC", "America/New_York", "Europe/Berlin", "Asia/Shanghai"]


def test_clocks_that_change_before_it_leaves_are_said() -> None:
    assert note(understood("2026-12-01T09:00", "Europe/Berlin"), now=SUMMER) == (
        "Clocks in Berlin change on Sunday 25 October, before it leaves: the time is by the clock of that"
        " day."
    )
    assert note(understood("2026-12-01T09:00", "Africa/Nairobi"), now=SUMMER) == ""
    assert note(understood("2026-07-02T09:00", "Europe/Berlin"), now=SUMMER) == ""


def test_a_moment_is_typed_again_as_the_field_holds_it() -> None:
    assert typed(NOW, "Africa/Nairobi") == "2026-12-01T12:00"


@pytest.mark.database
@pytest.mark.django_db
def test_the_zones_of_the_house_are_offered_first() -> None:
    owner = a_list()
    type(owner).objects.update(zone="Asia/Kathmandu")
    assert offered("Africa/Nairobi")[:3] == ["Africa/Nairobi", "UTC", "Asia/Kathmandu"]
