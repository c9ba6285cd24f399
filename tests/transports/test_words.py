"""A transport's words, in the form that may be kept."""

import pytest

from mailer.transports.words import without_addresses


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <ada@x.example>: unknown", "550 5.1.1 <…>: unknown"),
        ("to=ada@x.example, from=bo@x.example", "…, …"),
        ("two\r\n lines\tof words", "two lines of words"),
        ("a\0b \ud800", "ab ?"),
    ],
)
def test_no_address_is_kept(said: str, kept: str) -> None:
    assert without_addresses(said) == kept
