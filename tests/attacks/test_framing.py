"""Clickjacking: no answer of ours, whatever it is, may be shown inside a page of another."""

import pytest
from django.test import Client
from pytest_django import Settings

from mailer.web.arriving import FORM
from mailer.web.headers import EVERYWHERE
from tests.attacks.addresses import ROUTES, address
from tests.web.form import PAGE

pytestmark = [pytest.mark.usefixtures("db")]

METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"]


def policy(response: object) -> dict[str, str]:
    """Return the directives of the one content security policy there is."""
    written: str = response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]  # of whatever Django's test client brings back
    assert "," not in written
    parts = [part.strip().partition(" ") for part in written.split(";")]
    assert len({name for name, _, _ in parts}) == len(parts), "a browser heeds the first of its kind"
    return {name: values for name, _, values in parts}


def is_closed(response: object, path: str) -> None:
    headers = response.headers  # type: ignore[attr-defined]  # the same
    assert policy(response)["frame-ancestors"] == "'none'"
    assert policy(response)["default-src"] == "'none'"
    assert policy(response)["base-uri"] == "'none'"
    assert policy(response)["form-action"] == "'self'"
    script = policy(response).get("script-src")
    assert script is None or (script == "'self'" and path.startswith("/subscribe/"))
    # A picture is for mail programs on the web, or where an edition is shared: their pages show it.
    shared = path.startswith(("/pictures/", "/o/")) or path.endswith("/card.png")
    elsewhere = "Cross-Origin-Resource-Policy" if shared else ""
    for name in set(EVERYWHERE) - {"Content-Security-Policy", elsewhere}:
        assert headers[name] == EVERYWHERE[name]
    assert headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_of_every_address_forbids_it(route: str) -> None:
    there = address(route)
    for method in METHODS:
        is_closed(Client().generic(method, there.path), there.path)
    is_closed(Client().post(there.path, there.form or {}), there.path)
    is_closed(Client().post(there.path, there.form or {}), there.path)


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/nowhere", 404, {}),
        ("/subscribe/nothing", 404, {}),
        ("/u/x", 404, {}),
        ("/preferences/x", 403, {"sec-fetch-site": "cross-site"}),
        ("/preferences/x", 400, {"transfer-encoding": "chunked"}),
        ("/preferences/x", 400, {"host": "evil.example"}),
        ("/", 405, {}),
    ],
)
def test_every_refusal_forbids_it(path: str, status: int, headers: dict[str, str]) -> None:
    answer = Client(headers=headers).post(path, {"a": "b"})
    assert answer.status_code == status
    is_closed(answer, path)


def test_what_is_too_large_is_refused_with_it() -> None:
    answer = Client().post(PAGE, b"a" * (FORM + 1), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    is_closed(answer, PAGE)


def test_what_breaks_on_our_side_forbids_it(settings: Settings) -> None:
    settings.SECRET_KEY = object()  # nothing can be read with it
    answer = Client(raise_request_exception=False).get(f"/u/{'A' * 44}")
    assert answer.status_code == 500
    is_closed(answer, "/u/")


def test_a_stylesheet_forbids_it() -> None:
    answer = Client().get("/static/public.css")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file is streamed
    is_closed(answer, "/static/public.css")
