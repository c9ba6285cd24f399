"""How the desk stands, in one sentence."""

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mailer.desk.editions.summing_up import lead


def scheduled(at: dt.datetime) -> Any:  # noqa: ANN401 - a row, as far as the sentence asks
    return cast("Any", SimpleNamespace(send=SimpleNamespace(status="scheduled"), leaves_at=at, unknown=0))


@pytest.mark.parametrize(
    ("zone", "now", "at", "said"),
    [
        ("Africa/Nairobi", (1, 22), (2, 6), "today"),
        ("America/New_York", (1, 23), (2, 1), "today"),
        ("UTC", (1, 22), (2, 6), "tomorrow"),
        ("UTC", (1, 9), (4, 9), "on Friday"),
        ("UTC", (1, 9), (20, 9), "on 20 December"),
    ],
)
def test_days_are_told_by_the_clock_of_the_house(
    zone: str, now: tuple[int, int], at: tuple[int, int], said: str
) -> None:
    moments = [dt.datetime(2026, 12, day, hour, tzinfo=dt.UTC) for day, hour in (now, at)]
    assert lead([scheduled(moments[1])], now=moments[0], zone=zone) == f"The next leaves {said}."


def test_an_empty_desk_is_said_to_be_so() -> None:
    assert lead([], now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC), zone="UTC") == "Nothing is on the desk."
