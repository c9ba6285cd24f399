from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mailer.accounts.models import User
from mailer.accounts.roles import Role
from subscribers.models import Change
from tests.accounts.cast import a_person, is_signed_in, signed_in
from tests.desk.conftest import Desk

pytestmark = pytest.mark.database

USERS = "/desk/users/"


@pytest.fixture
def admin(desk: Desk) -> Client:
    return desk("admin")


def test_users_are_shown_with_their_role_and_second_factor(admin: Client) -> None:
    shown = admin.get(USERS).content.decode()
    assert ">Ada Obi</bdi></a>" in shown
    assert 'data-label="Second factor:">yes<' in shown


def test_a_user_is_added_and_the_invitation_is_shown_once(admin: Client) -> None:
    answer = admin.post(USERS, {"email": "Edda@news.example", "name": "Edda Lind", "role": "editor"})
    assert answer.status_code == 200
    assert "/desk/account/invitation/" in answer.content.decode()
    edda = User.objects.get(email="edda@news.example")
    assert (edda.name, edda.role, edda.has_usable_password()) == ("Edda Lind", "editor", False)
    line = Change.objects.get(what="users add", subject=f"user {edda.pk}")
    assert line.who == "Ada Obi"
    assert "/desk/account/invitation/" not in admin.get(USERS).content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "ada@news.example"}, "is a user already"),
        ({"email": "nobody"}, "@-sign"),
        ({"name": ""}, "A name has 1 to 200"),
        ({"role": "king"}, "Choose a role"),
    ],
)
def test_who_cannot_be_added_is_said_and_stays_as_typed(
    admin: Client, form: dict[str, str], said: str
) -> None:
    answer = admin.post(USERS, {"email": "edda@news.example", "name": "Edda", "role": "editor"} | form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.count() == 1


def test_a_user_gets_another_role_or_is_kept_out_at_once(admin: Client) -> None:
    sam = a_person(Role.SENDER)
    browser = signed_in(sam)
    path = f"{USERS}{sam.user.pk}"
    admin.post(f"{path}/set", {"name": "Sam Njoroge", "role": "viewer", "active": "yes"})
    assert browser.get("/desk/subscribers/").status_code == 403
    answer = admin.post(f"{path}/set", {"name": "Sam Njoroge", "role": "viewer", "active": "no"})
    assert answer.status_code == 303
    assert "inactive" in admin.get(path).content.decode()
    assert not is_signed_in(browser)


def test_who_is_there_already_is_not_let_in_anew_by_adding_them(admin: Client) -> None:
    edda = a_person(Role.EDITOR).user
    lines = Change.objects.count()
    answer = admin.post(USERS, {"email": edda.email, "name": edda.name, "role": "editor"})
    assert answer.status_code == 422
    assert "is a user already" in answer.content.decode()
    assert "/invitation/" not in answer.content.decode()
    assert Change.objects.count() == lines


def test_the_last_admin_stays(admin: Client) -> None:
    ada = User.objects.get()
    answer = admin.post(f"{USERS}{ada.pk}/set", {"name": "Ada Obi", "role": "viewer", "active": "yes"})
    assert answer.status_code == 422
    assert "is the last admin" in answer.content.decode()


def test_a_new_start_is_given_to_who_is_sure(admin: Client) -> None:
    sam = a_person(Role.SENDER)
    browser = signed_in(sam)
    path = f"{USERS}{sam.user.pk}/reset"
    assert admin.post(path).status_code == 422
    assert is_signed_in(browser)
    assert "/desk/account/invitation/" in admin.post(path, {"sure": "yes"}).content.decode()
    assert not is_signed_in(browser)


def test_nobody_is_not_found(admin: Client) -> None:
    assert admin.get(f"{USERS}7000").status_code == 404
    assert admin.post(f"{USERS}7000/reset", {"sure": "yes"}).status_code == 404


def test_who_signed_in_long_ago_shows_once_more_that_it_is_they(admin: Client, settings: Settings) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    ada = User.objects.get()
    for path in (USERS, f"{USERS}{ada.pk}/set", f"{USERS}{ada.pk}/reset"):
        answer = admin.post(path, {"email": "edda@news.example", "name": "Edda", "role": "editor"})
        assert answer.status_code == 302
        assert f"reauthenticate/?next={quote(path, safe='')}" in answer.headers["Location"]
    assert User.objects.count() == 1
    assert admin.get(f"{USERS}{ada.pk}/set").headers["Location"] == f"{USERS}{ada.pk}"
