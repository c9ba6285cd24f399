"""An invitation works once, for three days, and signs nobody in who must not be."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mailer.accounts import making
from mailer.accounts.inviting import invitation
from mailer.accounts.making import Wanted
from mailer.accounts.models import User
from mailer.accounts.roles import Role
from subscribers import changes
from tests.accounts.cast import CODE, PASSWORD, a_person, a_user, is_signed_in, signed_in, try_password

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NEW = {"password1": "seven quiet owls at noon", "password2": "seven quiet owls at noon"}


def path_of(user: User) -> str:
    link = invitation(user, by="test", at=dt.datetime.now(dt.UTC))
    assert link.startswith(f"{settings.CONFIGURATION.base_url}/desk/account/invitation/")
    return urlsplit(link).path


def test_who_is_invited_chooses_a_password_and_is_in() -> None:
    vera, client = a_user(password=""), Client()
    opened = client.get(path_of(vera))
    there = opened.headers["Location"]
    assert there.endswith("-set-password/")  # the key leaves the address at once
    assert "Choose your password" in client.get(there).content.decode()
    assert client.post(there, NEW).headers["Location"] == "/desk/"
    assert is_signed_in(client)
    assert try_password(Client(), vera.email, NEW["password1"]).status_code == 302


def test_an_invitation_works_once() -> None:
    vera, client = a_user(password=""), Client()
    path = path_of(vera)
    client.post(client.get(path).headers["Location"], NEW)
    assert "good no more" in Client().get(path).content.decode()


def test_a_new_one_or_a_reset_makes_it_void() -> None:
    vera = a_user(password="")
    path = path_of(vera)
    making.reset(vera, by="test", at=dt.datetime.now(dt.UTC))
    assert "good no more" in Client().get(path).content.decode()


def test_so_does_another_invitation_being_kept_out_or_another_role() -> None:
    now = dt.datetime.now(dt.UTC)
    vera = a_user(password="")
    older = path_of(vera)
    path = path_of(vera)
    assert "good no more" in Client().get(older).content.decode()
    making.change(vera, Wanted(role=Role.EDITOR), by="test", at=now)
    assert "good no more" in Client().get(path).content.decode()
    path = path_of(User.objects.get(pk=vera.pk))
    making.change(vera, Wanted(active=False), by="test", at=now)
    making.change(vera, Wanted(active=True), by="test", at=now)
    assert "good no more" in Client().get(path).content.decode()


def test_each_is_written_down_with_who_made_it() -> None:
    vera = a_user(password="")
    path_of(vera)
    (line,) = changes.listing(limit=1)
    assert (line["who"], line["what"], line["subject"]) == ("test", "users invite", f"user {vera.pk}")


def test_after_three_days_it_is_over() -> None:
    path = path_of(a_user(password=""))
    with override_settings(PASSWORD_RESET_TIMEOUT=-1):
        assert "good no more" in Client().get(path).content.decode()


@pytest.mark.parametrize("path", ["1-abc", "zzzzzz-abc-def", "1-x-y"])
def test_a_made_up_one_says_the_same_as_an_old_one(path: str) -> None:
    a_user(password="")
    assert "good no more" in Client().get(f"/desk/account/invitation/{path}/").content.decode()


def test_it_does_not_pass_the_second_factor_by() -> None:
    sam, client = a_person(Role.SENDER), Client()
    answer = client.post(client.get(path_of(sam.user)).headers["Location"], NEW)
    assert answer.headers["Location"] == CODE
    assert not is_signed_in(client)


def test_it_lets_nobody_in_who_is_inactive() -> None:
    a_person(Role.ADMIN)
    vera, client = a_user(password=""), Client()
    making.change(vera, Wanted(active=False), by="test", at=dt.datetime.now(dt.UTC))
    client.post(client.get(path_of(vera)).headers["Location"], NEW)
    assert not is_signed_in(client)


def test_it_ends_every_session_there_was() -> None:
    vera = a_user()
    before = signed_in(vera)
    vera.refresh_from_db()
    client = Client()
    client.post(client.get(path_of(vera)).headers["Location"], NEW)
    assert not is_signed_in(before)


def test_a_weak_password_is_refused_there_too() -> None:
    client = Client()
    there = client.get(path_of(a_user(password=""))).headers["Location"]
    shown = client.post(there, {"password1": "password1234", "password2": "password1234"}).content.decode()
    assert "This password is too common." in shown
    assert PASSWORD not in shown
