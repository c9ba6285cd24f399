"""What is written into addresses and forms is taken as the number it is, or as none."""

import pytest

from mailer.typed import LARGEST, whole


@pytest.mark.parametrize(
    "written", ["", "0", "-1", "1.5", "1e3", " 1", "+1", "٣", "²", "x", "9" * 19, "9" * 5_000]
)
def test_what_no_column_could_hold_is_none(written: str) -> None:
    assert whole(written) is None


def test_the_largest_is_the_last() -> None:
    assert (whole("1"), whole("007"), whole(str(LARGEST))) == (1, 7, LARGEST)
    assert whole(str(LARGEST + 1)) is None
    assert (whole("12", largest=12), whole("13", largest=12)) == (12, None)
