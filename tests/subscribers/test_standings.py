"""How one reader stands on one list."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from subscribers import leaving, pausing, standings, suppressions
from subscribers.models import Subscription
from subscribers.vocabulary import Status, Suppressed
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa", "south-asia"], tracked=True)


def test_it_says_what_the_rows_say(
    nina: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    standings.of(nina.pk)
    with django_assert_num_queries(2):
        found = standings.of(nina.pk)
    assert found is not None
    person = nina.subscriber
    assert (found.subscription, found.subscriber, found.list) == (nina.pk, person.pk, nina.list)
    assert (found.status, found.everything, found.interests) == (Status.ACTIVE, False, 0b1100)
    assert (found.paused_until, found.changed_at) == (None, nina.changed_at)
    assert (found.address, found.locale) == ("nina@example.org", "")
    assert (found.text_only, found.tracked, found.held_back) == (False, True, False)


def test_moments_come_back_as_they_were(nina: Subscription) -> None:
    until = dt.datetime(2026, 12, 20, 7, 31, tzinfo=dt.UTC)
    pausing.pause(nina.pk, until, "by hand", NOW)
    found = standings.of(nina.pk)
    assert found is not None
    assert (found.status, found.paused_until, found.changed_at) == (Status.PAUSED, until, NOW)


@pytest.mark.parametrize("where", ["everywhere", "here", "elsewhere", "lifted"])
def test_a_suppression_in_force_here_holds_letters_back(nina: Subscription, where: str) -> None:
    newsletter = {"here": nina.list, "elsewhere": a_list("second")}.get(where)
    key = nina.subscriber.address_key
    suppressions.suppress(key, Suppressed.BY_HAND, "a complaint", NOW, newsletter)
    if where == "lifted":
        suppressions.of_address(key).update(lifted_at=NOW, lifted_because="a mistake")
    found = standings.of(nina.pk)
    assert found is not None
    assert found.held_back is (where in {"everywhere", "here"})


def test_who_has_left_stands_so_and_who_is_gone_does_not(nina: Subscription) -> None:
    leaving.unsubscribe(nina.pk, "one-click", NOW)
    found = standings.of(nina.pk)
    assert found is not None
    assert found.status == Status.UNSUBSCRIBED
    assert standings.of(nina.pk + 100) is None
