"""The ledger as one bar: it fills its width, shows what is small, and its percentages add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.watching.bar import ORDER, bar, percentages

COUNTS = st.dictionaries(st.sampled_from(ORDER), st.integers(0, 10**7))


def hundredths(text: str) -> int:
    return int(Decimal(text) * 100)


@given(COUNTS)
def test_the_parts_stand_side_by_side_over_the_whole_bar(outcomes: dict[str, int]) -> None:
    parts = bar(outcomes)
    x = 0
    for part in parts:
        assert hundredths(part.x) == x
        x += hundredths(part.width)
    assert x == (10_000 if any(outcomes.values()) else 0)


@given(COUNTS)
def test_whatever_is_not_nothing_is_seen_with_its_exact_number(outcomes: dict[str, int]) -> None:
    parts = {part.name: part for part in bar(outcomes)}
    assert {name: part.readers for name, part in parts.items()} == {
        name: n for name, n in outcomes.items() if n
    }
    assert all(hundredths(part.width) >= (120 if name == "unknown" else 50) for name, part in parts.items())


@given(COUNTS)
def test_percentages_add_up_to_a_hundred(outcomes: dict[str, int]) -> None:
    rounded = percentages(outcomes)
    assert sum(map(Decimal, rounded.values())) == (100 if any(outcomes.values()) else 0)


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
    assert [(part.name, part.width) for part in bar(outcomes)] == [
        ("accepted", "55.76"),
        ("in_flight", "1.45"),
        ("pending", "39.56"),
        ("unknown", "1.20"),
        ("excluded", "1.53"),
        ("rejected", "0.50"),
    ]
    assert percentages(outcomes) == {
        "accepted": "56.7",
        "in_flight": "1.5",
        "pending": "39.6",
        "unknown": "0.7",
        "excluded": "1.5",
        "rejected": "0.0",
        "cancelled": "0.0",
        "not_confirmed": "0.0",
    }


@pytest.mark.parametrize(("in_a_row", "width"), [(False, "1.20"), (True, "1.40")])
def test_the_unknown_is_wider_in_the_row_of_a_table(*, in_a_row: bool, width: str) -> None:
    parts = bar({"accepted": 1_000_000, "unknown": 1}, in_a_row=in_a_row)
    assert parts[1].width == width


def test_a_part_says_itself_in_words() -> None:
    assert [part.words for part in bar({"accepted": 1_200, "in_flight": 7})] == [
        "1,200 accepted",
        "7 in flight",
    ]
