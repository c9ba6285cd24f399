import pytest

from subscribers import names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Nina Okafor ", "Nina Okafor"),
        ("", ""),
        ("Zoe\u0308", "Zoë"),
        ("李 薇", "李 薇"),
        ("O'Brien, Jr.", "O'Brien, Jr."),
    ],
)
def test_a_name_is_trimmed_and_composed(text: str, name: str) -> None:
    assert names.parse(text) == name


@pytest.mark.parametrize(
    "text", ["Nina\nBcc: x@example.org", "Nina\r", "Ni\x00na", "Ni\x85na", "Ni\u2028na", "\x1b[2JNina x"]
)
def test_a_name_that_could_begin_a_header_is_refused(text: str) -> None:
    with pytest.raises(names.NameTextError, match="control character"):
        names.parse(f"x{text}x")


def test_a_name_has_at_most_200_characters() -> None:
    assert names.parse("x" * 200)
    with pytest.raises(names.NameTextError, match="longer than 200"):
        names.parse("x" * 201)


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_name_cannot_turn_the_direction_of_what_follows(mark: str) -> None:
    with pytest.raises(names.NameTextError, match="direction of writing"):
        names.parse(f"Ni{mark}na")


@pytest.mark.parametrize("name", ["علی رضا", "می‌خواهم", "דנה", "Nina \u200fעברית\u200f 2"])
def test_a_name_may_be_written_from_right_to_left(name: str) -> None:
    assert names.parse(name) == name
