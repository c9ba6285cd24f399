import pytest

from tests.subscribers.csvfiles.cast import TOPICS


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("china", [1]),
        (" China ; africa", [1, 4]),
        ("china,africa|south asia", [1, 4, 8]),
        ("SOUTH-ASIA\nrussia", [8, 2]),
        ('"china","africa"', [1, 4]),
        ("Law, policy", [16]),
        ("", []),
        (" ; ,", []),
        ("china;venus", [1, None]),
        ("mars", [None]),
    ],
)
def test_a_cell_is_taken_apart(text: str, bits: list[int | None]) -> None:
    assert [bit for _, bit in TOPICS.split(text)] == bits


def test_an_unknown_word_is_told_what_there_is_and_an_address_is_not_repeated() -> None:
    assert TOPICS.unknown("venus") == (
        "“venus” is no interest of space-digest: china, russia, africa, south-asia, law"
    )
    assert "nina" not in TOPICS.unknown("nina@example.org")
