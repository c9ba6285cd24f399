import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.rendering.columns import COLUMNS, underlined, width, wrapped


def test_a_short_line_stays_as_it_is() -> None:
    assert wrapped("One line.\n\nAnother.") == "One line.\n\nAnother."


def test_no_line_is_wider_than_76_columns() -> None:
    lines = wrapped("word " * 100).split("\n")
    assert len(lines) == 7
    assert all(width(line) <= COLUMNS for line in lines)


def test_a_long_address_is_never_broken() -> None:
    address = "https://host.example/" + "a" * 100
    assert wrapped(f"See {address} for more") == f"See\n{address}\nfor more"


@pytest.mark.parametrize(
    ("opening", "hanging"), [("- ", "  "), ("12. ", "    "), ("  - ", "    "), ("> ", "> "), ("> - ", ">   ")]
)
def test_what_follows_a_bullet_hangs_under_its_text(opening: str, hanging: str) -> None:
    first, *rest = wrapped(opening + "word " * 40).split("\n")
    assert first.startswith(f"{opening}word")
    assert rest
    assert all(line.startswith(f"{hanging}word") for line in rest)


def test_chinese_is_as_wide_as_it_looks_and_needs_no_spaces() -> None:
    assert width("天宫") == 4
    lines = wrapped("天宫空间站将迎来首位外国访客" * 10).split("\n")
    assert [width(line) for line in lines[:-1]] == [COLUMNS] * (len(lines) - 1)


def test_no_line_begins_with_a_full_stop() -> None:
    lines = wrapped("天" * 38 + "。" + "地" * 50).split("\n")
    assert lines[1].startswith("天。地")


def test_marks_and_joined_emoji_take_no_room_of_their_own() -> None:
    assert width("e\u0301") == 1
    assert width("🧑‍💻") == width("⚠️") == 2


def test_an_underline_is_as_long_as_its_heading() -> None:
    assert underlined("Outlook", "=") == "Outlook\n======="
    assert underlined("展望", "-") == "展望\n----"


@given(st.text(alphabet=st.sampled_from("ab -.>1天。é🔺\u200d\n"), max_size=300))
def test_wrapping_loses_nothing_and_leaves_no_space_at_an_end(text: str) -> None:
    set_text = wrapped(text)
    assert [c for c in set_text if c not in " \n>"] == [c for c in text if c not in " \n>"]
    assert all(line == line.rstrip() for line in set_text.split("\n"))


@given(st.lists(st.integers(1, 90).map("w".__mul__), min_size=1, max_size=60))
def test_plain_words_wrap_as_any_wrapper_wraps_them(words: list[str]) -> None:
    line = " ".join(words)
    wrapper = textwrap.TextWrapper(COLUMNS, break_long_words=False, break_on_hyphens=False)
    assert wrapped(line) == "\n".join(wrapper.wrap(line))
