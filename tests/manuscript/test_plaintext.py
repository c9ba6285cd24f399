"""The words of an edition without its marks, and its links by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.plaintext import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It *flew* **well** & <b>far</b>.", "It flew well & far."),
        ("One\nline.\n\nTwo.", "One line.\n\nTwo."),
        ("one  \ntwo", "one\ntwo"),
        ("Before:\n\n- a\n- b\n\nAfter", "Before:\n\n- a\n- b\n\nAfter"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n\n  more\n- b\n  1. c", "- a\n  more\n- b\n  1. c"),
        ("> said\n\nso", "> said\n\nso"),
        ("```\na\n  b\n```", "a\n  b"),
        ("### Sub\nText", "Sub\n\nText"),
        ("Use the <title> element wisely", "Use the <title> element wisely"),
        ("So <script>x</script>\n\nthe rest", "So <script>x</script>\n\nthe rest"),
        ("10<sup>-6</sup> m, the 1<sup>st</sup> H<sub>2</sub>O", "10⁻⁶ m, the 1st H2O"),
        ("", ""),
    ],
)
def test_words_are_set_as_one_would_type_them(markdown: str, text: str) -> None:
    assert plain(markdown) == (text, ())


def test_links_are_numbered_in_order() -> None:
    text, links = plain("See [one](https://a.example/1) and [two](https://a.example/2).")
    assert text == "See one [1] and two [2]."
    assert links == ("https://a.example/1", "https://a.example/2")


def test_numbers_go_on_from_the_links_there_were_and_none_is_numbered_twice() -> None:
    text, links = plain("[b](https://b.example/) [a](https://a.example/)", ("https://a.example/",))
    assert text == "b [2] a [1]"
    assert links == ("https://a.example/", "https://b.example/")


@given(st.text("ab *_-#>1.\n[](){}<>&;:/\\`~ \t", max_size=80) | st.text())
def test_any_text_becomes_words(markdown: str) -> None:
    text, links = plain(markdown)
    assert text == text.strip("\n")
    assert all(f"[{number}]" in text for number in range(1, len(links) + 1))
