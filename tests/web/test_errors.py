import io
import json
import logging
import re
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.client import RequestFactory

from mailer import logs
from mailer.web import errors
from mailer.web.pages import page
from subscribers import tokens
from subscribers.proving import Ended
from tests.stage import a_list, a_reader


def test_a_page_that_is_not_there_says_what_to_do() -> None:
    response = Client().get("/nowhere")
    assert response.status_code == 404
    assert "The front page lists every newsletter there is." in response.content.decode()


def test_a_strange_host_is_a_bad_request() -> None:
    response = Client().get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "Nothing was changed." in response.content.decode()


@pytest.fixture
def logged() -> io.StringIO:
    """What the log of the web process holds; pytest's own handlers come back afterwards."""
    logs.configure("web")
    [handler] = logging.root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written := io.StringIO())
    return written


@pytest.mark.parametrize(
    ("host", "body", "status", "why"),
    [
        ("evil.example", "", 400, "DisallowedHost"),
        ("localhost", "x" * (5 * 1024 * 1024 + 1), 413, "RequestDataTooBig"),
        ("localhost", "&".join(f"a{n}=" for n in range(1_001)), 400, "TooManyFieldsSent"),
    ],
    ids=["host", "size", "fields"],
)
@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_a_strange_request_is_one_quiet_line_in_the_log(
    logged: io.StringIO, host: str, body: str, status: int, why: str
) -> None:
    nina = a_reader(a_list(), "nina@example.org")
    path = f"/preferences/{tokens.make('preferences', nina.pk)}"
    form = "application/x-www-form-urlencoded"
    response = Client().post(path, body, content_type=form, headers={"host": host})
    assert response.status_code == status
    assert response.headers["Referrer-Policy"] == "no-referrer"
    [line] = logged.getvalue().splitlines()
    told = json.loads(line)
    del told["at"]
    assert told.pop("level") == "warning"
    assert told == {
        "component": "web",
        "event": "a request was refused",
        "logger": "mailer.web.errors",
        "why": why,
    }


def test_a_page_that_breaks_says_it_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("nina@example.org")

    monkeypatch.setattr("mailer.web.front.offers.public", broken)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    written = response.content.decode()
    assert "Something broke on our side" in written
    assert "nina" not in written


def test_what_is_forbidden_says_so() -> None:
    response = errors.forbidden(RequestFactory().get("/"), PermissionError())
    assert response.status_code == 403
    assert "not allowed from here" in response.content.decode()


@pytest.mark.parametrize(
    ("why", "status", "words"),
    [
        (Ended.USED, 200, "It works once. Nothing was changed now."),
        (Ended.OVER, 410, "It was good for one hour. Nothing was changed."),
        (Ended.GONE, 410, "What it was about is no longer here. Nothing was changed."),
    ],
)
def test_a_link_that_is_over_says_why_and_where_there_is_another(why: Ended, status: int, words: str) -> None:
    response = errors.ended_link(RequestFactory().get("/data/x"), why)
    written = response.content.decode()
    assert response.status_code == status
    assert words in written
    assert (
        "reply to one of them" in written if why == Ended.GONE else "the page of your preferences" in written
    )


EVERY_PAGE: list[Callable[[HttpRequest], HttpResponse]] = [
    lambda request: errors.bad_request(request, BadRequest()),
    lambda request: errors.bad_request(request, RequestDataTooBig()),
    lambda request: errors.forbidden(request, PermissionError()),
    lambda request: errors.not_found(request, Http404()),
    errors.server_error,
    errors.not_forgotten_yet,
    errors.unknown_link,
    *(partial(errors.ended_link, why=why) for why in Ended),
]


@pytest.mark.parametrize("made", EVERY_PAGE)
def test_every_page_of_trouble_says_what_happened_what_to_do_and_where_to_go(
    made: Callable[[HttpRequest], HttpResponse],
) -> None:
    written = made(RequestFactory().get("/?lang=fr", headers={"accept-language": "en"})).content.decode()
    assert re.search(r'<h1>[^<]+</h1>\s*<p class="lede">[^<]+\.</p>\s*<p>[^<]+\.</p>', written)
    # The way out keeps the visitor's language.
    assert '<p class="deed"><a href="/' in written


def test_trouble_is_told_in_the_visitor_s_language() -> None:
    response = Client().get("/nowhere", headers={"accept-language": "ar"})
    assert response.status_code == 404
    assert '<html lang="ar" dir="rtl">' in response.content.decode()


def test_a_name_that_a_template_lacks_is_an_error_and_no_blank() -> None:
    with pytest.raises(Exception, match="'title' is undefined"):
        page(RequestFactory().get("/"), "notice.html", happened="", todo="")
