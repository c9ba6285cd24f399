"""The links of a letter that are counted: to the web, the same for all readers, each once."""

import pytest

from mailer.rendering.values import MARKS
from mailer.tallies.links import hrefs, is_canary, link_key, links_in


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="https://a.example/">A</a><a href="https://a.example/">again</a>', ["https://a.example/"]),
        ("<A HREF='http://a.example/?x=1&amp;y=2'>A</A>", ["http://a.example/?x=1&y=2"]),
        ('<a href="https://a.example/" clicktracking="off">A</a>', []),
        ('<a clicktracking=OFF href="https://a.example/">A</a>', []),
        ('<a href="mailto:ed@a.example">A</a><a href="#top">B</a><a>C</a>', []),
        (f'<a href="https://a.example/{MARKS[0]}">one reader\'s own</a>', []),
        ('<a title="a > b" href="https://a.example/">A</a>', ["https://a.example/"]),
        ('<a data-href="https://b.example/" href="https://a.example/">A</a>', ["https://a.example/"]),
        ('<!--[if mso]><a href="https://o.example/">A</a><![endif]-->', ["https://o.example/"]),
        ('<area href="https://map.example/"><abbr href="https://b.example/">', ["https://map.example/"]),
        ('<a href=" https://a.example/\n2 ">A</a>', ["https://a.example/2"]),
    ],
)
def test_what_is_counted(html: str, links: list[str]) -> None:
    assert list(links_in(html)) == links


def test_each_says_where_it_stands() -> None:
    html = '<p><a href="https://a.example/?a=1&amp;b=2">A</a> <a href=https://b.example/>B</a></p>'
    assert [html[each.start : each.end] for each in hrefs(html)] == [
        "https://a.example/?a=1&amp;b=2",
        "https://b.example/",
    ]


def test_a_key_is_short_however_long_the_link_and_the_canary_is_known_by_its_end() -> None:
    assert len(link_key("https://a.example/" + "x" * 9000)) == 32
    assert link_key("") == ""
    assert is_canary("https://news.example/c/unseen")
    assert not is_canary("https://news.example/c/unseen/2")
