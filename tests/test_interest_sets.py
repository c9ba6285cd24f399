"""Which sets of interests letters are looked at for."""

import pytest

from mailer import interest_sets
from mailer.interest_sets import sets

FOUR = ["china", "russia", "africa", "south-asia"]
FIVE = [*FOUR, "moon"]


def test_of_few_interests_all_sets_are_looked_at() -> None:
    found = list(sets(FOUR, {}))
    assert len(found) == len(set(found)) == 15
    assert found[:5] == [("china",), ("russia",), ("africa",), ("south-asia",), ("china", "russia")]


def test_of_many_each_alone_and_what_readers_have_in_the_lists_order() -> None:
    readers = {frozenset({"moon", "china"}): 3, frozenset({"africa", "russia"}): 5, frozenset({"moon"}): 9}
    assert list(sets(FIVE, readers)) == [*((slug,) for slug in FIVE), ("russia", "africa"), ("china", "moon")]


def test_what_differs_only_in_interests_that_are_not_carried_is_one_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interest_sets, "MOST_SETS", 1)
    readers = {
        frozenset({"russia", "china"}): 5,
        frozenset({"moon", "africa", "venus"}): 4,
        frozenset({"moon", "africa"}): 4,
    }
    assert list(sets(FIVE, readers))[5:] == [("africa", "moon")]


@pytest.mark.parametrize("order", [FOUR, FIVE])
def test_readers_of_nothing_that_is_carried_have_a_set_of_their_own(order: list[str]) -> None:
    assert () not in list(sets(order, {frozenset({"china"}): 1}))
    assert () in list(sets(order, {frozenset({"venus"}): 1}))


def test_an_edition_without_interests_has_no_sets_but_the_empty_one() -> None:
    assert list(sets([], {frozenset({"china"}): 1})) == [()]
    assert list(sets([], {})) == []
