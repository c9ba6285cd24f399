import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.interests import Interests, UnknownInterestError
from subscribers.models import List

INTERESTS = Interests(
    newsletter="space-digest",
    numbers={"africa": 2, "china": 0, "moon": 62},
    retired=frozenset({"moon"}),
)


def test_interests_keep_the_order_of_the_list_and_not_of_their_numbers() -> None:
    assert INTERESTS.slugs(0b101) == ("africa", "china")
    assert INTERESTS.offered == ("africa", "china")


@given(st.sets(st.sampled_from(["africa", "china"])))
def test_bits_and_slugs_are_two_ways_to_say_the_same(slugs: set[str]) -> None:
    assert set(INTERESTS.slugs(INTERESTS.bits(slugs))) == slugs


def test_the_last_number_fits() -> None:
    assert INTERESTS.slugs(1 << 62) == ("moon",)


@pytest.mark.database
def test_a_list_s_interests_become_bits_and_bits_interests(digest: List) -> None:
    interests = Interests.of(digest)
    assert interests.bits(["south-asia", "china"]) == 0b1001
    assert interests.slugs(0b1001) == ("china", "south-asia")
    assert interests.slugs(0) == ()


@pytest.mark.database
def test_an_unknown_interest_is_told_the_known_ones(digest: List) -> None:
    with pytest.raises(
        UnknownInterestError, match=r"“asia” .* space-digest: china, russia, africa, south-asia"
    ):
        Interests.of(digest).bits(["china", "asia"])


@pytest.mark.database
def test_a_retired_interest_can_be_read_but_not_chosen(digest: List, noon: dt.datetime) -> None:
    digest.interests.filter(slug="russia").update(retired_at=noon)
    assert Interests.of(digest).slugs(0b11) == ("china", "russia")
    with pytest.raises(UnknownInterestError, match="china, africa, south-asia"):
        Interests.of(digest).bits(["russia"])
