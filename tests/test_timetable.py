"""Wall time in a zone becomes an instant, once."""

import datetime as dt

import pytest

from mailer.timetable import TimeError, far, resolve


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("wall_time", "zone", "instant"),
    [
        ("2026-12-01 09:00", "Africa/Nairobi", "2026-12-01 06:00"),
        ("2026-12-01T09:00:30", "UTC", "2026-12-01 09:00:30"),
        ("2026-07-01 09:00", "Asia/Kolkata", "2026-07-01 03:30"),
    ],
)
def test_a_wall_time_is_read_in_its_zone(wall_time: str, zone: str, instant: str) -> None:
    resolved = resolve(wall_time, zone)
    assert resolved.utc == utc(instant)
    assert resolved.note == ""


@pytest.mark.parametrize(
    ("wall_time", "zone", "instant"),
    [
        ("2026-03-29 02:30", "Europe/Paris", "2026-03-29 01:00"),
        ("2026-03-08 02:00", "America/New_York", "2026-03-08 07:00"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:30"),
        ("2026-09-06 00:30", "America/Santiago", "2026-09-06 04:00"),
    ],
)
def test_an_hour_that_is_skipped_becomes_the_first_valid_instant_after_it(
    wall_time: str, zone: str, instant: str
) -> None:
    resolved = resolve(wall_time, zone)
    assert resolved.utc == utc(instant)
    assert "skipped" in resolved.note


@pytest.mark.parametrize(
    ("wall_time", "zone", "instant"),
    [
        ("2026-10-25 02:30", "Europe/Paris", "2026-10-25 00:30"),
        ("2026-11-01 01:30", "America/New_York", "2026-11-01 05:30"),
    ],
)
def test_an_hour_that_comes_twice_is_the_first_of_the_two(wall_time: str, zone: str, instant: str) -> None:
    resolved = resolve(wall_time, zone)
    assert resolved.utc == utc(instant)
    assert "twice" in resolved.note


@pytest.mark.parametrize(
    ("wall_time", "zone", "says"),
    [
        ("tomorrow", "UTC", "2026-12-01 09:00"),
        ("2026-02-30 09:00", "UTC", "no time"),
        ("2026-12-01 09:00", "nairobi", "no time zone 'nairobi'; write Africa/Nairobi$"),
        ("2026-12-01 09:00", "Istanbul", "write Asia/Istanbul or Europe/Istanbul$"),
        ("2026-12-01 09:00", "localtime", "no time zone 'localtime'; write one like Africa/Nairobi or UTC"),
        ("2026-12-01 09:00", "right/UTC", "no time zone"),
        ("2026-12-01 09:00", "../etc/passwd", "no time zone"),
        ("2026-12-01 09:00+03:00", "UTC", "leave that out, and name the zone$"),
        ("9999-12-31 23:59", "America/Los_Angeles", "calendars"),
        ("0001-01-01 00:00", "Asia/Tokyo", "calendars"),
    ],
)
def test_a_time_that_cannot_be_read_says_how_to_write_one(wall_time: str, zone: str, says: str) -> None:
    with pytest.raises(TimeError, match=says):
        resolve(wall_time, zone)


def test_a_zone_is_kept_as_the_iana_writes_it() -> None:
    assert resolve("2026-12-01 09:00", "europe/berlin").zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("wall_time", "said"),
    [
        ("2020-12-01 09:00", ""),
        ("2027-12-01 09:00", ""),
        ("2027-12-03 09:00", "that is more than a year from now"),
        ("2028-12-01 09:00", "that is 2 years from now"),
        ("2126-12-01 09:00", "that is 100 years from now"),
    ],
)
def test_a_year_that_may_be_mistyped_is_remarked(wall_time: str, said: str) -> None:
    assert far(resolve(wall_time, "UTC"), now=utc("2026-12-01 08:00")) == said
