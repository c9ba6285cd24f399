"""A rate against its limit: the mark stands still, and words say on which side of it the rate is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.against_limit import Rate, against_limit, said
from tests.charts.reading import HOSTILE, number, of, read, words

SPACE = "\u00a0"


def chart(rate: Rate) -> str:
    return against_limit(rate, name="complaints", title=HOSTILE)


def test_without_a_limit_it_says_so_many_of_so_many() -> None:
    assert said(46, 1_000) == f"46 of 1,000 (4.6{SPACE}%)"
    assert (said(None, 10), said(0, 0)) == ("Not measured", "Nothing to compare yet")


@given(st.none() | st.integers(0, 10**12), st.integers(0, 10**12), st.fractions(0, 1, max_denominator=10_000))
def test_whatever_is_given_is_drawn_on_its_side_of_the_mark(
    count: int | None, of_these: int, limit: Fraction
) -> None:
    rate = Rate(count, of_these, limit)
    root = read(chart(rate))
    assert [each.get("x1") for each in of(root, "c-limit")] == ["80%"]
    assert len(of(root, "c-fault")) == rate.over
    assert all(number(each.get("width")) <= 80 for each in of(root, "c-people"))
    assert all(number(each.get("width")) >= 80 for each in of(root, "c-fault"))


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (Rate(9, 40_101, Fraction(1, 1000)), "9 of 40,101 (0.022 %), under the limit of 0.1 %."),
        (Rate(1, 1_000, Fraction(1, 1000)), "1 of 1,000 (0.10 %), at the limit of 0.1 %."),
        (Rate(1_378, 40_101, Fraction(2, 100)), "1,378 of 40,101 (3.4 %), over the limit of 2 %."),
        (Rate(0, 10, Fraction(2, 100)), "0 of 10 (0 %), under the limit of 2 %."),
        (Rate(None, 10, Fraction(1, 1000)), "Not measured; the limit is 0.1 %."),
        (Rate(0, 0, Fraction(1, 1000)), "Nothing to compare yet; the limit is 0.1 %."),
    ],
)
def test_it_says_how_it_stands(rate: Rate, said: str) -> None:
    assert words(read(chart(rate))) == said.replace(" %", f"{SPACE}%")
