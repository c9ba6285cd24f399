"""What was typed and cannot be taken goes back to whoever typed it, and to nobody else."""

import html
import io
import re
from typing import Any

import pytest
from django.test import Client

from mailer.accounts.models import User
from mailer.accounts.roles import Role
from mailer.models import Draft, Edition, Revision, Send
from tests.accounts.cast import LOGIN, a_person, a_user, signed_in
from tests.desk.conftest import Desk
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TYPED = f"{EDITION.decode()}\nAn hour's work & </textarea><script>alert(1)</script>\n"
HERE = {"Sec-Fetch-Site": "same-origin"}


def handed_back(answer: Any) -> str:  # noqa: ANN401 - Django's own
    """The page; what was typed stands in it byte for byte, and nothing was stored."""
    page: str = answer.content.decode()
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    field = re.search(r"<textarea[^>]* readonly[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert field
    assert html.unescape(field[1]).replace("\r\n", "\n") == TYPED
    assert "<script>alert" not in page
    assert '<h1 tabindex="-1" autofocus>' in page
    assert (Draft.objects.count(), Revision.objects.count()) == (0, Edition.objects.count())
    return page


def form_of(page: str) -> dict[str, str]:
    found = re.search(r'<form id="writing".*?</form>', page, re.DOTALL)
    assert found, "there is no form to go on with"
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', found[0])
    return {name: html.unescape(value) for name, value in fields}


@pytest.mark.parametrize(
    ("path", "more", "back"),
    [
        ("editions/{0}", {"base": "1", "do": "save"}, "/desk/editions/{0}"),
        ("editions/{0}", {"base": "1", "do": "show"}, "/desk/editions/{0}"),
        ("editions/{0}/draft", {"base": "1"}, "/desk/editions/{0}"),
        ("editions/new", {"list": "space-digest"}, "/desk/editions/new%3Flist%3Dspace-digest"),
        ("sends/7/correct", {"do": "see"}, "/desk/sends/7/correct"),
    ],
)
def test_whoever_is_signed_out_gets_the_text_back_and_a_way_to_sign_in(
    path: str, more: dict[str, str], back: str
) -> None:
    number = an_edition(a_list()).pk
    there = f"/desk/{path.format(number)}"
    page = handed_back(Client().post(there, {"text": TYPED, **more}, headers=HERE))
    assert "You are signed out" in page
    assert f'href="{LOGIN}?next={back.format(number)}" target="_blank"' in page.replace("%2F", "/")
    # Once signed in, the same may be posted from this very page.
    assert f'action="{there}"' in page
    assert more.items() <= form_of(page).items()


def test_a_page_that_was_open_while_one_signed_in_again_is_saved_by_one_more_press() -> None:
    edition, edda = an_edition(a_list()), a_user(Role.EDITOR)
    path = f"/desk/editions/{edition.pk}"
    old = form_of(signed_in(edda).get(path).content.decode())
    strict = signed_in(edda)
    strict.handler.enforce_csrf_checks = True
    form = {**old, "text": TYPED.replace("</textarea>", ""), "do": "save"}
    page = handed_back(strict.post(path, {**form, "text": TYPED}, headers=HERE))
    assert "Signed in anew: save it once more" in page
    again = form_of(page)
    assert again["csrfmiddlewaretoken"] != old["csrfmiddlewaretoken"]
    assert strict.post(path, {**again, "text": form["text"]}, headers=HERE).status_code == 303
    assert Revision.objects.filter(edition=edition).count() == 2


def test_a_correction_is_never_sent_by_going_on_but_shown_first() -> None:
    form = {"text": TYPED, "base": "1", "word": "so it is meant", "do": "send"}
    again = form_of(handed_back(Client().post("/desk/sends/7/correct", form, headers=HERE)))
    assert (again["base"], again["word"]) == ("1", "so it is meant")
    assert "do" not in again


def test_what_somebody_else_typed_is_handed_back_and_cannot_be_gone_on_with(desk: Desk) -> None:
    edition = an_edition(a_list())
    path = f"/desk/editions/{edition.pk}"
    old = form_of(desk("editor").get(path).content.decode())
    sam = desk("sender", check_csrf=True)
    page = handed_back(sam.post(path, {**old, "text": TYPED, "do": "save"}, headers=HERE))
    assert "Another user is signed in" in page
    assert 'id="writing"' not in page


def test_whose_role_was_changed_meanwhile_is_told_so_with_their_text(desk: Desk) -> None:
    edition = an_edition(a_list())
    answer = desk("viewer").post(f"/desk/editions/{edition.pk}", {"text": TYPED, "base": 1}, headers=HERE)
    page = handed_back(answer)
    assert "the permission “write”" in page
    assert 'id="writing"' not in page


def test_who_needs_a_second_factor_now_gets_their_text_first() -> None:
    edition = an_edition(a_list())
    client = signed_in(a_user(Role.EDITOR))
    User.objects.update(role=Role.SENDER)
    answer = client.post(f"/desk/editions/{edition.pk}", {"text": TYPED, "base": 1}, headers=HERE)
    assert "Set up your second factor first" in handed_back(answer)


@pytest.mark.parametrize(
    "head", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"},
             {"Origin": "https://evil.example"}]
)  # fmt: skip
def test_another_site_s_text_is_on_no_page_of_ours(head: dict[str, str]) -> None:
    client = signed_in(a_person(Role.EDITOR), Client())
    client.handler.enforce_csrf_checks = True
    for browser in (client, Client()):
        answer = browser.post("/desk/editions/new", {"text": TYPED, "list": "x"}, headers=head)
        assert answer.status_code in {302, 403}
        assert "hour" not in answer.content.decode()


def test_where_the_browser_does_not_say_whence_it_came_the_text_can_only_be_copied() -> None:
    answer = Client().post("/desk/editions/new", {"text": TYPED, "list": "x"})
    assert 'id="writing"' not in handed_back(answer)


def test_what_a_stranger_posts_without_a_text_leads_to_signing_in_as_ever() -> None:
    answer = Client().post("/desk/editions/7/test", headers=HERE)
    assert answer.headers["Location"] == f"{LOGIN}?next=/desk/"
    assert not Send.objects.exists()


class Broken(io.BytesIO):
    """A connection that ends before the body is here."""

    def read(self, _: int | None = -1) -> bytes:
        raise OSError


def test_what_breaks_off_on_its_way_is_no_error_of_ours() -> None:
    broken: dict[str, Any] = {"wsgi.input": Broken()}
    answer = Client().post("/desk/editions/7", {"text": TYPED}, headers=HERE, **broken)
    assert answer.headers["Location"] == f"{LOGIN}?next=/desk/"
