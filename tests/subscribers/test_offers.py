"""What lists offer: read every time, built once, and never stale."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from subscribers import curating, offers
from subscribers.models import Interest, List

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_an_unchanged_list_is_read_by_one_statement_and_built_once(
    digest: List, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = offers.of(digest.pk)
    assert first is not None
    with django_assert_num_queries(1):
        assert offers.of(digest.pk) is first
    with django_assert_num_queries(0):
        assert first.known.bits(["china"]) == 0b0001
        assert [interest.slug for interest in first.list.interests.all()] == list(first.known.numbers)


def test_whatever_changes_is_seen_at_once(digest: List, noon: dt.datetime) -> None:
    def seen() -> tuple[str, list[str], int]:
        found = offers.named(digest.slug)
        assert found is not None
        return found.list.name, [one.name for one in found.offered], len(found.interests)

    before = seen()
    List.objects.filter(pk=digest.pk).update(name="Another name")
    assert seen() == ("Another name", *before[1:])
    Interest.objects.filter(list=digest, slug="china").update(name="Chinese space", retired_at=None)
    assert seen()[1][0] == "Chinese space"
    Interest.objects.filter(list=digest, slug="china").update(retired_at=noon)
    assert seen()[1:] == (before[1][1:], before[2])
    Interest.objects.filter(list=digest, slug="china").update(name=before[1][0], retired_at=None)
    List.objects.filter(pk=digest.pk).update(name=before[0])
    assert seen() == before


def test_a_new_interest_is_on_offer_at_once(digest: List, noon: dt.datetime) -> None:
    known = offers.of(digest.pk)
    curating.add(digest, "moon", "The Moon", by="ops", at=noon)
    found = offers.of(digest.pk)
    assert known
    assert found
    assert found is not known
    assert found.offered[-1].slug == "moon"


def test_a_list_that_is_not_public_is_found_by_number_only(digest: List, second: List) -> None:
    List.objects.filter(pk=digest.pk).update(public=False)
    assert offers.named(digest.slug) is None
    assert [offer.list for offer in offers.public()] == [second]
    found = offers.of(digest.pk)
    assert found is not None
    assert found.list == digest


def test_what_is_not_there_is_none(digest: List) -> None:
    assert offers.of(digest.pk + 100) is None
    assert offers.named("nothing-of-the-kind") is None


def test_a_change_between_the_two_looks_is_not_remembered_under_what_was(
    digest: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = offers.Offer

    def overtaken(*said: object) -> offers.Offer:
        List.objects.filter(pk=digest.pk).update(name="Later")
        return build(*said)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(offers, "Offer", overtaken)
    offers.of(digest.pk)
    monkeypatch.undo()
    List.objects.filter(pk=digest.pk).update(name=digest.name)
    found = offers.of(digest.pk)
    assert found is not None
    assert found.list.name == digest.name


def test_what_is_remembered_is_bounded(digest: List, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "_MOST", 2)
    made: dict[object, object] = {}
    monkeypatch.setattr(offers, "_made", made)
    for number in range(7):
        List.objects.filter(pk=digest.pk).update(name=f"Name {number}")
        offers.of(digest.pk)
        assert len(made) <= 2
