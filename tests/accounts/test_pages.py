"""The pages of one's own account: recovery codes once, sessions one by one, nobody else's anything."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from mailer.accounts.roles import Role
from tests.accounts.cast import HOME, a_code, a_person, a_user, codes_of, is_signed_in, session_of, signed_in

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

CODES = "/desk/account/2fa/recovery-codes/"


def test_ones_page_says_what_one_may_do() -> None:
    shown = signed_in(a_user(Role.EDITOR)).get(HOME).content.decode()
    assert "edda@news.example" in shown
    assert re.search(r'<th scope="row">write</th><td class="small">[^<]*</td><td>yes</td>', shown)
    assert re.search(r'<th scope="row">send</th><td class="small">[^<]*</td><td>no</td>', shown)


def test_recovery_codes_are_shown_once_and_may_be_kept_as_text() -> None:
    sam = a_person(Role.SENDER)
    client = signed_in(sam)
    first, second = (client.get(CODES).content.decode() for _ in range(2))
    codes = codes_of(sam.user)
    assert len(codes) == 10
    assert all(first.count(code) == 2 for code in codes)  # to read, and in the file
    assert 'download="recovery-codes.txt" href="data:text/plain;charset=utf-8,' in first
    assert not [code for code in codes if code in second]
    assert client.get(f"{CODES}download/").status_code == 403


def test_new_codes_replace_the_old() -> None:
    sam = a_person(Role.SENDER)
    client, old = signed_in(sam), codes_of(sam.user)
    assert "The 10 that you have left stop working." in client.get(f"{CODES}generate/").content.decode()
    assert client.post(f"{CODES}generate/").headers["Location"] == CODES
    assert not set(old) & set(codes_of(sam.user))


def test_sessions_are_listed_and_ended_one_by_one() -> None:
    vera = a_user()
    here, phone = signed_in(vera), Client(headers={"user-agent": "A Phone/7"}, REMOTE_ADDR="198.51.100.7")
    signed_in(vera, phone)
    shown = here.get("/desk/account/sessions/").content.decode()
    assert "A Phone/7" in shown
    assert "198.51.100.7" in shown
    row = UserSession.objects.get(user_agent="A Phone/7")
    assert here.post(f"/desk/account/sessions/{row.pk}/end/").headers["Location"] == "/desk/account/sessions/"
    assert not is_signed_in(phone)
    assert is_signed_in(here)


def test_all_others_are_ended_at_once() -> None:
    vera = a_user()
    here, *others = (signed_in(vera) for _ in range(3))
    here.post("/desk/account/sessions/")
    assert [is_signed_in(other) for other in others] == [False, False]
    assert "Your other sessions are ended." in here.get(HOME).content.decode()


def test_to_end_this_one_is_to_sign_out() -> None:
    client = signed_in(a_user())
    row = UserSession.objects.get()
    client.post(f"/desk/account/sessions/{row.pk}/end/")
    assert not is_signed_in(client)
    assert not UserSession.objects.exists()


def test_nobody_ends_somebody_elses() -> None:
    victim = signed_in(a_user(Role.EDITOR))
    row = UserSession.objects.get()
    assert signed_in(a_user()).post(f"/desk/account/sessions/{row.pk}/end/").status_code == 404
    assert is_signed_in(victim)


def test_what_a_browser_calls_itself_is_text() -> None:
    client = Client(headers={"user-agent": "<script>alert(1)</script>"})
    signed_in(a_user(), client)
    shown = client.get("/desk/account/sessions/").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_a_name_is_text() -> None:
    vera = a_user(name="<img src=x onerror=alert(1)>", email="v@news.example")
    assert "<img src=x" not in signed_in(vera).get(HOME).content.decode()


def test_a_code_that_sets_up_the_app_has_to_be_right() -> None:
    client = signed_in(a_user(Role.SENDER))
    client.get("/desk/account/2fa/totp/activate/")
    secret = session_of(client)["mfa.totp.secret"]
    answer = client.post("/desk/account/2fa/totp/activate/", {"code": a_code(secret, 5)})
    assert "This code is not right" in answer.content.decode()
    assert session_of(client)["mfa.totp.secret"] == secret


def test_who_cannot_sign_in_is_told_what_helps() -> None:
    shown = Client().get("/desk/account/locked-out/").content.decode()
    assert "mailer users reset" in shown
    assert "recovery codes" in shown
