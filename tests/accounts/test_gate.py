"""Nobody passes who has not signed in wholly, and sessions end in time; public pages know of none of it."""

import datetime as dt
import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from mailer.accounts import gate, making
from mailer.accounts.making import Wanted
from mailer.accounts.roles import Role
from mailer.accounts.sessions import Key, SessionStore
from tests.accounts.cast import (
    CODE,
    HOME,
    LOGIN,
    PASSWORD,
    a_person,
    a_user,
    is_signed_in,
    session_of,
    signed_in,
    try_password,
)
from tests.stage import a_list, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

SET_UP = "/desk/account/2fa/"
NOW = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)


def test_a_stranger_is_led_to_sign_in_and_back() -> None:
    client = Client()
    assert client.get(HOME).headers["Location"] == f"{LOGIN}?next=/desk/account/"
    vera = a_user(Role.VIEWER)
    answer = try_password(client, vera.email, query_params={"next": HOME})
    assert answer.headers["Location"] == HOME
    assert "Vera Cole" in client.get(HOME).content.decode()


def test_what_a_stranger_posts_is_not_repeated_afterwards() -> None:
    answer = Client().post("/desk/account/sessions/1/end/")
    assert answer.headers["Location"] == f"{LOGIN}?next=/desk/"


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor() -> None:
    sam, client = a_person(Role.SENDER), Client()
    assert try_password(client, sam.user.email).headers["Location"] == CODE
    for path in (HOME, "/desk/account/sessions/", SET_UP, "/desk/account/2fa/totp/deactivate/"):
        assert client.get(path).headers["Location"].startswith(LOGIN)
        assert client.post(path).headers["Location"].startswith(LOGIN)
    assert client.post(CODE, {"code": sam.code}).headers["Location"] == "/desk/"
    assert client.get(HOME).status_code == 200


def test_a_second_factor_without_the_password_opens_nothing() -> None:
    sam, client = a_person(Role.SENDER), Client()
    assert client.post(CODE, {"code": sam.code}).headers["Location"] == LOGIN
    assert not is_signed_in(client)


@pytest.mark.parametrize("role", [Role.SENDER, Role.ADMIN])
def test_who_must_have_a_second_factor_can_do_nothing_before_it_is_set_up(role: Role) -> None:
    client = signed_in(a_user(role))
    for path in (HOME, "/desk/account/sessions/", "/desk/account/password/change/"):
        assert client.get(path).headers["Location"] == SET_UP
        assert client.post(path).headers["Location"] == SET_UP
    shown = client.get(SET_UP).content.decode()
    assert "Set up a second factor" in shown
    assert "/desk/sends/" not in shown
    assert client.get(f"{SET_UP}totp/activate/").status_code == 200
    assert client.post("/desk/account/logout/").status_code == 302


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_may_do_without(role: Role) -> None:
    assert signed_in(a_user(role)).get(HOME).status_code == 200


def test_a_role_counts_from_the_next_page_on() -> None:
    sam = a_person(Role.SENDER)
    client = signed_in(sam)
    assert "sender" in client.get(HOME).content.decode()
    making.change(sam.user, Wanted(role=Role.VIEWER), by="test", at=NOW)
    shown = client.get(HOME).content.decode()
    assert "your role is viewer" in shown
    assert "/desk/subscribers/" not in shown


def test_who_becomes_a_sender_is_led_to_set_up_at_once() -> None:
    vera = a_user(Role.VIEWER)
    client = signed_in(vera)
    making.change(vera, Wanted(role=Role.SENDER), by="test", at=NOW)
    assert client.get(HOME).headers["Location"] == SET_UP


def test_whoever_is_deactivated_is_out_at_once_and_stays_out() -> None:
    a_person(Role.ADMIN)
    vera = a_user(Role.VIEWER)
    client = signed_in(vera)
    making.change(vera, Wanted(active=False), by="test", at=NOW)
    assert not is_signed_in(client)
    assert try_password(client, vera.email).headers["Location"] == "/desk/account/inactive/"
    assert "inactive" in client.get("/desk/account/inactive/").content.decode()
    assert not is_signed_in(client)


def test_signing_in_gives_another_session_and_the_old_ticket_is_worth_nothing() -> None:
    vera, victim, attacker = a_user(Role.VIEWER), Client(), Client()
    attacker.post("/desk/account/oidc/login/")  # whatever makes a session
    attacker.get(LOGIN)
    session = SessionStore()
    session["planted"] = True
    session.save()
    victim.cookies["desk"] = session.ticket
    try_password(victim, vera.email)
    assert victim.cookies["desk"].value != session.ticket
    attacker.cookies["desk"] = session.ticket
    assert is_signed_in(victim)
    assert not is_signed_in(attacker)


