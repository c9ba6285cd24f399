"""Whatever an editor pastes becomes harmless HTML that an XML parser accepts."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mailer.manuscript import inline
from mailer.manuscript.inline import block_html, inline_html
from mailer.manuscript.plaintext import plain

ALLOWED = {
    "p",
    "em",
    "strong",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "br",
    "del",
    "s",
    "sub",
    "sup",
    "u",
}
scraps = st.sampled_from(
    [
        *(
            "<script>",
            "</title>",
            "<u>",
            "</b>",
            "<a href='https://a.example/'>",
            "<!-- x -->",
            "![",
            "]: https://a.example/",
        ),
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
        ("<script>alert(1)</script>So", "<p>&lt;script&gt;alert(1)&lt;/script&gt;So</p>"),
        ("So <img src=x onerror=alert(1)>it", "<p>So &lt;img src=x onerror=alert(1)&gt;it</p>"),
        ("[j](javascript:alert(1)) [d](data:text/html,x)", "<p>j d</p>"),
        ("[then](former) [r](/here)", "<p>[then](former) [r](/here)</p>"),
        ("[Update]: soon", "<p>[Update]: soon</p>"),
        ("[Source]: https://a.example/", "<p>[Source]: https://a.example/</p>"),
        ("See [it][1].\n\n[1]: https://a.example/", '<p>See <a href="https://a.example/">it</a>.</p>'),
        ("20261130. a", '<ol start="20261130">\n<li>a</li>\n</ol>'),
        ('<a href="JavaScript:x" onclick="y">w</a>', "<p>w</p>"),
        (
            "<b>bold</b>, <I>so</I>, H<sub>2</sub>O",
            "<p><strong>bold</strong>, <em>so</em>, H<sub>2</sub>O</p>",
        ),
        ("<b>bold <u>under</u>", "<p>&lt;b&gt;bold <u>under</u></p>"),
        ("*a <b>x* y</b>", "<p><em>a &lt;b&gt;x</em> y&lt;/b&gt;</p>"),
        ("<b>a <i>x</b> y</i>", "<p><strong>a &lt;i&gt;x</strong> y&lt;/i&gt;</p>"),
        ("<code>*x*</code></br>", "<p><code><em>x</em></code>&lt;/br&gt;</p>"),
        ("Use the <title> element\nwisely", "<p>Use the &lt;title&gt; element\nwisely</p>"),
        ("a <!-- note --> b <!-- c\n\nd", "<p>a  b &lt;!-- c</p>\n<p>d</p>"),
        ("<div>\n*a*\n\nb", "<p>&lt;div&gt;\n<em>a</em></p>\n<p>b</p>"),
        ("<?x y?><!X y><![CDATA[z]]>", "<p>&lt;?x y?&gt;&lt;!X y&gt;&lt;![CDATA[z]]&gt;</p>"),
        (
            "![the <title> *of* `it`](https://a.example/x.png)",
            "<p>the &lt;title&gt; <em>of</em> <code>it</code></p>",
        ),
    ],
)
def test_markdown_becomes_just_this_html(markdown: str, html: str) -> None:
    assert block_html(markdown) == html


def test_a_line_has_no_paragraph_around_it() -> None:
    assert inline_html("It *flew*, says [Roscosmos](https://r.example/)") == (
        'It <em>flew</em>, says <a href="https://r.example/">Roscosmos</a>'
    )


def test_a_line_keeps_no_block_that_would_break_its_place() -> None:
    assert inline_html("a <p>b</p> <td>d") == "a &lt;p&gt;b&lt;/p&gt; &lt;td&gt;d"


@pytest.mark.parametrize(
    "tag", ["<script>", "<style>", "<svg>", "<textarea>", "<title>", "<!--", "<p", "<select>"]
)
def test_nothing_after_a_stray_tag_is_lost(tag: str) -> None:
    typed = tag.replace("<", "&lt;").replace(">", "&gt;")
    assert (
        block_html(f"Before {tag} after.\n\nThe rest.") == f"<p>Before {typed} after.</p>\n<p>The rest.</p>"
    )
    assert block_html(f"{tag}\nAfter.\n\nThe rest.") == f"<p>{typed}\nAfter.</p>\n<p>The rest.</p>"


# Marks between words, which hold none themselves.
MARKS = (
    *(
        "<script>",
        "</script>",
        "<style>",
        "<svg/onload=x>",
        "<title>",
        "<textarea>",
        "<plaintext>",
        "<!--",
        "<?",
    ),
    *("<b>", "</b>", "<em>", "</em>", "<a href='https://a.example/'>", "</a>", "<a>", "<br>", "</p>", "<li>"),
    *("*", "**", "_", "`", "[", "]", "](https://b.example/)", "](javascript:x)", "](", ")", "![", "]:"),
    *(
        "\n",
        "\n\n",
        "\n- ",
        "\n> ",
        "\n1. ",
        "\n## ",
        "\n```\n",
        "\n---\n",
        "\n[",
        "]: https://c.example/\n",
        "&",
        "<",
        ">",
    ),
)


@given(st.lists(st.sampled_from(MARKS), max_size=14))
def test_every_word_reaches_the_reader_in_order(marks: list[str]) -> None:
    markdown = "w0w " + " ".join(f"{mark} w{number}w" for number, mark in enumerate(marks, 1))
    words = re.findall(r"w\d+w", markdown)
    html, (text, _) = block_html(markdown), plain(markdown)
    assert re.findall(r"w\d+w", "".join(ET.fromstring(f"<body>{html}</body>").itertext())) == words  # noqa: S314 - our own output is what is examined
    assert re.findall(r"w\d+w", text) == words


@given(st.lists(scraps, max_size=12).map("".join) | st.text())
def test_any_text_becomes_well_formed_and_harmless(markdown: str) -> None:
    for html in (block_html(markdown), inline_html(markdown)):
        tree = ET.fromstring(f"<body>{html}</body>")  # noqa: S314 - our own output is what is examined
        assert {element.tag for element in tree.iter()} - {"body"} <= ALLOWED
        for element in tree.iter():
            assert set(element.keys()) <= {"a": {"href"}, "ol": {"start"}}.get(element.tag, set())
            assert re.match(r"https?:|mailto:", element.get("href", "https:"), re.IGNORECASE)


@given(st.text(st.one_of(st.sampled_from("ab .,:;!?'\"-+=#~|@/()%$^{}1\u00a0\u2028"), st.characters())))
@example("see https://x.example, or write to a@x.example")
@example("one - two + three = 4) and 5. #six")
def test_words_alone_read_as_all_markdown_is_read(words: str) -> None:
    assume(inline.words_alone(words))
    read = inline._sanitised(inline._MARKDOWN.render(words), inline._WORDS | inline._BLOCKS).strip()
    assert block_html(words) == read
    assert plain(words) == (words, ())


@given(
    st.lists(
        st.sampled_from(
            ["a ", "&amp;", "\u00a0", "&lt;", '"', "*b*", "`c`", "\n", "\n\n", "- ", "<sup>", "> "]
        )
    )
)
def test_what_is_xml_as_it_stands_is_what_the_xml_writer_writes(pieces: list[str]) -> None:
    html = block_html("".join(pieces))
    writer = inline._XmlWriter()
    writer.feed(html)
    writer.close()
    assert "".join(writer.written) == html
