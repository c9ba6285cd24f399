"""What goes wrong at the desk is told beneath its masthead, with the way back; strangers learn nothing."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from mailer.accounts.roles import Role
from mailer.web.arriving import FORM, largest
from tests.accounts.cast import a_user, signed_in
from tests.desk.conftest import Desk
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

EDITORS_NAME, SIGN_IN = "Edda Lind", "/desk/account/login/"


def told(answer: Any, status: int) -> str:  # noqa: ANN401 - what Django's test client brings back
    """Return a page of trouble, which has the masthead and is kept by nobody."""
    assert answer.status_code == status
    shown: str = answer.content.decode()
    assert f'<a href="/desk/account/">{EDITORS_NAME}</a>' in shown
    assert 'aria-label="Desk"' in shown
    assert "no-store" in answer.headers["Cache-Control"]
    return shown


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("nowhere", '<a class="btn" href="/desk/">To the editions</a>'),
        ("editions/7000", '<a class="btn" href="/desk/">To the editions</a>'),
        ("sends/7000", '<a class="btn" href="/desk/sends/">To the sends</a>'),
        # An editor has no way to subscribers.
        ("subscribers/x", '<a class="btn" href="/desk/">To the editions</a>'),
        ("account/nowhere", '<a class="btn" href="/desk/">To the editions</a>'),
    ],
)
def test_a_page_that_is_not_there_leads_back_to_its_section(desk: Desk, path: str, way: str) -> None:
    shown = told(desk("editor").get(f"/desk/{path}"), 404)
    assert "There is no such page" in shown
    assert way in shown


@pytest.mark.parametrize("path", ["nowhere?a=b", "editions/7000", "editions/nowhere", "sends/1/nowhere"])
def test_a_stranger_cannot_tell_what_is_there(path: str) -> None:
    answer = Client().get(f"/desk/{path}")
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["Location"].startswith(f"{SIGN_IN}?next=/desk/")
    assert Client().post(f"/desk/{path}").headers["Location"] == f"{SIGN_IN}?next=/desk/"


def test_who_still_lacks_a_second_factor_cannot_tell_either() -> None:
    assert signed_in(a_user(Role.SENDER)).get("/desk/nowhere").headers["Location"] == "/desk/account/2fa/"


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("sends/7/pause", '<a class="btn" href="/desk/sends/7">To the send</a>'),
        ("editions/7/board/change", '<a class="btn" href="/desk/editions/7">To the edition</a>'),
        ("account/sessions/7/end/", '<a class="btn" href="/desk/">To the editions</a>'),
    ],
)
def test_a_button_s_address_that_is_loaded_again_says_so(desk: Desk, path: str, way: str) -> None:
    answer = desk("editor").get(f"/desk/{path}")
    shown = told(answer, 405)
    assert "Nothing was done" in shown
    assert way in shown
    assert answer.headers["Allow"] == "POST"


def test_what_another_site_posts_is_refused_on_a_page_of_the_desk(desk: Desk) -> None:
    answer = desk("editor").post("/desk/editions/7", headers={"sec-fetch-site": "cross-site"})
    assert "did not come from a page of the desk" in told(answer, 403)
    strangers = Client().post("/desk/editions/7", headers={"sec-fetch-site": "cross-site"})
    assert strangers.status_code == 403
    assert "Desk" not in strangers.content.decode()


def test_what_makes_no_sense_is_told_on_a_page_of_the_desk(desk: Desk) -> None:
    assert "That could not be read" in told(
        desk("editor").post("/desk/", headers={"transfer-encoding": "x"}), 400
    )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("editions/7", "An edition has at most 2,000,000 bytes"),
        ("sends/7/correct", "An edition has at most 2,000,000 bytes"),
        ("lists/moon/count", "far more than a form here can hold"),
    ],
)
def test_what_is_far_too_large_is_not_read_and_says_the_limit(desk: Desk, path: str, said: str) -> None:
    body: dict[str, Any] = {"CONTENT_LENGTH": str(largest(f"/desk/{path}") + 1)}
    answer = desk("editor").generic("POST", f"/desk/{path}", b"", "multipart/form-data; boundary=x", **body)
    assert said in told(answer, 413)
    assert largest("/desk/lists/moon/count") == FORM


@pytest.mark.parametrize("page", ["editions/{}", "editions/{}?show", "editions/new"])
def test_what_is_longer_than_an_edition_is_handed_back(desk: Desk, page: str) -> None:
    client, edition = desk("editor"), an_edition(a_list())
    text = EDITION.decode() + "More.\n" * 400_000
    form = {"text": text, "base": "1", "list": edition.list.slug, "do": page.partition("?")[2] or "save"}
    answer = client.post(f"/desk/{page.format(edition.pk)}", form)
    shown = told(answer, 422)
    assert f"{len(text):,} bytes, and an edition at most 2,000,000" in shown
    assert shown.count("More.\n") == 400_000


class TestWhatBreaks:
    """A fault of ours."""

    @pytest.fixture(autouse=True)
    def _broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("nina@example.org")

        monkeypatch.setattr("mailer.desk.editions.writing.drafts.save", broken)

    def test_it_hands_back_what_was_being_written(self, desk: Desk) -> None:
        client, edition = desk("editor"), an_edition(a_list())
        client.raise_request_exception = False
        text = EDITION.decode().replace("flew", "<b>flies</b>")
        shown = told(client.post(f"/desk/editions/{edition.pk}", {"text": text, "base": "1"}), 500)
        assert "Something broke on our side" in shown
        assert "&lt;b&gt;flies&lt;/b&gt;" in shown
        assert "/static/desk-edition.css" in shown  # without it the field is a few lines high
        assert f'href="/desk/editions/{edition.pk}"' in shown
        assert "nina" not in shown

    def test_where_the_database_is_gone_too_a_public_page_says_it(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, edition = desk("editor"), an_edition(a_list())
        client.raise_request_exception = False

        def gone(*_: object) -> None:
            raise OperationalError

        monkeypatch.setattr("mailer.desk.failing.lacks_second_factor", gone)
        answer = client.post(f"/desk/editions/{edition.pk}", {"text": "x", "base": "1"})
        assert answer.status_code == 500
        assert "Something broke on our side" in answer.content.decode()
