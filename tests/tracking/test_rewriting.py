"""What a counted letter carries, and that nothing else of it changes."""

import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.rendering.sets import render_sets
from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK, TOKEN_MARK, Reading
from mailer.tallies.links import hrefs, is_canary, links_in
from mailer.tracking.rewriting import Rewriting, canary
from tests.matrix.conftest import DOCUMENT, LOOK

BASE = "https://news.example"
OWN, THEIRS = Rewriting(BASE, own=True), Rewriting(BASE, own=False)
OURS = re.compile(rf"{BASE}/c/{TOKEN_MARK}/(\d+)")


class Page(HTMLParser):
    """What a browser finds in HTML: tags with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        # Of two attributes of one name the first holds good.
        self.tags.append((tag, dict(reversed(attributes))))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def restored(html: str, links: tuple[str, ...]) -> Page:
    """Return a counted letter's page, with the links that its own lead to."""
    page = Page(html)
    for _, attributes in page.tags:
        if (href := attributes.get("href")) and (found := OURS.fullmatch(href)):
            attributes["href"] = links[int(found[1])]
    return page


def a_letter() -> str:
    reading = Reading()
    return render_sets(DOCUMENT, LOOK, [reading])[reading].html


def test_every_link_of_a_letter_comes_back_by_its_number_and_nothing_else_changes() -> None:
    html = a_letter()
    links = links_in(html)
    assert len(links) == 3
    counted = OWN.of(html)
    assert {int(place) for place in OURS.findall(counted)} == set(range(len(links)))
    before, after = Page(html), restored(counted, links)
    assert after.tags[:-2] == before.tags
    assert "".join(after.words) == "".join(before.words)


ADDRESSES = st.sampled_from(
    [
        "https://a.example/one",
        "https://a.example/one?a=1&b=2#c",
        "http://b.example/",
        'HTTPS://C.example/Ü/%2F?q="quoted"\'',
        "https://d.example/" + "x" * 3000,
        "mailto:ed@news.example",
        "#top",
        "/relative",
        "javascript:alert(1)",
        LEAVE_MARK,
        PREFERENCES_MARK,
        f"https://e.example/?then={LEAVE_MARK}",
        "",
    ]
)


@st.composite
def anchors(draw: st.DrawFn) -> str:
    """Draw a link as templates may write it."""
    url = draw(ADDRESSES)
    before = draw(
        st.sampled_from(
            ["", 'class="link" ', "title='a > b' ", 'data-href="https://no.example/" ', "hidden ", "\n  "]
        )
    )
    after = draw(
        st.sampled_from(["", ' style="color:#0b4f8a"', " target=_blank", ' href="https://second.example/"'])
    )
    name = draw(st.sampled_from(["href", "HREF", "href ", "Href"]))
    quote = draw(st.sampled_from(['"', "'"]))
    exempt = draw(st.sampled_from(["", "", "", 'clicktracking="off" ', "clicktracking=off "]))
    tag = draw(st.sampled_from(["a", "A"]))
    return f"<{tag} {exempt}{before}{name}={quote}{escape(url)}{quote}{after}>words &amp; more</{tag}>"


TEXTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "words",
        "&lt;a href=&quot;https://no.example/&quot;&gt;",
        "<!-- a remark -->",
        "é 发 🌐",
        "\n",
    ]
)


@given(st.lists(st.one_of(anchors(), TEXTS), max_size=12), st.sampled_from(["", "<html><body>"]))
def test_whatever_stands_in_a_template_only_its_web_links_change(parts: list[str], page: str) -> None:
    html = page + "".join(parts) + ("</body></html>" if page else "")
    links = links_in(html)
    assert len(set(links)) == len(links)
    counted = OWN.of(html)
    if not html:
        assert counted == ""
        return
    before, after = Page(html), restored(counted, links)
    # At its end, the link that nobody sees and the picture.
    unseen, picture = after.tags[-2:]
    assert after.tags[:-2] == before.tags
    assert "".join(after.words) == "".join(before.words)
    assert unseen[1]["href"] == f"{BASE}/c/{TOKEN_MARK}/x"
    assert picture[1]["src"] == f"{BASE}/o/{TOKEN_MARK}"
    for tag, attributes in Page(counted).tags:
        href = attributes.get("href") or ""
        if tag == "a" and href.lower().startswith("http") and attributes.get("clicktracking") != "off":
            assert href.startswith(f"{BASE}/c/") or LEAVE_MARK in href
    # What stands outside the addresses is the same, octet for octet.
    place, done = 0, 0
    for link in hrefs(html):
        between = html[done : link.start]
        assert counted.startswith(between, place)
        ours = OURS.match(counted, place + len(between))
        assert ours is not None
        assert links[int(ours[1])] == link.url
        place, done = ours.end(), link.end
    end = html[done:].partition("</body>")
    assert counted.startswith(end[0], place)
    assert counted.endswith("".join(end[1:]))


def test_what_nobody_sees_is_hidden_from_the_keyboard_and_from_screen_readers_too() -> None:
    for rewriting in (OWN, THEIRS):
        [unseen] = [
            attributes
            for tag, attributes in Page(rewriting.of("<html><body><p>Hi</p></body></html>")).tags
            if tag == "a"
        ]
        assert unseen["style"] == "display:none"
        assert (unseen["aria-hidden"], unseen["tabindex"]) == ("true", "-1")


def test_the_picture_says_nothing_and_takes_no_room() -> None:
    [picture] = [attributes for tag, attributes in Page(OWN.of("<body>x</body>")).tags if tag == "img"]
    assert (picture["alt"], picture["width"], picture["height"]) == ("", "1", "1")


def test_all_of_it_stands_before_the_end_of_the_page() -> None:
    counted = OWN.of("<html><body>Read &lt;/body&gt;</BODY ></html>")
    assert counted.startswith("<html><body>Read &lt;/body&gt;<a ")
    assert counted.endswith("</BODY ></html>")


def test_beside_a_transport_that_counts_there_is_the_unseen_link_alone() -> None:
    html = a_letter()
    counted = THEIRS.of(html)
    [added] = [url for url in links_in(counted) if url not in links_in(html)]
    assert added == canary(BASE)
    assert is_canary(added)
    assert links_in(counted)[:-1] == links_in(html)
    assert TOKEN_MARK not in counted
    assert counted.count("<img") == html.count("<img")


@pytest.mark.parametrize("rewriting", [OWN, THEIRS])
def test_no_letter_stays_none(rewriting: Rewriting) -> None:
    assert rewriting.of("") == ""


def test_links_in_what_outlook_alone_reads_are_counted_too() -> None:
    html = '<!--[if mso]><a href="https://a.example/">a</a><![endif]--><a href="https://a.example/">a</a>'
    assert OWN.of(html).count(f"{BASE}/c/{TOKEN_MARK}/0") == 2


def test_an_address_is_known_as_a_browser_reads_it() -> None:
    html = """<a href=" https://a.example/?a=1&amp;b=2
 ">a</a><a href=https://b.example/c>b</a><area href='https://d.example/'>"""
    assert links_in(html) == ("https://a.example/?a=1&b=2", "https://b.example/c", "https://d.example/")
