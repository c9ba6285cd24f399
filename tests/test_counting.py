"""How many read a list: exact where that takes no time, else as of some minutes ago, counted by the sweep."""

import datetime as dt

import pytest

from mailer import counting, readership, sends
from mailer.models import Readership
from subscribers import suppressions
from subscribers.addresses import address_key
from subscribers.models import List
from subscribers.vocabulary import Suppressed
from tests.stage import NOW, a_list, a_reader, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is one that takes long to count."""
    monkeypatch.setattr(counting, "MANY", 0)


def test_readers_are_counted_as_ever() -> None:
    owner = a_list()
    readers(owner, 3, ["china", "africa"])
    a_reader(owner, "all@x.example")
    found = counting.counted(owner, now=NOW)
    assert set(found.groups) == set(readership.groups(owner))
    assert found.choices == readership.choices(owner)
    assert found.all == 4
    assert not Readership.objects.exists()


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
