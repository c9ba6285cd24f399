"""Caches, in a browser or on the way to it, must not show one reader's page to another."""

import pytest
from django.test import Client

from mailer.web.arriving import FORM
from tests.attacks.addresses import ROUTES, address, with_tokens
from tests.web.form import PAGE

pytestmark = [pytest.mark.usefixtures("db")]

METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"]


def is_kept_by_nobody(response: object) -> None:
    headers = response.headers  # type: ignore[attr-defined]  # of whatever Django's test client brings back
    assert headers["Cache-Control"] == "no-store"
    # By these a cache asks whether what it has kept is still good.
    assert "ETag" not in headers
    assert "Last-Modified" not in headers
    assert "Expires" not in headers


@pytest.mark.parametrize("route", with_tokens())
def test_a_page_of_one_reader_is_kept_by_no_cache_and_found_by_no_search_engine(route: str) -> None:
    there = address(route)
    page = there.path.rpartition("/")[0]
    answers = [Client().generic(method, there.path) for method in METHODS]
    answers += [Client().post(there.path, there.form), Client().post(there.path, there.form)]
    answers += [Client().get(f"{page}/{wrong}") for wrong in ("x", "A" * 44, "x/y", "x.css", "%00")]
    answers += [Client(headers={"host": "evil.example"}).get(there.path)]
    answers += [Client(headers={"sec-fetch-site": "cross-site"}).post(there.path, there.form)]
    answers += [Client().post(there.path, b"a" * (FORM + 1), content_type="text/plain")]
    for answer in answers:
        is_kept_by_nobody(answer)
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_form_with_a_ticket_is_kept_by_no_cache_but_may_be_found() -> None:
    there = address("subscribe/<slug:slug>")
    for answer in (Client().get(PAGE), Client().post(PAGE, there.form), Client().post(PAGE)):
        is_kept_by_nobody(answer)
        assert "X-Robots-Tag" not in answer.headers


@pytest.mark.parametrize("route", ["webhooks/sendgrid", "healthz", "readyz", "metrics"])
def test_what_machines_ask_is_answered_anew(route: str) -> None:
    is_kept_by_nobody(Client().get(address(route).path))


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_in_a_language_says_by_what_it_was_chosen(route: str) -> None:
    there = address(route)
    for method in ("get", "post"):
        answer = getattr(Client(headers={"accept-language": "fr"}), method)(there.path)
        if "Content-Language" in answer.headers:
            assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("route", ROUTES)
def test_no_address_sets_or_reads_a_cookie(route: str) -> None:
    there = address(route)
    for method in METHODS:
        plain, with_cookies = Client(), Client()
        for name in ("sessionid", "csrftoken", "django_language"):
            with_cookies.cookies[name] = "ar"
        answers = [client.generic(method, there.path) for client in (plain, with_cookies)]
        for answer in answers:
            assert not answer.cookies
            assert "Cookie" not in answer.headers.get("Vary", "")
        if method != "POST":
            assert answers[0].content == answers[1].content or route == "subscribe/<slug:slug>", (
                "but a ticket"
            )
            assert answers[0].headers.items() == answers[1].headers.items()
    assert not Client().post(there.path, there.form or {}).cookies
