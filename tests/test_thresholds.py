"""From where on complaints and bounces do harm, and from where on it is no chance."""

import pytest

from mailer.thresholds import Sums, together


@pytest.mark.parametrize(
    ("accepted", "complained", "bounced", "too_many"),
    [
        (100, 1, 0, False),  # one of a hundred is 1 %, and one person
        (1_000, 4, 0, False),
        (1_000, 5, 0, True),
        (5_000, 5, 0, False),  # 0.1 % is the limit itself
        (5_000, 6, 0, True),
        (1_000_000, 1_000, 0, False),
        (1_000_000, 1_001, 0, True),
        (5_000, 5, 10, True),  # who bounced can complain of nothing
    ],
)
def test_complaints_are_too_many_past_a_thousandth_and_past_chance(
    accepted: int, complained: int, bounced: int, *, too_many: bool
) -> None:
    sums = Sums(accepted, {"complained": complained, "bounced": bounced})
    assert sums.too_many_complaints is too_many


@pytest.mark.parametrize(
    ("accepted", "bounced", "too_many"),
    [(100, 9, False), (100, 10, True), (500, 10, False), (500, 11, True), (1_000_000, 20_001, True)],
)
def test_bounces_are_too_many_past_a_fiftieth_and_past_chance(
    accepted: int, bounced: int, *, too_many: bool
) -> None:
    assert Sums(accepted, {"bounced": bounced}).too_many_bounces is too_many


def test_a_share_of_what_is_not_known_is_none_and_not_nought() -> None:
    assert Sums(0, {}).bounce_share is None
    assert Sums(10, None).complaint_share is None
    assert not Sums(10, None).too_many_complaints
    assert Sums(10, {}).complaint_share == 0
    assert Sums(10, {"bounced": 10, "complained": 1}).complaint_share is None, "nothing arrived"


def test_what_is_still_being_counted_is_in_no_sum() -> None:
    both = together([Sums(10, {"bounced": 1}), Sums(990, None), Sums(10, {"bounced": 2, "blocked": 1})])
    assert (both.accepted, both.bounce_share, both.arrived) == (20, 0.15, 16)
    assert together([Sums(990, None)]).bounce_share is None
    assert together([]).bounce_share is None
    assert together([Sums(10, {})]).bounce_share == 0
