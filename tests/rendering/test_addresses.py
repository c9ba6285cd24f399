import pytest

from mailer.rendering.addresses import address, source


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://www.east-orbit.example/a?b=1#c", "east-orbit.example"),
        ("http://News.Example:8080/", "news.example"),
        ("https://user:secret@host.example/", "host.example"),
    ],
)
def test_a_reader_sees_the_host_of_a_link_and_nothing_else(url: str, seen: str) -> None:
    assert address(url) == url
    assert source(url) == seen


@pytest.mark.parametrize(
    "url",
    [
        *("", "/relative", "//host.example/a", "https://", "https://[broken"),
        *("javascript:alert(1)", "JAVASCRIPT://x.example/%0Aalert(1)", "data:text/html,x"),
        *("mailto:a@b.example", "ftp://host.example/"),
    ],
)
def test_only_web_addresses_stand_in_a_letter(url: str) -> None:
    assert address(url) == ""
    assert source(url) == ""
