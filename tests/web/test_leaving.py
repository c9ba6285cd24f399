import datetime as dt
import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.test import Client

from mailer.web.origins import wording
from subscribers import leaving, tokens
from subscribers.models import Consent, Subscription, Suppression
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org")


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def link(subscription: Subscription) -> str:
    return f"/u/{tokens.make('leave', subscription.pk, 31)}"


def status(subscription: Subscription) -> str:
    subscription.refresh_from_db()
    return subscription.status


def test_a_mail_program_leaves_with_one_urlencoded_post(nina: Subscription, browser: Client) -> None:
    response = browser.post(link(nina), ONE_CLICK, content_type=FORM)
    assert (response.status_code, response.content) == (200, b"You are unsubscribed.\n")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert not response.cookies
    assert status(nina) == "unsubscribed"
    assert list(Consent.objects.values_list("action", "how")) == [("withdrawn", "one-click")]


def test_a_mail_program_leaves_with_one_multipart_post(nina: Subscription, browser: Client) -> None:
    response = browser.post(link(nina), {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, response.content) == (200, b"You are unsubscribed.\n")
    assert status(nina) == "unsubscribed"


@pytest.mark.parametrize("charset", ["ISO-8859-1", "us-ascii", "UTF8", "utf-16"])
def test_a_mail_program_leaves_in_whatever_charset_it_names(
    nina: Subscription, browser: Client, charset: str
) -> None:
    response = browser.post(link(nina), ONE_CLICK, content_type=f"{FORM}; charset={charset}")
    assert (response.status_code, response.content) == (200, b"You are unsubscribed.\n")
    assert status(nina) == "unsubscribed"


def test_what_the_request_told_is_kept_as_evidence(nina: Subscription, browser: Client) -> None:
    browser.post(link(nina), ONE_CLICK, content_type=FORM, REMOTE_ADDR="203.0.113.9")
    line = Consent.objects.get()
    assert (line.wording, line.network) == ("", "203.0.113.0/24")
    assert line.detail == {"before": {"status": "active"}}


def test_who_leaves_by_the_page_saw_its_wording(nina: Subscription, browser: Client) -> None:
    browser.post(link(nina), {}, REMOTE_ADDR="203.0.113.9")
    assert Consent.objects.get().wording == wording("leave.html")


def test_who_leaves_is_noted_with_it_or_may_press_again(
    nina: Subscription, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr("mailer.events.note_leaving", Mock(side_effect=OperationalError("away")))
        with pytest.raises(OperationalError):
            browser.post(link(nina), ONE_CLICK, FORM)
    assert status(nina) == "active"
    browser.post(link(nina), ONE_CLICK, FORM)
    assert status(nina) == "unsubscribed"


@pytest.mark.parametrize("times", [2, 5])
def test_leaving_again_is_answered_the_same(nina: Subscription, browser: Client, times: int) -> None:
    answers = [browser.post(link(nina), ONE_CLICK, content_type=FORM) for _ in range(times)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"You are unsubscribed.\n")}
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_looks_changes_nothing(nina: Subscription, browser: Client, method: str) -> None:
    for _ in range(3):
        response = getattr(browser, method)(link(nina))
        assert response.status_code == 200
    assert status(nina) == "active"
    assert not Suppression.objects.exists()
    assert not Consent.objects.exists()


def test_the_page_shows_one_button_and_no_address_a_stranger_could_use(
    nina: Subscription, browser: Client
) -> None:
    written = browser.get(link(nina)).content.decode()
    assert written.count("<button") == 1
    assert "Space Digest" in written
    assert "n•••a@example.org" in written
    assert "nina@" not in written


def test_the_button_of_the_page_leaves_and_shows_a_page(nina: Subscription, browser: Client) -> None:
    response = browser.post(link(nina))
    assert response.status_code == 200
    assert "You are unsubscribed" in response.content.decode()
    assert status(nina) == "unsubscribed"


def test_who_has_left_sees_so_and_may_ask_for_their_data_alone(nina: Subscription, browser: Client) -> None:
    leaving.unsubscribe(nina.pk, "one-click", dt.datetime.now(dt.UTC))
    written = browser.get(link(nina)).content.decode()
    assert "You are unsubscribed" in written
    assert re.findall(r'<button[^>]*name="ask" value="(\w+)"', written) == ["data", "forget"]
    # Who only looks, as scanners do, is given nothing that would bring the reader back.
    assert "/undo/" not in written
    assert "/why/" not in written


def test_the_page_offers_a_pause_beside_leaving(nina: Subscription, browser: Client) -> None:
    [there] = re.findall(r'href="(/preferences/[^"]+)"', browser.get(link(nina)).content.decode())
    assert browser.get(there).status_code == 200


def test_the_page_speaks_the_reader_s_language_and_keeps_that_as_evidence(browser: Client) -> None:
    omar = a_reader(a_list(), "omar@example.org", locale="ar")
    assert '<html lang="ar" dir="rtl">' in browser.get(link(omar)).content.decode()
    assert '<html lang="ar" dir="rtl">' in browser.post(link(omar)).content.decode()
    assert Consent.objects.get().wording == wording("leave.html", "ar")


def test_a_mail_program_is_answered_in_the_same_octets_whatever_language_it_speaks(
    nina: Subscription, browser: Client
) -> None:
    there = f"{link(nina)}?lang=ar"
    answer = browser.post(there, ONE_CLICK, content_type=FORM, headers={"accept-language": "ru"})
    assert answer.content == b"You are unsubscribed.\n"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_we_never_made_says_what_to_do(browser: Client, method: str) -> None:
    forged = [
        "x",
        "A" * 44,
        tokens.make("preferences", 1),
        tokens.make("leave", 1)[:-1] + "!",
    ]
    answers: list[Any] = [getattr(browser, method)(f"/u/{token}") for token in forged]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "Open it again from the letter" in answers[0].content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_link_of_somebody_erased_still_says_they_are_gone(
    nina: Subscription, browser: Client, method: str
) -> None:
    there = link(nina)
    nina.subscriber.delete()
    response = getattr(browser, method)(there)
    assert response.status_code == 200
    assert "You are unsubscribed" in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"List-Unsubscribe=One-Click", "multipart/form-data; boundary="),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b"\xff\xfe=&&&;", FORM),
        (b"", "text/plain"),
    ],
)
def test_whatever_the_body_is_the_wish_counts(
    nina: Subscription, browser: Client, body: bytes, content_type: str
) -> None:
    response = browser.post(link(nina), body, content_type=content_type)
    assert response.status_code == 200
    assert status(nina) == "unsubscribed"


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x"])
def test_a_mail_program_may_send_its_wish_in_chunks(
    nina: Subscription, browser: Client, content_type: str
) -> None:
    # As gunicorn passes such a request on: its body has no length.
    response = browser.generic(
        "POST", link(nina), content_type=content_type, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""
    )
    assert (response.status_code, response.content) == (200, b"You are unsubscribed.\n")
    assert status(nina) == "unsubscribed"
    assert list(Consent.objects.values_list("how", flat=True)) == ["one-click"]


def test_other_methods_are_refused(nina: Subscription, browser: Client) -> None:
    assert browser.put(link(nina)).status_code == 405
    assert browser.delete(link(nina)).status_code == 405
    assert status(nina) == "active"


def test_there_is_never_a_redirect_or_a_cookie(nina: Subscription, browser: Client) -> None:
    for answer in (
        browser.get(link(nina)),
        browser.post(link(nina), ONE_CLICK, content_type=FORM, headers={"origin": "https://mail.example"}),
        browser.post(link(nina)),
        browser.get(link(nina)),
    ):
        assert answer.status_code == 200
        assert not answer.has_header("Location")
        assert not answer.cookies


def test_a_link_works_years_later(
    nina: Subscription, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = link(nina)
    monkeypatch.setattr("mailer.web.leaving._now", lambda: NOW + dt.timedelta(days=3650))
    assert browser.post(there, ONE_CLICK, content_type=FORM).status_code == 200
    assert status(nina) == "unsubscribed"
