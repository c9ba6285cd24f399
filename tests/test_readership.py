"""How many read a list, by what they chose."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import readership
from mailer.interest_sets import Group
from subscribers.models import List
from subscribers.vocabulary import Status
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AFRICA = frozenset({"africa"})


@pytest.fixture
def owner() -> List:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "ben@x.example", ["africa"])
    a_reader(owner, "cem@x.example", ["africa"])
    a_reader(owner, "dana@x.example", ["africa"], text_only=True)
    a_reader(owner, "eva@x.example", ["africa", "china"], tracked=False)
    for number, status in enumerate((Status.PENDING, Status.PAUSED, Status.UNSUBSCRIBED)):
        a_reader(owner, f"no{number}@x.example", ["africa"], status=status)
    a_reader(a_list("second"), "ada@x.example", ["russia"])
    return owner


def test_active_readers_are_counted_by_what_decides_their_letter(owner: List) -> None:
    assert set(readership.groups(owner)) == {
        Group(None, 1),
        Group(AFRICA, 2),
        Group(AFRICA, 1, text_only=True),
        Group(AFRICA | {"china"}, 1, tracked=False),
    }


def test_one_statement_counts_them_all(
    owner: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the other reads the list's interests
        readership.groups(owner)


def test_nobody_is_tracked_where_the_list_is_not(owner: List) -> None:
    owner.tracked = False
    assert not any(group.tracked for group in readership.groups(owner))


def test_choices_are_counted_without_those_who_get_everything_and_without_what_is_retired(
    owner: List,
) -> None:
    owner.interests.filter(slug="china").update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert readership.choices(owner) == {AFRICA: 4}
    assert Group(AFRICA | {"china"}, 1, tracked=False) in readership.groups(owner)


def test_a_list_without_readers_has_no_groups() -> None:
    assert readership.groups(a_list()) == ()
