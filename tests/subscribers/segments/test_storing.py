"""A tree as JSON, and what is refused of JSON that somebody else wrote."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.segments.conditions import Condition, SegmentError
from subscribers.segments.reading import read
from subscribers.segments.storing import from_json, to_json
from tests.subscribers.segments.cast import CONDITIONS

LEAF = {"what": "everything"}


@settings(max_examples=300, deadline=None)
@given(CONDITIONS)
def test_a_tree_stored_and_read_is_the_same_tree(tree: Condition) -> None:
    stored = json.loads(json.dumps(to_json(tree), allow_nan=False))
    assert repr(from_json(stored)) == repr(tree)
    assert to_json(from_json(stored)) == stored


def test_what_is_stored_are_words_of_closed_tables_and_values() -> None:
    text = (
        "(interest in (china) and joined after 2025-01-01)"
        " or not (attribute age > 30 and opened within 90 days) or locale is set"
    )
    assert to_json(read(text)) == {
        "any": [
            {
                "all": [
                    {"what": "interest", "test": "any", "value": ["china"]},
                    {"what": "joined", "test": "after", "value": "2025-01-01"},
                ]
            },
            {
                "not": {
                    "all": [
                        {"what": "attribute", "name": "age", "test": ">", "value": 30},
                        {"what": "opened", "test": "within", "value": 90},
                    ]
                }
            },
            {"what": "locale", "test": "set"},
        ]
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "conditions: this is no condition"),
        ([], "conditions: this is no condition"),
        ({}, 'conditions: a condition has "all", "any", "not", or "what": interest, everything'),
        ({"what": "sql"}, 'conditions: a condition has "all"'),
        ({"what": ["status"]}, 'conditions: a condition has "all"'),
        ({"all": [LEAF]}, "conditions.all: this would be a list of 2 to 50 conditions"),
        ({"all": LEAF}, "conditions.all: this would be a list"),
        ({"all": [LEAF, LEAF], "any": []}, 'conditions: a condition has "all"'),
        ({"all": [LEAF, {"not": 3}]}, "conditions.all[1].not: this is no condition"),
        ({"what": "everything", "sql": "1=1"}, "conditions: 'sql' means nothing in a condition"),
        ({"what": "everything", "test": "="}, '"test" means nothing in this test of everything'),
        ({"what": "status", "test": "in", "value": ["gone"]}, "'gone' is no status"),
        ({"what": "status", "test": "ends", "value": "x"}, "this is no test of status"),
        ({"what": "status", "test": "in", "value": []}, '"value" would be a list of 1 to 100 texts'),
        ({"what": "status", "test": "in", "value": "active"}, '"value" would be a list of 1 to 100 texts'),
        ({"what": "status", "test": "in", "value": ["active", 3]}, '"value" would be a list'),
        ({"what": "status", "test": "in", "value": ["active"], "name": "x"}, '"name" means nothing'),
        ({"what": "interest", "test": "some", "value": ["x"]}, "this is no test of interest"),
        ({"what": "joined", "test": "never"}, "this is no test of joined"),
        ({"what": "opened", "test": "never", "value": 1}, '"value" means nothing'),
        ({"what": "opened", "test": "within", "value": True}, "no number of days"),
        ({"what": "opened", "test": "within", "value": 10**30}, "no number of days"),
        ({"what": "opened", "test": "after", "value": 2025}, '"value" would be text'),
        ({"what": "attribute", "test": "="}, 'an attribute needs its "name"'),
        ({"what": "attribute", "name": "", "test": "set"}, "an attribute's name is empty"),
        ({"what": "attribute", "name": "a", "test": "="}, '"value" is neither text nor a number'),
        ({"what": "attribute", "name": "a", "test": "=", "value": {}}, '"value" is neither text'),
        ({"what": "attribute", "name": "a", "test": "like", "value": "x"}, "this is no test of attribute"),
        ({"what": "attribute", "name": "a", "test": "<", "value": False}, "neither smaller nor larger"),
        ({"what": "attribute", "name": "a", "test": "<", "value": float("nan")}, "no number of at most 15"),
        ({"what": "attribute", "name": "a", "test": "<", "value": float("inf")}, "no number of at most 15"),
        ({"what": "attribute", "name": "a", "test": "<", "value": 1e300}, "no number of at most 15"),
        ({"what": "attribute", "name": "a", "test": "<", "value": 10**5000}, "no number of at most 15"),
        ({"what": "attribute", "name": "a", "test": "<", "value": 0.1 + 0.2}, "no number of at most 15"),
        ({"what": "attribute", "name": "a", "test": "=", "value": "\x00"}, "control character"),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(data: object, message: str) -> None:
    with pytest.raises(SegmentError) as raised:
        from_json(data)
    assert message in str(raised.value)
    assert raised.value.place.startswith("conditions")
    assert len(str(raised.value)) < 400


def test_trees_are_no_deeper_and_no_larger_than_text_may_be() -> None:
    deep: Any = LEAF
    for _ in range(5):
        deep = {"not": deep}
    from_json(deep)
    with pytest.raises(SegmentError, match=r"conditions\.not\.not\.not\.not\.not\.not: .*5 levels deep"):
        from_json({"not": deep})
    for _ in range(100_000):
        deep = {"not": deep}
    with pytest.raises(SegmentError, match="5 levels deep"):
        from_json(deep)
    from_json({"any": [LEAF] * 50})
    with pytest.raises(SegmentError, match="2 to 50"):
        from_json({"any": [LEAF] * 51})
    with pytest.raises(SegmentError, match="more than 50"):
        from_json({"any": [{"all": [LEAF] * 26}, {"all": [LEAF] * 25}]})


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["interest", "status", "attribute", "=", "in", "any", "within", "active", "set"]),
    ),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(
            st.sampled_from(["all", "any", "not", "what", "test", "value", "name", "x"]), inside, max_size=4
        ),
    ),
    max_leaves=12,
)


def refused(data: object) -> SegmentError | None:
    try:
        from_json(data)
    except SegmentError as error:
        return error
    return None


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_junk_is_never_anything_but_an_error_with_a_place(data: object) -> None:
    error = refused(data)
    assert error is None or error.place.startswith("conditions")
