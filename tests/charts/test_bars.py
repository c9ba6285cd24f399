"""A bar in each row, all by one scale: what is not nothing is seen, what is not measured is hatched."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.bars import Bar, Tone, bars
from tests.charts.reading import number, of, read

FIGURES = st.none() | st.integers(0, 9) | st.integers(0, 10**30)
ROWS = st.lists(
    st.builds(
        Bar,
        people=FIGURES,
        machines=FIGURES,
        tone=st.sampled_from(Tone),
        interest=st.none() | st.integers(0, 70),
        limit=FIGURES,
    ),
    max_size=9,
)


@given(ROWS)
def test_whatever_is_given_is_drawn_inside_its_row(rows: list[Bar]) -> None:
    drawn = [read(bar) for bar in bars(rows)]
    assert len(drawn) == len(rows)
    for row, root in zip(rows, drawn, strict=True):
        assert root.get("aria-hidden") == "true"  # the row has the figures
        parts = sum(1 for count in (row.people, row.machines) if count)
        measured = row.people is not None or row.machines is not None
        assert len(list(root.iter("rect"))) == (parts if measured else 1)
        assert len(of(root, "c-limit")) == (row.limit is not None)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=9))
def test_a_longer_bar_is_never_a_smaller_number(counts: list[int]) -> None:
    lengths = [
        sum(number(rect.get("width")) for rect in read(bar).iter("rect"))
        for bar in bars([Bar(count) for count in counts])
    ]
    assert [long for _, long in sorted(zip(counts, lengths, strict=True))] == sorted(lengths)
    assert max(lengths) == (100 if any(counts) else 0)


def test_people_come_first_and_machines_after_them() -> None:
    (bar,) = bars([Bar(3, 1)])
    assert [(each.get("class"), each.get("x"), each.get("width")) for each in read(bar).iter("rect")] == [
        ("c-people", "0%", "75%"),
        ("c-machines", "75%", "25%"),
    ]


def test_an_interest_has_its_own_colour_and_a_fault_is_one() -> None:
    interest, fault = (
        read(bar)[0].get("class") for bar in bars([Bar(3, interest=9), Bar(2, tone=Tone.FAULT)])
    )
    assert (interest, fault) == ("c-interest i1", "c-fault")


def test_what_was_not_measured_is_not_nothing() -> None:
    unknown, nothing = (read(bar) for bar in bars([Bar(None, None), Bar(0, 0)]))
    assert len(of(unknown, "c-unmeasured")) == 1
    assert list(nothing) == []