def test_a_ticket_that_was_made_up_is_never_adopted() -> None:
    vera, victim = a_user(Role.VIEWER), Client()
    victim.cookies["desk"] = "a" * 40
    try_password(victim, vera.email)
    assert victim.cookies["desk"].value != "a" * 40
    assert not Session.objects.filter(pk=Key.of("a" * 40)).exists()


def test_who_reads_the_database_finds_no_ticket() -> None:
    client = signed_in(a_user(Role.VIEWER))
    ticket = client.cookies["desk"].value
    keys = {
        *Session.objects.values_list("pk", flat=True),
        *UserSession.objects.values_list("session_key", flat=True),
    }
    assert keys == {Key.of(ticket)}
    for key in keys:
        thief = Client()
        thief.cookies["desk"] = key
        assert not is_signed_in(thief)


def test_an_hour_of_nothing_ends_a_session() -> None:
    client = signed_in(a_user(Role.VIEWER))
    (row,) = Session.objects.all()
    assert dt.timedelta(minutes=59) < row.expire_date - dt.datetime.now(dt.UTC) <= dt.timedelta(hours=1)
    Session.objects.update(expire_date=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    assert not is_signed_in(client)


def test_whoever_is_busy_stays_with_one_write_a_minute() -> None:
    client = signed_in(a_user(Role.VIEWER))
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    UserSession.objects.update(last_seen_at=NOW)
    client.get(HOME)
    (row,), (session,) = Session.objects.all(), UserSession.objects.all()
    assert row.expire_date > soon + dt.timedelta(minutes=54)
    assert session.last_seen_at > NOW
    client.get(HOME)
    assert Session.objects.get().expire_date == row.expire_date


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in() -> None:
    send = a_send(an_edition(a_list()))
    client = signed_in(a_user(Role.VIEWER))
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    for path in (*(f"sends/{send.pk}/{each}" for each in ("events", "live", "watched")), "token"):
        assert client.get(f"/desk/{path}").status_code == 200, path
    assert client.get("/desk/nothing/here").status_code == 404
    assert Session.objects.get().expire_date == soon
    client.get(f"/desk/sends/{send.pk}")
    assert Session.objects.get().expire_date > soon


def test_after_twelve_hours_one_signs_in_again_however_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    client, clock = signed_in(a_user(Role.VIEWER)), time.time
    monkeypatch.setattr(time, "time", lambda: clock() + gate.ABSOLUTE - 30)
    assert is_signed_in(client)
    monkeypatch.setattr(time, "time", lambda: clock() + gate.ABSOLUTE + 30)
    assert not is_signed_in(client)
    assert not Session.objects.exists()


def test_public_pages_have_no_session_whatever_cookie_comes() -> None:
    client = signed_in(a_user(Role.VIEWER))
    for name in ("desk", "desk-form"):
        client.cookies[name]["path"] = "/"
    answer = client.get("/")
    assert not hasattr(answer.wsgi_request, "session")
    assert not hasattr(answer.wsgi_request, "user")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_cookies_of_the_desk_stay_at_the_desk() -> None:
    client = signed_in(a_user(Role.VIEWER))
    client.get("/desk/account/password/change/")
    for name in ("desk", "desk-form"):
        cookie = client.cookies[name]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/desk/", "Lax", True)
    assert client.cookies["desk"]["max-age"] == ""


@pytest.mark.parametrize("path", [LOGIN, HOME, "/desk/account/nothing/here"])
def test_no_answer_of_the_desk_is_kept_anywhere(path: str) -> None:
    for client in (Client(), signed_in(a_user(Role.VIEWER))):
        headers = client.get(path).headers
        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Robots-Tag"] == "noindex"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "script-src 'self'" in headers["Content-Security-Policy"]


def test_the_desk_speaks_english_whatever_the_browser_likes() -> None:
    answer = Client(headers={"accept-language": "fr"}).post(LOGIN, {"login": "", "password": ""})
    assert "This field is required." in answer.content.decode()


def test_what_is_sensitive_asks_once_more_and_keeps_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    sam = a_person(Role.SENDER)
    client, clock = signed_in(sam), time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 1000)
    there = f"{SET_UP}recovery-codes/generate/"
    answer = client.post(there, {"secret": "stays here"})
    assert answer.headers["Location"].startswith("/desk/account/reauthenticate/?next=")
    assert "stays here" not in str(dict(session_of(client)))
    again = client.get(answer.headers["Location"])
    assert "Is it you?" in again.content.decode()
    answer = client.post("/desk/account/reauthenticate/", {"password": "wrong", "next": there})
    assert "Incorrect password." in answer.content.decode()
    answer = client.post("/desk/account/reauthenticate/", {"password": PASSWORD, "next": there})
    assert answer.headers["Location"] == there
    assert client.get(there).status_code == 200
