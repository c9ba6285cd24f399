"""The quick answers about a letter's parts are those of the long way."""

from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.preflight import footer
from mailer.preflight.parts import Links
from mailer.preflight.reading import HIDDEN, Search, seen, solid

PIECES = [
    *("<!--", "-->", "<p>", "</p>", "<P ", "<div", "</div>", ">", "<", ' style="', '"', "\n", " ", "x"),
    *("display:none", "display : none", "DISPLAY:NONE", "display:block", "visibility:hidden", "İ", "'"),
    *(" hidden", " hidden ", " hidden>", "hidden=", '<p style="a>b;display:none">', "<span hidden>"),
    "</span>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_what_is_seen_is_what_the_pattern_leaves(html: str) -> None:
    assert seen(html) == HIDDEN.sub("", html)


@given(st.text("ab", min_size=20, max_size=200), st.lists(st.text("ab", min_size=1, max_size=7), max_size=12))
def test_what_is_sought_in_any_order_is_found_where_it_stands(text: str, words: list[str]) -> None:
    search = Search(text, near=8)
    assert [each in search for each in words] == [each in text for each in words]


@given(st.text("a&;</1 -", max_size=40), st.text("a&;</1-", min_size=1, max_size=4))
def test_an_address_is_found_as_if_all_references_were_resolved(said: str, words: str) -> None:
    body = f'<a href="{escape(said)}">'
    assert (words in Links(body)) == (words in solid(unescape(body)))


@pytest.mark.parametrize("address", ["1 Orbit Road", "Nowhere 7"])
@pytest.mark.parametrize("more", [0, 3, footer._FOOT, 3 * footer._FOOT])
def test_an_address_is_found_at_the_foot_and_anywhere_else(address: str, more: int) -> None:
    html = "<p>1 Orbit&#32;<br>Road</p>" + "<i>x</i>" * (more // 8)
    lines = [solid(address)]
    whole = solid(unescape(html))
    assert footer._stand_in(html, lines) == all(line in whole for line in lines)
