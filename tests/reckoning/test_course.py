"""What pages and commands read: every day of a course, and None where nothing was measured."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import counting, reckoning
from mailer.models import Reckoning
from mailer.reckoning import Day
from subscribers import leaving, people, retiring, suppressions
from subscribers.addresses import address_key
from subscribers.models import List, Subscription
from subscribers.vocabulary import Suppressed
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = dt.timedelta(days=1)


@pytest.fixture
def owner() -> List:
    owner = a_list()
    List.objects.update(created_at=NOW - 3 * DAY)
    owner.refresh_from_db()
    return owner


def come(owner: List, name: str, at: dt.datetime, *interests: str) -> None:
    people.add(owner, f"{name}@x.example", consent="a stand", by="ed", at=at, interests=interests)


def test_a_course_has_every_day_and_what_was_not_measured_is_none(
    owner: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    come(owner, "ada", NOW - 2 * DAY)
    reckoning.reckon(now=NOW)
    with django_assert_num_queries(1):
        course = reckoning.course(owner, days=5, now=NOW)
    none = (None, None, None, None, None, None)
    first = NOW.date() - 5 * DAY
    assert [day.day for day in course] == [first + number * DAY for number in range(5)]
    assert course[0] == Day(first, *none)
    assert course[1] == Day(first + DAY, *none)
    assert course[2] == Day(first + 2 * DAY, 0, 0, 0, None, None, NOW)
    assert course[3] == Day(first + 3 * DAY, 1, 1, 0, 0, None, NOW)
    assert course[4] == Day(first + 4 * DAY, 1, 0, 0, 0, 0, NOW)


def test_the_courses_of_all_interests_are_one_statement_in_the_lists_order(
    owner: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    come(owner, "ada", NOW - 2 * DAY, "africa")
    reckoning.reckon(now=NOW)
    with django_assert_num_queries(1):
        courses = reckoning.courses(owner, days=2, now=NOW)
    assert list(courses) == ["china", "russia", "africa", "south-asia"]
    assert [(day.active, day.joined) for day in courses["africa"]] == [(1, 1), (1, 0)]
    assert [(day.active, day.joined) for day in courses["china"]] == [(0, 0), (0, 0)]


def test_an_interest_is_there_before_it_was_counted_and_after_it_was_retired(owner: List) -> None:
    retiring.retire(owner, "russia", retiring.Plan.LEAVE, by="ed", at=NOW - DAY)
    assert reckoning.courses(owner, days=1, now=NOW)["china"] == (Day(NOW.date() - DAY),)
    reckoning.reckon(now=NOW)
    assert "russia" not in reckoning.courses(owner, days=1, now=NOW - 5 * DAY)
    assert [day.active for day in reckoning.courses(owner, days=2, now=NOW)["russia"]] == [0, None]


def test_today_is_as_far_as_it_is(owner: List) -> None:
    come(owner, "ada", NOW - DAY, "africa")
    come(owner, "ben", NOW)
    leaving.unsubscribe(Subscription.objects.get(subscriber__address="ada@x.example").pk, "one-click", NOW)
    today = reckoning.today(owner, now=NOW)
    assert today[None] == Day(NOW.date(), 1, 1, 1, counted_at=NOW)
    assert today["africa"] == Day(NOW.date(), 1, 1, 1, counted_at=NOW)
    assert today["china"] == Day(NOW.date(), 1, 1, 0, counted_at=NOW)
    assert not Reckoning.objects.exists()


def test_of_a_large_list_today_is_how_many_were_active_when_they_were_counted(
    owner: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MANY", 0)
    for name, *interests in (("ada", "africa"), ("ben",), ("cem", "africa")):
        come(owner, name, NOW, *interests)
    suppressions.suppress(address_key("cem@x.example"), Suppressed.BOUNCED, "a bounce", NOW)
    reckoning.today(owner, now=NOW)
    come(owner, "dan", NOW)
    today = reckoning.today(owner, now=NOW + dt.timedelta(minutes=1))
    assert today[None] == Day(NOW.date(), 2, counted_at=NOW)
    assert (today["africa"].active, today["china"].active) == (2, 1)
