"""Every way to write a link, with its place."""

import pytest

from mailer.preflight.addresses import alike, is_private, links
from tests.preflight.cast import SOUND, a_matter

PROSE = "The committee in Vienna meets in spring. Expect a draft on debris."


@pytest.mark.parametrize(
    ("written", "urls"),
    [
        ("[a](https://x.example/a_(b)?c=d)", ["https://x.example/a_(b)?c=d"]),
        ('[a](<https://x.example/a b> "Title")', ["https://x.example/a b"]),
        ("<https://x.example/a>", ["https://x.example/a"]),
        ('<a href="https://x.example/a">a</a>', ["https://x.example/a"]),
        ("[![pic](https://x.example/p.png)](https://x.example/a)", ["https://x.example/a"]),
        ("[a][1] and\n\n[1]: https://x.example/a", ["https://x.example/a"]),
        ("[1]: https://x.example/unused", []),
        ("\\[a\\](https://x.example/a) `[a](https://x.example/a)`", []),
        ("```\n[a](https://x.example/a)\n```", []),
    ],
)
def test_links_of_prose_are_found(written: str, urls: list[str]) -> None:
    page = a_matter(SOUND.replace(PROSE, written)).page
    found = [link for link in links(page) if not link.of_story]
    assert [link.url for link in found] == urls
    for link in found:
        assert page.rows[link.place.line - 1][link.place.column - 1 :].startswith(link.url)


def test_the_links_of_stories_are_told_apart() -> None:
    page = a_matter().page
    assert [link.url for link in links(page) if link.of_story] == [s.url for s in page.document.stories]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://x.example/a", "http://www.x.example/a/?utm_source=b#c", True),
        ("https://x.example/a?id=1", "https://x.example/a?id=2", False),
        ("https://x.example:8443/a", "https://x.example/a", False),
        ("https://x.example/a", "https://x.example/A", False),
    ],
)
def test_what_one_page_is_called(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (alike(one) == alike(other)) is same


@pytest.mark.parametrize(
    "host", ["localhost", "10.1.2.3", "192.168.0.1", "::1", "fe80::1", "wiki", "nas.local"]
)
def test_hosts_of_ones_own_network(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", ["x.example", "8.8.8.8", "2606:4700::1111", "местный.рф"])
def test_hosts_of_the_world(host: str) -> None:
    assert not is_private(host)
