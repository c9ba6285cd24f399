from hypothesis import given
from hypothesis import strategies as st

from subscribers.interests import Interests

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
