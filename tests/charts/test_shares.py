"""Parts of a whole: percentages add up, and what is not nothing never reads as nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.shares import percentages, share, widths

COUNTS = st.lists(st.integers(0, 10**30), max_size=9)


@given(COUNTS)
def test_percentages_add_up_to_a_hundred(counts: list[int]) -> None:
    rounded = percentages({str(place): count for place, count in enumerate(counts)})
    assert sum(map(Decimal, rounded.values())) == (100 if any(counts) else 0)


def test_the_sketch_reads_as_it_did() -> None:
    outcomes = {"accepted": 23_418, "in_flight": 600, "pending": 16_328, "unknown": 300, "excluded": 633}
    assert percentages(outcomes | {"rejected": 1, "cancelled": 0}) == {
        "accepted": "56.7",
        "in_flight": "1.5",
        "pending": "39.6",
        "unknown": "0.7",
        "excluded": "1.5",
        "rejected": "0.0",
        "cancelled": "0.0",
    }


@given(COUNTS, st.integers(0, 140), st.integers(1_260, 10_000))
def test_widths_fill_the_whole_and_nothing_is_lost(counts: list[int], least: int, whole: int) -> None:
    wide = widths(counts, [least] * len(counts), whole)
    assert sum(wide) == (whole if any(counts) else 0)
    assert all(width >= least if count else width == 0 for width, count in zip(wide, counts, strict=True))


@given(st.integers(1, 10**15), st.integers(1, 10**15))
def test_one_part_by_itself_is_never_nothing(part: int, more: int) -> None:
    assert float(share(part, part + more).replace(",", "").removesuffix("\u00a0%")) > 0


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (14_822, 40_101, "37.0"),
        (378, 40_638, "0.93"),
        (9, 40_101, "0.022"),
        (1, 10**12, "0.00000000010"),
        (5, 5, "100.0"),
        (0, 5, "0"),
    ],
)
def test_a_small_share_has_two_figures(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == f"{said}\u00a0%"


def test_of_nothing_there_is_no_share() -> None:
    assert share(0, 0) == "–"
