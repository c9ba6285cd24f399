"""From where on complaints and bounces do harm, and from where on it is no chance."""

import pytest

from mailer.thresholds import Against, Limits, limits, together
from mailer.vocabulary import Measure

SILENT = dict.fromkeys(Measure, None)


def told(**copies: int) -> dict[Measure, int]:
    return {measure: copies.get(measure, 0) for measure in Measure}


def found(accepted: int, **copies: int) -> Limits:
    return limits(told(**copies), accepted=accepted)


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
    assert found(accepted, complained=complained, bounced=bounced).complaints.passed is too_many


@pytest.mark.parametrize(
    ("accepted", "bounced", "too_many"),
    [(100, 9, False), (100, 10, True), (500, 10, False), (500, 11, True), (1_000_000, 20_001, True)],
)
def test_bounces_are_too_many_past_a_fiftieth_and_past_chance(
    accepted: int, bounced: int, *, too_many: bool
) -> None:
    assert found(accepted, bounced=bounced).bounces.passed is too_many


def test_complaints_are_of_what_did_not_come_back_and_bounces_of_what_was_accepted() -> None:
    came = found(10_000, bounced=300, blocked=100, dropped=100, complained=19, unsubscribed=95)
    assert {each.name: (each.copies, each.base, each.share) for each in came} == {
        "complaints": (19, 9_500, 0.002),
        "bounces": (300, 10_000, 0.03),
        "unsubscribes": (95, 9_500, 0.01),
    }
    assert [each.name for each in came if each.passed] == ["complaints", "bounces"]


def test_nobody_names_a_limit_for_leaving() -> None:
    assert not found(100, unsubscribed=50).unsubscribes.passed


def test_a_share_of_what_is_not_known_is_none_and_not_nought() -> None:
    assert found(0).bounces.share is None
    assert limits(SILENT, accepted=10).complaints.share is None
    assert not limits(SILENT, accepted=10).complaints.passed
    assert found(10).complaints.share == 0
    assert found(10, bounced=10, complained=1).complaints.share is None, "nothing arrived"


def test_of_several_sends_one_that_could_not_tell_is_in_no_base() -> None:
    known = found(110, bounced=10, complained=1)
    silent = limits(SILENT, accepted=1_000)
    assert together([known, known, silent]) == (
        Against("complaints", 2, 200, 0.001, 5),
        Against("bounces", 20, 220, 0.02, 10),
        Against("unsubscribes", 0, 200),
    )
    assert [(each.copies, each.base) for each in together([silent])] == [(None, 1_000)] * 3
    assert [(each.copies, each.base) for each in together([])] == [(0, 0)] * 3


def test_one_that_could_tell_of_a_part_is_in_the_base_of_that_part() -> None:
    half = limits(told(complained=2) | {Measure.BOUNCED: None}, accepted=50)
    both = together([found(100, bounced=10), half])
    assert (both.complaints.copies, both.complaints.base) == (2, 140)
    assert (both.bounces.copies, both.bounces.base) == (10, 100)
