"""Who joined stands above the line, who left below it, day by day."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.charts.turnover import Day, turnover
from tests.charts.reading import HOSTILE, of, read, words

NEW_YEAR = dt.date(2025, 1, 1)
FIGURES = st.none() | st.integers(0, 10**30)


@settings(max_examples=30)  # each is a long chart
@given(st.dictionaries(st.integers(0, 900), st.tuples(FIGURES, FIGURES), max_size=8))
def test_whatever_is_given_is_drawn_inside_the_chart(
    figures: dict[int, tuple[int | None, int | None]],
) -> None:
    days = (Day(NEW_YEAR + dt.timedelta(days=n), *each) for n, each in figures.items())
    assert len(of(read(turnover(days, name="turned", title=HOSTILE)), "c-column")) <= 92


def test_it_says_in_words_what_is_to_be_seen() -> None:
    days = [Day(NEW_YEAR, 160, 31), Day(NEW_YEAR + dt.timedelta(days=2), 40, None)]
    root = read(turnover(days, name="turned", title="Came and went"))
    assert words(root) == (
        "From 1 January 2025 to 3 January 2025. Joined: 200 in all, at most 160 in a day."
        " Left: 31 in all, at most 31 in a day. Hatched: 2 of 3 columns, not or not wholly measured."
    )
    assert [each[0].text for each in of(root, "c-column")] == [
        "Wed 1 Jan: joined 160, left 31",
        "Thu 2 Jan: joined not measured, left not measured",
        "Fri 3 Jan: joined 40, left not measured",
    ]
