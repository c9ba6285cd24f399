"""What may stand in a condition."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.segments import values
from subscribers.segments.conditions import SegmentError


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10))
def test_a_number_is_the_same_however_it_was_written(exact: Decimal) -> None:
    number = values.number(exact)
    assert Decimal(repr(number)) == exact
    assert values.word(values.plain(exact)) == number
    assert isinstance(number, int) is (exact == int(exact))


@given(st.floats())
def test_a_number_of_more_than_15_digits_is_none(number: float) -> None:
    try:
        taken = values.number(number)
    except SegmentError:
        return
    assert taken == number
    assert sum(map(str.isdigit, values.plain(Decimal(repr(taken))))) <= 15


@pytest.mark.parametrize(
    "text", ["1e5", "0x1F", "1_000", "+3", "007", "NaN", "Infinity", "１２", ".5", "5.", "--1"]
)
def test_what_json_would_not_write_as_a_plain_number_is_text(text: str) -> None:
    assert values.word(text) == text


def test_an_error_never_shows_more_than_a_line() -> None:
    for check in (values.interest, values.status, values.domain, values.ending, values.locale, values.day):
        with pytest.raises(SegmentError) as raised:
            check("\n\x1b[2J" + "x" * 10_000)
        assert len(str(raised.value)) < 200
        assert str(raised.value).isprintable()


def test_a_domain_is_no_address_and_no_part_of_one() -> None:
    for text in (
        "",
        "ada@gmail.com",
        "gmail",
        "-x.com",
        "a b.com",
        "[127.0.0.1]",
        f"{'x' * 300}.com",
        "\ud800.de",
    ):
        with pytest.raises(SegmentError, match=r"is no domain such as gmail\.com"):
            values.domain(text)
