"""People above the line, machines below it, by the list's clock; what was not measured is never nothing."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.charts.columns import HEAD, ROOM
from mailer.charts.over_time import HOUR, Hour, over_time
from tests.charts.reading import HOSTILE, images, number, of, read, words

MONDAY = dt.datetime(2025, 3, 24, 6, tzinfo=dt.UTC)
FIGURES = st.none() | st.integers(0, 10) | st.integers(0, 10**30)
ZONES = st.sampled_from(
    ["UTC", "Africa/Nairobi", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]
)


def opens(*figures: tuple[int | None, int | None]) -> list[Hour]:
    return [Hour(MONDAY + n * HOUR, people, machines) for n, (people, machines) in enumerate(figures)]


def chart(given: list[Hour], zone: str = "Africa/Nairobi") -> str:
    return over_time(given, name="opens", title="First opens", zone=zone)


@given(st.lists(st.tuples(FIGURES, FIGURES), max_size=90), ZONES, st.text(max_size=20))
def test_whatever_is_given_is_drawn_inside_the_chart(
    figures: list[tuple[int | None, int | None]], zone: str, title: str
) -> None:
    read(over_time(opens(*figures), name="opens", title=title + HOSTILE, zone=zone))


@settings(max_examples=30)  # each is a long chart
@given(st.sets(st.integers(0, 3_000), min_size=1, max_size=6), ZONES)
def test_hours_that_are_missing_between_others_were_not_measured(places: set[int], zone: str) -> None:
    root = read(chart([Hour(MONDAY + place * HOUR, 1, 0) for place in places], zone))
    columns = of(root, "c-column")
    assert len(columns) <= 92
    long = max(places) - min(places) + 1
    if long <= 72:
        assert len(columns) == long
        assert len(of(root, "c-unmeasured")) == 2 * (long - len(places))
    assert len(of(root, "c-people")) <= len(places)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=72))
def test_one_scale_serves_both_sides(figures: list[tuple[int, int]]) -> None:
    root = read(chart(opens(*figures)))
    drawn = {
        side: [number(each.get("height")) for each in of(root, side)] for side in ("c-people", "c-machines")
    }
    for side, given_numbers in (
        ("c-people", [p for p, _ in figures]),
        ("c-machines", [m for _, m in figures]),
    ):
        seen = [n for n in given_numbers if n]
        assert len(drawn[side]) == len(seen)
        for high, n in zip(drawn[side], seen, strict=True):
            whole = max(p for p, _ in figures) + max(m for _, m in figures)
            assert high >= 1
            assert high == 1 or abs(high - ROOM * n / whole) < 0.01


def test_the_two_sides_meet_at_one_line() -> None:
    root = read(chart(opens((300, 100), (3, 1))))
    line = HEAD + ROOM * 3 / 4
    assert [number(each.get("y")) + number(each.get("height")) for each in of(root, "c-people")] == [line] * 2
    assert [number(each.get("y")) for each in of(root, "c-machines")] == [line] * 2


def test_it_says_in_words_what_is_to_be_seen() -> None:
    root = read(chart(opens((3_000, 900), (1_000, 100), (500, 0), (None, None))))
    assert images(root)[0][0].text == "First opens"
    assert words(root) == (
        "By the hour, from Mon 24 Mar 09:00 to Mon 24 Mar 13:00, Nairobi time."
        " People: 4,500 in all, most on Mon 24 Mar 09:00 (3,000), half of them before Mon 24 Mar 10:00."
        " Machines: 1,000 in all, most on Mon 24 Mar 09:00 (900), half of them before Mon 24 Mar 10:00."
        " Hatched: 1 of 4 columns, not or not wholly measured."
    )


def test_each_column_tells_its_own_figures() -> None:
    told = [each[0].text for each in of(read(chart(opens((3, None), (0, 7)))), "c-column")]
    assert told == [
        "Mon 24 Mar 09:00: people 3, machines not measured",
        "Mon 24 Mar 10:00: people 0, machines 7",
    ]


def test_more_than_three_days_are_shown_by_the_day_of_the_list() -> None:
    root = read(chart(opens(*[(1, None if n == 30 else 2) for n in range(73)])))
    told = [each[0].text for each in of(root, "c-column")]
    assert told == [
        "Mon 24 Mar: people 15, machines 30",
        "Tue 25 Mar: people 24, machines at least 46",
        "Wed 26 Mar: people 24, machines 48",
        "Thu 27 Mar: people 10, machines 20",
    ]


def test_a_day_on_which_clocks_change_has_the_hours_that_it_has() -> None:
    begin = dt.datetime(2025, 3, 29, 23, tzinfo=dt.UTC)  # midnight in Berlin, before it springs forward
    given = [Hour(begin + n * HOUR, 1, 0) for n in range(96)]
    told = [each[0].text for each in of(read(chart(given, "Europe/Berlin")), "c-column")]
    assert told[0] == "Sun 30 Mar: people 23, machines 0"


def test_where_nothing_was_measured_it_says_so() -> None:
    for unknown in ([], opens((None, None)), opens(*[(None, None)] * 80)):
        root = read(chart(unknown))
        assert (next(root.iter("text")).text or "").startswith("Not measured")
        assert "not measured" in words(root).lower()


def test_nothing_is_not_what_was_not_measured() -> None:
    root = read(chart(opens((0, 0))))
    assert of(root, "c-unmeasured") == []
    assert "People: none." in words(root)
