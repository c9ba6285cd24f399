"""Daylight saving, in and out, in six zones: a send leaves at one instant, once, never before it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from mailer import sends
from mailer.models import Send
from mailer.timetable import resolve
from tests.stage import NOW, a_list, an_edition, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

# By an hour and by half of one, north and south, at night and at midnight.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)
YEAR = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def shift(zone: ZoneInfo, *, forward: bool) -> tuple[dt.datetime, dt.timedelta]:
    """Return the instant in 2027 at which the clocks of a zone are put forward or back, and by how much."""
    instant = YEAR
    while instant.year == YEAR.year:
        before, after = ((instant + step).astimezone(zone).utcoffset() for step in (-MINUTE, dt.timedelta()))
        assert before is not None
        assert after is not None
        if before != after and (after > before) == forward:
            return instant, abs(after - before)
        instant += 15 * MINUTE
    raise AssertionError(f"{zone} has no such night in 2027")


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("forward", [True, False], ids=["in", "out"])
def test_a_send_in_the_hour_that_is_skipped_or_comes_twice_leaves_once_at_its_instant(
    name: str,
    forward: bool,  # noqa: FBT001 - a table's column
) -> None:
    zone = ZoneInfo(name)
    instant, by = shift(zone, forward=forward)
    if forward:  # in the middle of what no clock shows
        wall = (instant - MINUTE).astimezone(zone).replace(tzinfo=None) + MINUTE + by / 2
        due = instant
    else:  # in the middle of what clocks show twice
        wall = instant.astimezone(zone).replace(tzinfo=None) + by / 2
        due = instant - by / 2
    when = resolve(wall.strftime("%Y-%m-%d %H:%M"), name)
    assert when.utc == due
    assert ("skipped" if forward else "twice") in when.note

    owner = a_list()
    readers(owner, 2)
    send = sends.schedule(an_edition(owner), when, by="ed", now=NOW)
    for early in (by, by / 2, MINUTE / 60):
        sends.prepare(send.pk, now=due - early)
        assert Send.objects.get().status == "scheduled"
    for late in (dt.timedelta(), by / 2, by, by * 2):
        sends.prepare(send.pk, now=due + late)
        assert (Send.objects.get().frozen_at, Send.objects.get().candidates) == (due, 2)
