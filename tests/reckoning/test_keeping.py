"""Days are counted once when they are over, made up after a gap, and kept as they were counted."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from mailer import reckoning
from mailer.models import Reckoning
from mailer.reckoning import keeping
from mailer.reckoning.counting import Line
from subscribers import curating, erasing, leaving, lists, people, retiring
from subscribers.enrolling import Arrival, enrol
from subscribers.models import List, Subscription
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
# Of a list in Berlin: the last Friday in March; on Sunday, clocks are put forward.
FRIDAY = dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC)
ALL = ("2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30")


@pytest.fixture
def owner() -> List:
    owner = a_list()
    List.objects.update(zone="Europe/Berlin", created_at=FRIDAY - 2 * HOUR)
    owner.refresh_from_db()
    return owner


def come(owner: List, name: str, at: dt.datetime, *interests: str) -> Subscription:
    people.add(owner, f"{name}@x.example", consent="a stand", by="ed", at=at, interests=interests)
    return Subscription.objects.get(subscriber__canonical=f"{name}@x.example", list=owner)


def kept(interest: str | None = None) -> list[tuple[str, int, int, int]]:
    rows = Reckoning.objects.filter(interest__slug=interest)
    return [(f"{row.day}", row.active, row.joined, row.left) for row in rows.order_by("day")]


def test_a_day_is_counted_when_it_is_over_where_the_list_is(owner: List) -> None:
    come(owner, "ada", FRIDAY)
    midnight = dt.datetime(2026, 3, 27, 23, tzinfo=dt.UTC)
    assert reckoning.reckon(now=midnight - dt.timedelta(seconds=1)) == 0
    assert reckoning.reckon(now=midnight) == 1
    assert kept() == [("2026-03-27", 1, 1, 0)]


def test_on_the_day_that_clocks_change_what_happens_is_on_its_day(owner: List) -> None:
    sunday = dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
    come(owner, "late", sunday - dt.timedelta(seconds=1))
    come(owner, "early", sunday)
    come(owner, "evening", sunday + 23 * HOUR - dt.timedelta(seconds=1))
    come(owner, "monday", sunday + 23 * HOUR)
    reckoning.reckon(now=sunday + 47 * HOUR)
    assert kept() == [
        (ALL[0], 0, 0, 0),
        (ALL[1], 1, 1, 0),
        (ALL[2], 3, 2, 0),
        (ALL[3], 4, 1, 0),
    ]


def test_days_that_nobody_counted_are_made_up_and_twice_is_once(owner: List) -> None:
    ada = come(owner, "ada", FRIDAY)
    assert reckoning.reckon(now=FRIDAY + DAY) == 1
    come(owner, "ben", FRIDAY + DAY)
    leaving.unsubscribe(ada.pk, "one-click", FRIDAY + 2 * DAY)
    come(owner, "cem", FRIDAY + 4 * DAY)
    assert reckoning.reckon(now=FRIDAY + 4 * DAY) == 3
    assert kept() == [(ALL[0], 1, 1, 0), (ALL[1], 2, 1, 0), (ALL[2], 1, 0, 1), (ALL[3], 1, 0, 0)]
    before = list(Reckoning.objects.order_by("pk").values())
    assert reckoning.reckon(now=FRIDAY + 4 * DAY) == 0
    assert list(Reckoning.objects.order_by("pk").values()) == before


def test_a_day_that_is_missing_between_others_is_counted_and_they_stay(owner: List) -> None:
    come(owner, "ada", FRIDAY)
    reckoning.reckon(now=FRIDAY + 4 * DAY)
    Reckoning.objects.filter(day=ALL[1]).delete()
    Reckoning.objects.filter(day=ALL[2]).update(active=77)
    assert reckoning.reckon(now=FRIDAY + 4 * DAY) == 1
    assert [active for _, active, _, _ in kept()] == [1, 1, 77, 1]


@pytest.mark.usefixtures("owner")
def test_no_more_than_a_year_is_made_up() -> None:
    assert reckoning.reckon(now=FRIDAY + 500 * DAY) == keeping.FARTHEST
    assert reckoning.reckon(now=FRIDAY + 500 * DAY) == 0


def test_two_at_once_keep_each_day_once(owner: List) -> None:
    come(owner, "ada", FRIDAY)
    together = Barrier(2)

    def count() -> int:
        together.wait()
        try:
            return reckoning.reckon(now=FRIDAY + 4 * DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(count) for _ in range(2)]:
            done.result()
    assert [(day, active) for day, active, _, _ in kept()] == [(day, 1) for day in ALL]
    assert Reckoning.objects.count() == 4 * 5


def test_a_list_that_is_removed_meanwhile_keeps_nothing(owner: List) -> None:
    gone = List.objects.get(pk=owner.pk)
    reckoning.reckon(now=FRIDAY + 2 * DAY)
    lists.remove(owner, by="ed", at=FRIDAY)
    assert Reckoning.objects.count() == 0
    keeping._keep(gone, [Line(FRIDAY.date(), None, 1, 1, 0, None)], now=FRIDAY)
    assert Reckoning.objects.count() == 0


def test_who_is_erased_stays_in_the_days_that_were_counted_and_left_on_none(owner: List) -> None:
    come(owner, "ada", FRIDAY)
    come(owner, "ben", FRIDAY)
    reckoning.reckon(now=FRIDAY + DAY)
    erasing.erase("ada@x.example", by="ed", at=FRIDAY + DAY)
    reckoning.reckon(now=FRIDAY + 2 * DAY)
    assert kept() == [(ALL[0], 2, 2, 0), (ALL[1], 1, 0, 0)]
    last = reckoning.course(owner, days=1, now=FRIDAY + 2 * DAY)[0]
    assert last.otherwise == -1
    [friday] = [
        line
        for line in reckoning.recount(owner, FRIDAY.date(), FRIDAY.date(), now=FRIDAY + 2 * DAY)
        if line.interest is None
    ]
    assert (friday.active, friday.joined) == (1, 1)


def test_who_is_brought_in_with_an_earlier_consent_joined_when_they_gave_it(owner: List) -> None:
    reckoning.reckon(now=FRIDAY + DAY)
    arrival = Arrival(1, "o@x.example", "o@x.example", "k" * 32, agreed_at=FRIDAY - 900 * DAY)
    enrol(owner, [arrival], how="a file", at=FRIDAY + DAY)
    reckoning.reckon(now=FRIDAY + 2 * DAY)
    assert kept() == [(ALL[0], 0, 0, 0), (ALL[1], 1, 0, 0)]
    assert reckoning.course(owner, days=1, now=FRIDAY + 2 * DAY)[0].otherwise == 1


def test_an_interest_keeps_its_days_under_another_name(owner: List) -> None:
    come(owner, "ada", FRIDAY, "africa")
    reckoning.reckon(now=FRIDAY + DAY)
    curating.rename(owner, "africa", new_slug="afrique", by="ed", at=FRIDAY + DAY)
    come(owner, "ben", FRIDAY + DAY + HOUR, "afrique")
    reckoning.reckon(now=FRIDAY + 2 * DAY)
    assert kept("afrique") == [(ALL[0], 1, 1, 0), (ALL[1], 2, 1, 0)]


def test_an_interest_that_is_merged_has_no_more_days_and_its_readers_join_the_other(owner: List) -> None:
    come(owner, "ada", FRIDAY, "africa")
    come(owner, "ben", FRIDAY, "china")
    come(owner, "eva", FRIDAY)
    retiring.merge(owner, "africa", "china", by="ed", at=FRIDAY + DAY)
    reckoning.reckon(now=FRIDAY + 2 * DAY)
    assert kept("africa") == [(ALL[0], 2, 2, 0)]
    assert kept("china") == [(ALL[0], 2, 2, 0), (ALL[1], 3, 1, 0)]
    assert kept() == [(ALL[0], 3, 3, 0), (ALL[1], 3, 0, 0)]


def test_an_interest_that_came_later_has_no_days_before(owner: List) -> None:
    come(owner, "eva", FRIDAY)
    curating.add(owner, "moon", "Moon", by="ed", at=FRIDAY + DAY)
    curating.rename(owner, "moon", new_slug="luna", by="ed", at=FRIDAY + DAY + HOUR)
    reckoning.reckon(now=FRIDAY + 3 * DAY)
    assert kept("luna") == [(ALL[1], 1, 0, 0), (ALL[2], 1, 0, 0)]
