import pytest
from django.test import Client

from mailer.web.arriving import FORM, REPORT
from subscribers import tokens
from subscribers.models import Subscription
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", ["africa"])


def preferences(subscription: Subscription) -> str:
    return f"/preferences/{tokens.make('preferences', subscription.pk)}"


def status(path: str, body: bytes = b"a=b", *, method: str = "POST", **headers: str) -> int:
    return Client(headers=headers).generic(method, path, body, TYPE).status_code


@pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "", "same-origin, cross-site"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_posted_from_another_site_is_refused(nina: Subscription, site: str, method: str) -> None:
    there = preferences(nina)
    response = Client(headers={"sec-fetch-site": site}).generic(
        method, there, b"interest=china&whole=yes", TYPE
    )
    assert response.status_code == 403
    assert "did not come from a page of this site" in response.content.decode()
    nina.refresh_from_db()
    assert nina.interests == 0b100


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_our_own_page_a_reload_and_a_browser_that_does_not_say_are_answered(
    nina: Subscription, site: str | None
) -> None:
    client = Client(headers={"sec-fetch-site": site} if site else {})
    assert client.post(preferences(nina)).status_code != 403


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_link_may_be_followed_from_anywhere(nina: Subscription, method: str) -> None:
    assert (
        getattr(Client(headers={"sec-fetch-site": "cross-site"}), method)(preferences(nina)).status_code
        == 200
    )


def test_who_leaves_by_web_mail_leaves_from_another_site(nina: Subscription) -> None:
    there = f"/u/{tokens.make('leave', nina.pk)}"
    answer = Client(headers={"sec-fetch-site": "cross-site"}).post(
        there, "List-Unsubscribe=One-Click", content_type=TYPE
    )
    assert (answer.status_code, answer.content) == (200, b"You are unsubscribed.\n")
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


@pytest.mark.parametrize("path", ["/subscribe/space-digest", "/webhooks/sendgrid"])
def test_an_embedded_form_and_the_webhook_decide_for_themselves(nina: Subscription, path: str) -> None:
    assert nina.list.slug in "/subscribe/space-digest"
    answer = Client(headers={"sec-fetch-site": "cross-site"}).post(path)
    assert b"did not come from a page of this site" not in answer.content


@pytest.mark.parametrize("path", ["/preferences/x", "/subscribe/space-digest", "/", "/confirm/x", "/nowhere"])
def test_a_form_holds_no_more_than_sixteen_kilobytes(path: str) -> None:
    assert status(path, b"a" * FORM) != 413
    answer = Client().post(path, b"a" * (FORM + 1), content_type=TYPE)
    assert answer.status_code == 413
    assert "That was too much at once" in answer.content.decode()


def test_a_report_may_be_larger(nina: Subscription) -> None:
    assert nina.pk
    assert status("/webhooks/sendgrid", b"a" * REPORT) == 403, "read, and not signed"
    assert status("/webhooks/sendgrid", b"a" * (REPORT + 1)) == 413


@pytest.mark.parametrize("length", ["-1", "ten", "1e9", "9" * 30, "٣"])
def test_a_length_that_is_none_is_refused(nina: Subscription, length: str) -> None:
    answer = Client().generic("POST", preferences(nina), b"", TYPE, CONTENT_LENGTH=length)
    assert answer.status_code in {400, 413}
    nina.refresh_from_db()
    assert nina.interests == 0b100


def test_a_form_of_unknown_length_is_refused(nina: Subscription) -> None:
    body = b"interest=china&whole=yes"
    assert status(preferences(nina), body, **{"transfer-encoding": "chunked"}) == 400
    nina.refresh_from_db()
    assert nina.interests == 0b100


@pytest.mark.parametrize("headers", [{}, {"transfer-encoding": "chunked"}])
def test_whoever_wants_to_leave_leaves_however_much_they_say(
    nina: Subscription, headers: dict[str, str]
) -> None:
    there = f"/u/{tokens.make('leave', nina.pk)}"
    assert status(there, b"List-Unsubscribe=One-Click&a=" + b"a" * FORM, **headers) == 200
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


def test_a_form_of_too_many_fields_or_with_a_file_is_refused(nina: Subscription) -> None:
    many = "&".join(["interest=china"] * 151) + "&whole=yes"
    assert status(preferences(nina), many.encode()) == 400
    file = (
        b'--x\r\nContent-Disposition: form-data; name="whole"; filename="f"\r\n\r\nyes\r\n'
        b'--x\r\nContent-Disposition: form-data; name="interest"\r\n\r\nchina\r\n--x--\r\n'
    )
    answer = Client().generic("POST", preferences(nina), file, "multipart/form-data; boundary=x")
    assert answer.status_code == 400
    nina.refresh_from_db()
    assert nina.interests == 0b100


@pytest.mark.parametrize("charset", ["rot13", "hex", "utf-7", "nothing-of-the-kind"])
def test_a_form_in_letters_that_no_browser_writes_is_refused(nina: Subscription, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="whole"\r\n\r\nyes\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert Client().generic("POST", preferences(nina), body, kind).status_code == 400
