import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.archive import words as module
from mailer.archive.words import line, links, pictures, prose, words

NAME = f"{'a' * 32}-1072x603.jpg"


def test_prose_is_harmless_html() -> None:
    assert prose("One.\n\n<script>x</script> **Two**") == (
        "<p>One.</p>\n<p>&lt;script&gt;x&lt;/script&gt; <strong>Two</strong></p>"
    )
    assert line("A [page](https://a.example)") == 'A <a href="https://a.example">page</a>'


def test_pictures_are_found_where_they_are_kept() -> None:
    shown = 'alt="A dish" width="1072" height="603" loading="lazy">'
    assert prose(f"![A dish](picture:{NAME})") == f'<p><img src="/pictures/{NAME}" {shown}</p>'
    assert f'src="https://news.example/pictures/{NAME}"' in prose(
        f"![A dish](picture:{NAME})", "https://news.example"
    )
    assert prose("![A dish](https://elsewhere.example/a.jpg)") == "<p>A dish</p>"


def test_words_are_what_is_read() -> None:
    assert words("A [page](https://a.example) &\n**more**\n\n- one\n- two") == "A page & more one two"
    assert words("") == ""


PARTS = st.one_of(
    st.sampled_from(list("aBé月1 \n*_`!.'-#\\[]()")),
    st.sampled_from(["  ", "\n\n", "**", "&amp;", "<b>", "**d**", "](https://x.example)"]),
    st.sampled_from(["[a](https://a.example/b_c)", "[b c](https://a.example/*)"]),
)


@given(st.lists(PARTS, max_size=14).map("".join))
def test_the_short_way_to_words_says_what_the_long_one_does(markdown: str) -> None:
    never = re.compile(r"(?!)")
    short = words.__wrapped__(markdown)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "words_alone", lambda text: never.match(text) is not None)
        assert short == words.__wrapped__(markdown)


def test_most_summaries_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "block_html", lambda _: pytest.fail("set as HTML"))
    text = "The [rocket](https://a.example/a_b) flew from **Wenchang**.\n\nTwice, they said."
    assert words(text) == "The rocket flew from Wenchang. Twice, they said."


def test_links_and_pictures_are_named_as_they_are() -> None:
    text = f"A [page](https://a.example/?a&b) ![“A” dish](picture:{NAME}) [again](https://a.example/?a&b)"
    assert links(text) == {"https://a.example/?a&b"}
    assert pictures(text) == ((NAME, "“A” dish"),)
