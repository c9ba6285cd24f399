from html import unescape
from urllib.parse import unquote

import pytest

from mailer.rendering.marks import defused, defused_address, defused_html
from mailer.rendering.values import MARKS

FORMS = [defused, defused_html, defused_address]


@pytest.mark.parametrize("mark", MARKS)
def test_text_from_outside_holds_no_mark(mark: str) -> None:
    for form in FORMS:
        assert mark not in form(f"before{mark}{mark[1:]}{mark}after")


def test_what_is_defused_still_says_the_same() -> None:
    mark = MARKS[0]
    assert unescape(defused_html(f"a {mark} b")) == f"a {mark} b"
    assert unquote(defused_address(f"https://a.example/{mark}")) == f"https://a.example/{mark}"
    assert len(defused(mark)) == len(mark)
    assert [form("nothing to see") for form in FORMS] == ["nothing to see"] * 3


def test_no_mark_is_the_beginning_of_another() -> None:
    assert not [(a, b) for a in MARKS for b in MARKS if a is not b and b.startswith(a)]
