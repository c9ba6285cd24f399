"""Whatever an editor pastes becomes harmless HTML that an XML parser accepts."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.inline import block_html, inline_html

ALLOWED = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre", "br"}
scraps = st.sampled_from(
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=x>", "<td onclick=x>"),
        *(
            "<a href='javascript:x'>",
            "<a href=\"https://a.example\" style='x'>",
            "</a>",
            "[x](java\tscript:y)",
        ),
        *(
            "<b>",
            "<p",
            "<style>",
            "<math>",
            "<ol start=x>",
            "<br>",
            "<!--",
            "-->",
            "<![CDATA[",
            "&nbsp;",
            "&#0;",
        ),
        *(
            "[x](https://a.example/?a=1&b=<2>)",
            "**",
            "_",
            "`",
            "\n",
            "\n\n",
            "- ",
            "> ",
            "1. ",
            "# ",
            "words",
        ),
        *("&", "\x00", "\x0c", "\ufffe"),
    ]
)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("It *flew* **well**.", "<p>It <em>flew</em> <strong>well</strong>.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("[a](https://a.example/?x=1&y=2)", '<p><a href="https://a.example/?x=1&amp;y=2">a</a></p>'),
        ("<mailto:desk@a.example>", '<p><a href="mailto:desk@a.example">mailto:desk@a.example</a></p>'),
        ("one  \ntwo<br>three", "<p>one<br />\ntwo<br />three</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("4. a", '<ol start="4">\n<li>a</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("`code`", "<p><code>code</code></p>"),
        ("    indented", "<p>indented</p>"),
        ("### Sub\nText", "<p><strong>Sub</strong></p>\n<p>Text</p>"),
        ('‘It’s’ "so" -- ...', '<p>‘It’s’ "so" -- ...</p>'),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("a&nbsp;b", "<p>a\u00a0b</p>"),
        ("![a dish](https://a.example/x.png)", "<p>a dish</p>"),
        ("<script>alert(1)</script>So", "So"),
        ("So <img src=x onerror=alert(1)>it", "<p>So it</p>"),
        ("[j](javascript:alert(1)) [d](data:text/html,x) [r](/here)", "<p>j d r</p>"),
        ('<a href="JavaScript:x" onclick="y">w</a>', "<p>w</p>"),
        ("<b>bold <u>under", "<p>bold under</p>"),
    ],
)
def test_markdown_becomes_just_this_html(markdown: str, html: str) -> None:
    assert block_html(markdown) == html


def test_a_line_has_no_paragraph_around_it() -> None:
    assert inline_html("It *flew*, says [Roscosmos](https://r.example/)") == (
        'It <em>flew</em>, says <a href="https://r.example/">Roscosmos</a>'
    )


def test_a_line_keeps_no_block_that_would_break_its_place() -> None:
    assert inline_html("a <p>b</p> <div>c</div> <td>d") == "a b c d"


@given(st.lists(scraps, max_size=12).map("".join) | st.text())
def test_any_text_becomes_well_formed_and_harmless(markdown: str) -> None:
    for html in (block_html(markdown), inline_html(markdown)):
        tree = ET.fromstring(f"<body>{html}</body>")  # noqa: S314 - our own output is what is examined
        assert {element.tag for element in tree.iter()} - {"body"} <= ALLOWED
        for element in tree.iter():
            assert set(element.keys()) <= {"a": {"href"}, "ol": {"start"}}.get(element.tag, set())
            assert re.match(r"https?:|mailto:", element.get("href", "https:"), re.IGNORECASE)
