"""The inbox: each letter as its reader would see it, and nothing that could do harm."""

import re
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from mailer.sandbox.application import Sandbox
from mailer.sandbox.inbox import PAGE
from tests.sandbox.cast import Client, Letter, Product, Start


def look(url: str) -> tuple[str, Any]:
    with urlopen(url, timeout=20) as response:  # noqa: S310 - our own server
        return response.read().decode(), response.headers


@pytest.fixture
def sandbox(start: Start) -> Sandbox:
    return start()


@pytest.fixture
def sent(sandbox: Sandbox, client: Client, letter: Letter) -> Callable[..., str]:
    """Return what sends a letter and gives the address of its first copy."""

    def send(*addresses: str, **changes: object) -> str:
        response = client(sandbox.url).client.mail.send.post(request_body=letter(*addresses, **changes))
        return f"{sandbox.url}/letters/{response.headers['X-Message-Id']}/0"

    return send


def test_an_empty_inbox_says_so(sandbox: Sandbox) -> None:
    page, _ = look(sandbox.url)
    assert "No letter has come yet" in page
    assert "Nothing leaves this machine." in page


def test_the_list_shows_the_newest_first_a_page_at_a_time(sandbox: Sandbox, sent: Callable[..., str]) -> None:
    sent(*(f"reader{number:03}@example.org" for number in range(PAGE + 3)))
    page, _ = look(sandbox.url)
    shown = re.findall(r"reader(\d{3})@", page)
    assert f"{PAGE + 3} letters accepted" in page
    assert shown == [f"{number:03}" for number in range(PAGE + 2, 2, -1)]
    older = re.search(r'href="(/\?before=\d+)"', page)
    assert older
    rest, _ = look(sandbox.url + older[1])
    assert re.findall(r"reader(\d{3})@", rest) == ["002", "001", "000"]


def test_a_letter_is_found_by_a_part_of_its_address(sandbox: Sandbox, sent: Callable[..., str]) -> None:
    sent("amina@example.org", "li@example.org")
    page, _ = look(f"{sandbox.url}/?address=AMINA")
    assert "amina@example.org" in page
    assert "li@example.org" not in page
    nothing, _ = look(f"{sandbox.url}/?address={quote('<script>')}")
    assert "0 letters" in nothing
    assert "<script>" not in nothing


def test_a_letter_is_shown_with_its_headers_and_both_its_forms(sent: Callable[..., str]) -> None:
    url = sent("amina@example.org", headers={"X-Edition": "7"})
    page, _ = look(url)
    assert all(
        part in page for part in ("Space this week", "amina@example.org", "X-Edition", "iframe", "w600")
    )
    assert 'class="w375"' in look(f"{url}?width=375")[0]
    assert "Plain news" in look(f"{url}?show=text")[0]


def test_the_letters_own_document_is_what_was_sent_but_for_where_links_open(sent: Callable[..., str]) -> None:
    html = "<!doctype html><html><head><title>x</title></head><body>-name- <script>x()</script></body></html>"
    personal = [{"to": [{"email": "amina@example.org"}], "substitutions": {"-name-": "Amina"}}]
    url = sent(content=[{"type": "text/html", "value": html}], personalizations=personal)
    document, headers = look(f"{url}/html")
    assert document == html.replace("-name-", "Amina").replace("<head>", '<head><base target="_blank">')
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data: https:;")
    assert "sandbox allow-popups" in policy
    assert "script" not in policy


def test_text_alone_is_shown_as_text(sent: Callable[..., str]) -> None:
    url = sent(content=[{"type": "text/plain", "value": "<b>News</b> (https://news.example/one?a=1&b=2)."}])
    page, _ = look(url)
    assert "iframe" not in page
    assert "&lt;b&gt;News&lt;/b&gt;" in page
    assert '(<a href="https://news.example/one?a=1&amp;b=2" ' in page
    assert "https://news.example/one?a=1&amp;b=2</a>)." in page
    with pytest.raises(HTTPError, match="404"):
        look(f"{url}/html")


def test_every_page_is_locked_down_and_stays_unstored(sandbox: Sandbox, sent: Callable[..., str]) -> None:
    url = sent()
    for address in (
        sandbox.url,
        url,
        f"{url}/html",
        f"{sandbox.url}/sandbox.css",
        f"{sandbox.url}/sandbox/ledger.json",
    ):
        headers = look(address)[1]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_what_happened_is_told_in_words(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook")
    body = letter("machine@example.org", "block@example.org")
    message_id = client(sandbox.url).client.mail.send.post(request_body=body).headers["X-Message-Id"]
    product.wait(lambda: product.events("open") and product.events("bounce"))
    opened, _ = look(f"{sandbox.url}/letters/{message_id}/0")
    blocked, _ = look(f"{sandbox.url}/letters/{message_id}/1")
    assert "Opened by a machine" in opened
    assert "Blocked" in blocked
    assert "Bounced" not in blocked


@pytest.mark.parametrize("path", ["/nowhere", "/letters/nothing/0", "/letters/nothing/0/html"])
def test_what_is_not_there_is_a_404(sandbox: Sandbox, path: str) -> None:
    with pytest.raises(HTTPError) as missing:
        look(sandbox.url + path)
    assert missing.value.code == 404
    assert "no such letter" in missing.value.read().decode()
    missing.value.close()


@pytest.mark.parametrize("asked", ["-1", "-99999999999999999999999999", "99999999999999999999999999"])
@pytest.mark.parametrize("path", ["/?before=", "/sandbox/ledger.json?after="])
def test_a_place_beyond_all_places_is_an_answer_and_no_failure(
    sandbox: Sandbox, path: str, asked: str
) -> None:
    look(sandbox.url + path + asked)
