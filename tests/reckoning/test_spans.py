"""A list's days, by its own clock."""

import datetime as dt

import pytest

from mailer.reckoning import spans
from subscribers.models import List

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("UTC", "2026-03-29", "2026-03-29T00:00+00:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00+00:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00+00:00", 25),
        ("Asia/Kathmandu", "2026-01-02", "2026-01-01T18:15+00:00", 24),
        # Midnight itself is skipped there; the day begins at one o'clock.
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00+00:00", 23),
        # Where clocks are put back at midnight, the day before is the longer one.
        ("America/Asuncion", "2024-03-23", "2024-03-23T03:00+00:00", 25),
        # The day that Samoa skipped begins and ends at once.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00+00:00", 0),
    ],
)
def test_a_day_is_from_one_midnight_to_the_next(zone: str, day: str, begins: str, hours: int) -> None:
    owner = List(zone=zone)
    wanted = dt.date.fromisoformat(day)
    before, found, after = spans.spans(owner, wanted - spans.DAY, wanted + spans.DAY)
    assert (found.day, found.begins, found.ends - found.begins) == (
        wanted,
        dt.datetime.fromisoformat(begins),
        hours * HOUR,
    )
    assert (before.ends, found.ends) == (found.begins, after.begins)
    if hours:
        assert spans.day_of(owner, found.begins) == wanted
        assert spans.day_of(owner, found.ends - dt.timedelta(microseconds=1)) == wanted
