"""The words of an axis: regular, inside the chart, and none on another, whatever the time and the zone."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.charts import ticks

WIDTHS = st.integers(60, 1_200)
NAIROBI = ZoneInfo("Africa/Nairobi")
MONDAY = dt.datetime(2025, 3, 24, 6, tzinfo=dt.UTC)


def inside(levels: ticks.Levels, width: int) -> None:
    placed = ticks.labels(levels, width=width)
    extents = [label.extent(width) for label in placed]
    assert all(begin >= 0 and end <= width + 1e-6 for begin, end in extents)
    assert all(before[1] < after[0] for before, after in pairwise(extents))


@given(WIDTHS, st.integers(1, 80), st.sampled_from(["Africa/Nairobi", "Asia/Kathmandu", "America/St_Johns"]))
def test_hours_never_stand_on_one_another(width: int, long: int, zone: str) -> None:
    inside(ticks.of_hours(MONDAY, MONDAY + dt.timedelta(hours=long), ZoneInfo(zone)), width)


@given(WIDTHS, st.integers(1, 2_000), st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1)))
def test_days_never_stand_on_one_another(width: int, long: int, first: dt.date) -> None:
    days = [(100 * n / long, first + dt.timedelta(days=n)) for n in range(0, long, max(long // 300, 1))]
    inside(ticks.of_days(days), width)


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (520, ["Mon 09:00", "18:00", "Tue 25", "06:00", "12:00", "18:00", "Wed 26"]),
        (216, ["Tue 25", "Wed 26"]),  # days say more than the beginning
    ],
)
def test_two_days_are_told_by_hours_where_there_is_room(width: int, said: list[str]) -> None:
    levels = ticks.of_hours(MONDAY, MONDAY + dt.timedelta(hours=48), NAIROBI)
    assert [label.words for label in ticks.labels(levels, width=width)] == said


@pytest.mark.parametrize(
    ("width", "said"), [(328, ["30 Dec 2024", "Feb", "Mar"]), (128, ["30 Dec", "24 Mar"])]
)
def test_twelve_weeks_are_told_by_months_or_by_their_ends(width: int, said: list[str]) -> None:
    days = [(100 * n / 84, dt.date(2024, 12, 30) + dt.timedelta(days=n)) for n in range(85)]
    assert [label.words for label in ticks.labels(ticks.of_days(days), width=width)] == said


@given(st.text(max_size=80), st.floats(20, 300))
def test_what_is_cut_has_room(words: str, room: float) -> None:
    short = ticks.cut(words, room)
    assert ticks.extent(short) <= room
    assert short == words or short.endswith("…")
