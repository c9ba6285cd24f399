"""Each interest has its line, its name at the end of it, and a gap where nobody measured."""

import datetime as dt
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.charts.line import Growth, line
from tests.charts.reading import HOSTILE, number, of, read, words

NEW_YEAR = dt.date(2025, 1, 1)
FIGURES = st.dictionaries(st.integers(0, 3_000), st.none() | st.integers(0, 10**30), max_size=6)


def grown(name: str, place: int, *figures: int | None) -> Growth:
    return Growth(name, place, {NEW_YEAR + dt.timedelta(days=n): each for n, each in enumerate(figures)})


def chart(*interests: Growth) -> str:
    return line(interests, name="growth", title="Growth")


def names(root: ET.Element) -> list[ET.Element]:
    """The names as a wide screen has them."""
    return [each for each in of(root, "c-name") if "c-narrow" not in (each.get("class") or "")]


@settings(max_examples=40)  # each has up to 63 lines
@given(st.lists(st.tuples(st.text(max_size=30), FIGURES), max_size=63))
def test_whatever_is_given_is_drawn_and_no_name_stands_on_another(
    given: list[tuple[str, dict[int, int | None]]],
) -> None:
    interests = [
        Growth(name + HOSTILE, place, {NEW_YEAR + dt.timedelta(days=n): each for n, each in figures.items()})
        for place, (name, figures) in enumerate(given)
    ]
    root = read(line(interests, name="growth", title=HOSTILE))
    heights = sorted(number(each.get("y")) for each in names(root))
    assert len(heights) <= 9
    assert all(after - before >= 16.98 for before, after in pairwise(heights))
    for path in root.iter("path"):
        assert "nan" not in (path.get("d") or "")


def test_a_day_that_was_not_measured_is_a_gap() -> None:
    root = read(chart(grown("China", 0, 10, None, 20, 30)))
    assert [path.get("d") for path in root.iter("path")] == ["M0,151.33h0M666.67,84.67L1000,18"]
    assert len(of(root, "c-unmeasured")) == 1
    assert "A line is broken where a day was not measured." in words(root)


def test_what_one_interest_lacks_and_another_has_is_not_hatched() -> None:
    assert of(read(chart(grown("China", 0, 10, None, 20), grown("Russia", 1, 5, 6, 7))), "c-unmeasured") == []


def test_the_eight_largest_have_lines_and_the_others_are_one_band() -> None:
    root = read(chart(*(grown(f"Interest {n}", n, 100 * n, 110 * n) for n in range(63))))
    assert len(of(root, "c-line")) == 8
    assert len(of(root, "c-band")) == 1
    said = [(each.text or "").strip("\u2068\u2069") for each in names(root)]
    assert said == [*(f"Interest {n}" for n in range(62, 54, -1)), "55 others"]
    assert "55 others: between 0 and 5,940 readers each at the end." in words(root)


def test_one_more_than_eight_is_shown_by_its_own_name() -> None:
    root = read(chart(*(grown(f"Interest {n}", n, n, n + 1) for n in range(9))))
    assert (len(of(root, "c-line")), len(of(root, "c-band"))) == (9, 0)


def test_two_of_one_colour_are_told_apart() -> None:
    root = read(chart(grown("China", 0, 10, 20), grown("Oceania", 8, 5, 6)))
    assert len([each for each in of(root, "c-line") if "c-again" in (each.get("class") or "")]) == 1


def test_it_says_in_words_what_is_to_be_seen() -> None:
    china, russia, unknown = (
        grown("China", 0, 25_210, 27_012),
        grown("Russia", 1, 25_105, 25_004),
        grown("Africa", 2, None, None),
    )
    assert words(read(chart(china, russia, unknown))) == (
        "From 1 January 2025 to 2 January 2025."
        " \u2068China\u2069: from 25,210 to 27,012 readers (+1,802)."
        " \u2068Russia\u2069: from 25,105 to 25,004 readers (−101)."
        " 1 not measured at all. The scale begins at 24,500, not at nothing."
    )


def test_where_nothing_was_measured_it_says_so() -> None:
    for interests in ([], [grown("China", 0, None)]):
        assert words(read(chart(*interests))) == "Not measured."


def test_ten_years_are_thinned_out_and_end_where_they_end() -> None:
    root = read(chart(grown("China", 0, *range(3_650))))
    (path,) = root.iter("path")
    assert len((path.get("d") or "").split("L")) == 183
    assert (path.get("d") or "").endswith("L1000,18")
    assert "to 3,649 readers" in words(root)
