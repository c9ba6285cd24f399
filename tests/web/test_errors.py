import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client
from django.test.client import RequestFactory

from mailer import logs
from mailer.web import errors
from mailer.web.pages import page
from subscribers import tokens
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
def logged() -> Iterator[io.StringIO]:
    """What the log of the web process holds; pytest's own handlers come back afterwards."""
    handlers, level = logging.root.handlers, logging.root.level
    logs.configure("web")
    [handler] = logging.root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written := io.StringIO())
    yield written
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("host", "body", "why"),
    [
        ("evil.example", "", "DisallowedHost"),
        ("localhost", "x" * (5 * 1024 * 1024 + 1), "RequestDataTooBig"),
        ("localhost", "&".join(f"a{n}=" for n in range(1_001)), "TooManyFieldsSent"),
    ],
    ids=["host", "size", "fields"],
)
@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_a_strange_request_is_one_quiet_line_in_the_log(
    logged: io.StringIO, host: str, body: str, why: str
) -> None:
    nina = a_reader(a_list(), "nina@example.org")
    path = f"/preferences/{tokens.make('preferences', nina.pk)}"
    form = "application/x-www-form-urlencoded"
    response = Client().post(path, body, content_type=form, headers={"host": host})
    assert response.status_code == 400
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

    monkeypatch.setattr("mailer.web.front.List.objects.filter", broken)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    written = response.content.decode()
    assert "Something broke on our side" in written
    assert "nina" not in written


def test_what_is_forbidden_says_so() -> None:
    response = errors.forbidden(RequestFactory().get("/"), PermissionError())
    assert response.status_code == 403
    assert "not allowed from here" in response.content.decode()


def test_a_name_that_a_template_lacks_is_an_error_and_no_blank() -> None:
    with pytest.raises(Exception, match="'title' is undefined"):
        page(RequestFactory().get("/"), "notice.html", happened="", todo="")
