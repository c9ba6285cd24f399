from collections.abc import Iterator

import pytest

from mailer.archive import typesetting
from mailer.archive.typesetting import broken, plain, runs, shortened, width


@pytest.fixture(autouse=True)
def every_letter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lines are laid out the same whatever fonts a machine has: here Pillow's own takes every letter."""
    monkeypatch.setattr(typesetting, "_font_of", lambda _: len(typesetting.SERIFS))
    monkeypatch.setattr(typesetting, "_has", lambda *_: True)
    for known in (plain, runs):
        known.cache_clear()
    yield
    for known in (plain, runs):
        known.cache_clear()


def laid(text: str) -> list[str]:
    """Return the runs of a line from left to right."""
    return [run.text for run in runs(text, 24)]


@pytest.mark.parametrize(
    ("text", "from_left"),
    [
        ("Starship 5 lands", ["Starship 5 lands"]),
        ("إطلاق Starship 5 من تكساس", [" من تكساس", "Starship 5", "إطلاق "]),
        ("رحلة 7 (تأخير)", ["رحلة 7 (تأخير)"]),
        ("On نشرة today", ["On ", "نشرة", " today"]),
        # A sign between two that run the other way than the line stays with them.
        ("On نشرة، الفضاء today", ["On ", "نشرة، الفضاء", " today"]),
        # One at the edge runs as the line does.
        ("إطلاق Starship!", ["!", "Starship", "إطلاق "]),
        ("1 December 2026", ["1 December 2026"]),
        ("", []),
    ],
)
def test_words_of_the_other_direction_keep_their_order(text: str, from_left: list[str]) -> None:
    assert laid(text) == from_left


def test_a_run_says_which_way_it_runs() -> None:
    assert [run.way for run in runs("إطلاق Starship", 24)] == ["ltr", "rtl"]


def test_lines_fit_the_column_and_lose_nothing() -> None:
    for text in (
        "one two three " * 9,
        "W" * 90,
        f"a {'W' * 90} b",
        "谁在月球上建造，谁在聆听，谁在付钱？" * 3,
    ):
        lines = broken(text, 24, 300)
        assert all(width(line, 24) <= 300 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert broken("", 24, 300) == []


def test_a_word_is_broken_only_where_it_is_longer_than_the_column() -> None:
    assert broken("one Wwwwwwwwwwww two", 24, 240) == ["one", "Wwwwwwwwwwww", "two"]


def test_a_line_of_chinese_begins_with_no_comma() -> None:
    assert not any(line.startswith("，") for line in broken("建造，" * 40, 24, 300))


def test_what_goes_on_says_so() -> None:
    assert shortened("short", 24, 300) == "short"
    cut = shortened("long " * 40, 24, 300)
    assert cut.endswith("…")
    assert width(cut, 24) <= 300


def test_text_is_one_line_of_a_bounded_length() -> None:
    assert plain("  a\n b ") == "a b"
    assert len(plain("x" * 9_999)) == 400
