"""What is due, day by day: in the list's zone, with the days on which clocks change."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import calendar, sends
from mailer.calendar import Day, Due, Plan, clocks, laid_out, lines, weeks
from mailer.models import Edition
from mailer.timetable import resolve
from subscribers.models import List
from tests.sends.cast import a_send_in
from tests.stage import NOW, a_list, an_edition

pytestmark = pytest.mark.database

MARCH = dt.datetime(2025, 3, 24, 6, 41, tzinfo=dt.UTC)


def due(time: str, title: str = "24 March") -> Due:
    return Due(time, "scheduled", title, "Space Digest", 1)


def test_clocks_that_change_are_told_on_their_day() -> None:
    zones = ("Africa/Nairobi", "Europe/Berlin", "Europe/Paris", "America/New_York")
    assert clocks(dt.date(2025, 3, 30), zones) == ["Clocks go forward in Berlin, Paris"]
    assert clocks(dt.date(2025, 10, 26), zones) == ["Clocks go back in Berlin, Paris"]
    assert clocks(dt.date(2025, 3, 9), zones) == ["Clocks go forward in New York"]
    assert clocks(dt.date(2025, 3, 29), zones) == []


def test_a_day_has_what_falls_on_it_by_the_hour_and_last_what_has_none() -> None:
    today = dt.date(2025, 3, 24)
    plan = Plan("Africa/Nairobi", ((today, due("", "no time")), (today, due("14:00")), (today, due("09:00"))))
    (day,) = laid_out(plan, today, 1, now=MARCH)
    assert [entry.time for entry in day.due] == ["09:00", "14:00", ""]
    assert (day.today, day.weekend, day.zone) == (True, False, "Africa/Nairobi")


def test_a_month_is_shown_in_whole_weeks_that_begin_on_monday() -> None:
    for year, month in ((2026, 2), (2026, 11), (2027, 8), (2021, 2), (2026, 12)):
        begins, days = weeks(year, month)
        assert begins.weekday() == 0
        assert days % 7 == 0
        shown = {begins + dt.timedelta(days=number) for number in range(days)}
        of_month = [day for day in shown if (day.year, day.month) == (year, month)]
        assert (
            len(of_month) == ((dt.date(year + month // 12, month % 12 + 1, 1)) - dt.date(year, month, 1)).days
        )
    assert weeks(2021, 2) == (dt.date(2021, 2, 1), 28)


def test_days_are_laid_in_weeks() -> None:
    days = [Day(dt.date(2026, 11, number), "UTC") for number in range(1, 15)]
    assert [len(week) for week in lines(days)] == [7, 7]


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_send_stands_on_its_day_in_the_zone_of_the_list() -> None:
    owner = a_list()
    List.objects.update(zone="Africa/Nairobi")
    send = sends.schedule(an_edition(owner), resolve("2026-12-05 01:30", "Africa/Nairobi"), by="ed", now=NOW)
    found = {day.date: day.due for day in calendar.due(NOW) if day.due}
    assert list(found) == [dt.date(2026, 12, 5)]
    (entry,) = found[dt.date(2026, 12, 5)]
    assert (entry.time, entry.send, entry.status, entry.percent) == ("01:30", send.pk, "scheduled", None)


@pytest.mark.django_db(transaction=True)
def test_what_runs_since_yesterday_stands_on_today_with_how_far_it_is() -> None:
    a_send_in(2)
    tomorrow = NOW + dt.timedelta(days=1)
    first, *rest = calendar.due(tomorrow)
    (entry,) = first.due
    assert (entry.status, entry.percent) == ("sending", 0)
    assert not any(day.due for day in rest)


@pytest.mark.django_db(transaction=True)
def test_an_edition_that_only_says_its_date_stands_on_it_without_a_time() -> None:
    edition = an_edition(a_list())
    Edition.objects.update(date=dt.date(2026, 12, 3))
    (entry,) = calendar.due(NOW)[2].due
    assert (entry.time, entry.send, entry.edition, entry.status) == ("", None, edition.pk, "draft")


@pytest.mark.django_db
def test_without_a_list_it_is_empty_and_in_utc() -> None:
    days = calendar.due(NOW)
    assert len(days) == 14
    assert {day.zone for day in days} == {"UTC"}
    assert not any(day.due for day in days)


@pytest.mark.django_db
def test_the_zone_is_the_one_that_most_lists_have() -> None:
    for slug, zone in (("one", "UTC"), ("two", "Asia/Shanghai"), ("three", "Asia/Shanghai")):
        List.objects.filter(pk=a_list(slug).pk).update(zone=zone)
    assert calendar.house_zone() == "Asia/Shanghai"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("groups", [1, 3])
def test_it_costs_four_statements(groups: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_send_in(groups)
    with django_assert_num_queries(4):
        calendar.due(NOW)
