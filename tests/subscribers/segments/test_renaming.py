"""Interests by other names, the rest as it was."""

from hypothesis import given, settings

from subscribers.segments.conditions import Condition, interests_of
from subscribers.segments.reading import read
from subscribers.segments.renaming import renamed
from subscribers.segments.writing import write
from tests.subscribers.segments.cast import CONDITIONS


def test_two_interests_may_change_their_names_with_each_other() -> None:
    tree = read("interest in (a, b) and not (interest all of (b, c) or status = active)")
    assert write(renamed(tree, {"a": "b", "b": "a"})) == (
        "interest in (b, a) and not (interest all of (a, c) or status = active)"
    )


@settings(max_examples=50, deadline=None)
@given(CONDITIONS)
def test_a_tree_renamed_and_back_is_the_same(tree: Condition) -> None:
    there = {slug: f"x-{slug}" for slug in interests_of(tree)}
    back = {new: old for old, new in there.items()}
    assert renamed(renamed(tree, there), back) == tree
    assert renamed(tree, {}) == tree
