"""The ledger as one bar: it fills its width, shows what is small, and says its figures."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.ledger import ORDER, divided, ledger

COUNTS = st.dictionaries(st.sampled_from(ORDER), st.integers(0, 10**30))


@given(COUNTS)
def test_the_parts_stand_side_by_side_over_the_whole_bar(outcomes: dict[str, int]) -> None:
    x = 0
    for part in divided(outcomes):
        assert part.x == x
        x += part.width
    assert x == (10_000 if any(outcomes.values()) else 0)


@given(COUNTS)
def test_whatever_is_not_nothing_is_seen_with_its_exact_number(outcomes: dict[str, int]) -> None:
    parts = {part.name: part for part in divided(outcomes)}
    assert {name: part.readers for name, part in parts.items()} == {
        name: n for name, n in outcomes.items() if n
    }
    assert all(part.width >= (120 if name == "unknown" else 50) for name, part in parts.items())


def test_the_sketch_is_drawn_as_it_was() -> None:
    outcomes = {
        "accepted": 23_418,
        "in_flight": 600,
        "pending": 16_328,
        "unknown": 300,
        "excluded": 633,
        "rejected": 1,
        "cancelled": 0,
        "not_confirmed": 0,
    }
    assert [(part.name, part.width) for part in divided(outcomes)] == [
        ("accepted", 5576),
        ("in_flight", 145),
        ("pending", 3956),
        ("unknown", 120),
        ("excluded", 153),
        ("rejected", 50),
    ]


@pytest.mark.parametrize(("in_a_row", "width"), [(False, 120), (True, 140)])
def test_the_unknown_is_wider_in_the_row_of_a_table(*, in_a_row: bool, width: int) -> None:
    parts = divided({"accepted": 1_000_000, "unknown": 1}, in_a_row=in_a_row)
    assert parts[1].width == width


def test_the_bar_is_heard_as_its_figures() -> None:
    drawn = ET.fromstring(ledger({"accepted": 1_200, "in_flight": 7}))  # noqa: S314 - our own words
    assert drawn.get("aria-label") == "1,200 accepted, 7 in flight"
    assert [(rect.get("class"), rect.get("x")) for rect in drawn.iter("rect")] == [
        ("part-accepted", "0%"),
        ("part-in_flight", "99.42%"),
    ]
    assert len(list(drawn.iter("line"))) == 1  # where one part ends and the next begins


def test_where_nobody_is_there_is_no_bar() -> None:
    assert not ledger({"accepted": 0})
