import pytest
from django.test import Client
from django.test.client import RequestFactory

from mailer.web import errors
from mailer.web.pages import page


def test_a_page_that_is_not_there_says_what_to_do() -> None:
    response = Client().get("/nowhere")
    assert response.status_code == 404
    assert "The front page lists every newsletter there is." in response.content.decode()


def test_a_strange_host_is_a_bad_request() -> None:
    response = Client().get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "Nothing was changed." in response.content.decode()


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
