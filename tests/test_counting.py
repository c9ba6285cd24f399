"""How many read a list: exact where that takes no time, else as of some minutes ago, counted by the sweep."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import counting, sends
from mailer.interest_sets import Group
from mailer.models import Readership
from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import List
from subscribers.vocabulary import Status, Suppressed
from tests.stage import NOW, a_list, a_reader, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is one that takes long to count."""
    monkeypatch.setattr(counting, "MANY", 0)


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
    assert set(counting.exact(owner, now=NOW).groups) == {
        Group(None, 1),
        Group(AFRICA, 2),
        Group(AFRICA, 1, text_only=True),
        Group(AFRICA | {"china"}, 1, tracked=False),
    }


def test_one_statement_counts_them_all(
    owner: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the other reads the list's interests
        assert counting.exact(owner, now=NOW).groups


def test_nobody_is_tracked_where_the_list_is_not(owner: List) -> None:
    owner.tracked = False
    assert not any(group.tracked for group in counting.exact(owner, now=NOW).groups)


def test_choices_are_counted_without_those_who_get_everything_and_without_what_is_retired(
    owner: List,
) -> None:
    owner.interests.filter(slug="china").update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert counting.exact(owner, now=NOW).choices == {AFRICA: 4}
    assert Group(AFRICA | {"china"}, 1, tracked=False) in counting.exact(owner, now=NOW).groups


def test_a_list_without_readers_has_no_groups() -> None:
    assert counting.exact(a_list(), now=NOW).groups == ()


def test_a_small_list_is_exact_at_every_moment() -> None:
    owner = a_list()
    assert counting.counted(owner, now=NOW).all == 0
    readers(owner, 2)
    assert counting.counted(owner, now=NOW).all == 2


@pytest.mark.usefixtures("large")
def test_a_large_one_is_kept_and_says_as_of_when() -> None:
    owner = a_list()
    assert counting.counted(owner, now=NOW).all == 0
    readers(owner, 2)
    kept = counting.counted(owner, now=NOW + 19 * MINUTE)
    assert (kept.all, kept.at) == (0, NOW)
    assert counting.counted(owner, now=NOW + 20 * MINUTE).all == 2


@pytest.mark.usefixtures("large")
def test_the_sweep_counts_anew_what_somebody_looks_at_and_forgets_the_rest() -> None:
    owner = a_list()
    counting.counted(owner, now=NOW)
    readers(owner, 2)
    sends.tidy(now=NOW + 6 * MINUTE)
    kept = counting.counted(owner, now=NOW + 7 * MINUTE)
    assert (kept.all, kept.at) == (2, NOW + 6 * MINUTE)
    sends.tidy(now=NOW + 68 * MINUTE)
    assert not Readership.objects.exists()


@pytest.mark.usefixtures("large")
def test_a_clock_that_was_set_back_counts_anew() -> None:
    owner = a_list()
    counting.counted(owner, now=NOW)
    readers(owner, 1)
    assert counting.counted(owner, now=NOW - MINUTE).all == 1


def test_who_is_suppressed_is_told_apart_and_who_left_is_not_counted() -> None:
    owner = a_list()
    for name in ("ada", "bo"):
        a_reader(owner, f"{name}@example.org", ["china"])
    suppressions.suppress(address_key("ada@example.org"), Suppressed.BOUNCED, "a bounce", NOW)
    found = counting.counted(owner, now=NOW).people
    assert sorted((some.suppressed, some.readers) for some in found) == [(False, 1), (True, 1)]


def test_interests_that_changed_are_those_of_now(large: None) -> None:  # noqa: ARG001 - a fixture
    owner = a_list()
    readers(owner, 1, ["china"])
    counting.counted(owner, now=NOW)
    owner.interests.filter(slug="china").update(retired_at=NOW)
    assert counting.counted(List.objects.get(pk=owner.pk), now=NOW).choices == {frozenset(): 1}
