import contextlib

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mailer.web.headers import SecurityHeaders
from subscribers import tokens
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

PATHS = ["/", "/healthz", "/nowhere", "/u/x", "/preferences/x", "/static/public.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_what_it_does_not_need(path: str) -> None:
    with contextlib.closing(Client().get(path)) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


def test_a_readers_own_pages_stay_out_of_caches_and_search_engines() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    there = [f"/u/{tokens.make('leave', nina.pk)}", f"/preferences/{tokens.make('preferences', nina.pk)}"]
    client = Client()
    for answer in (
        *map(client.get, there),
        *map(client.post, there),
        client.put(there[0]),
        client.get("/u/x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_front_page_may_be_found_and_kept() -> None:
    headers = Client().get("/").headers
    assert "X-Robots-Tag" not in headers
    assert "Cache-Control" not in headers


def test_pages_need_nothing_that_the_policy_forbids() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    for path in (
        "/",
        f"/u/{tokens.make('leave', nina.pk)}",
        f"/preferences/{tokens.make('preferences', nina.pk)}",
    ):
        written = Client().get(path).content.decode()
        for forbidden in ("<script", "<style", "style=", "onclick", "http://", "https://"):
            assert forbidden not in written


def test_who_asks_for_the_head_alone_gets_the_headers_and_no_body() -> None:
    # Django's test client would drop the body itself.
    answers = SecurityHeaders(lambda _: HttpResponse("all of it", headers={"Content-Length": "9"}))
    got, head = answers(RequestFactory().get("/")), answers(RequestFactory().head("/"))
    assert (got.content, head.content) == (b"all of it", b"")
    assert got.headers == head.headers
