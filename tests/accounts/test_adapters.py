"""Attacks on signing in: guessing, asking who is there, codes that were used, ways that lead elsewhere."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from mailer.accounts.adapters import is_of_the_desk
from mailer.accounts.roles import Role
from subscribers import changes
from tests.accounts.cast import (
    CODE,
    LOGIN,
    PASSWORD,
    a_code,
    a_person,
    a_user,
    codes_of,
    is_signed_in,
    signed_in,
    try_password,
)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NEW = {"oldpassword": PASSWORD, "password1": "seven quiet owls", "password2": "seven quiet owls"}


def from_network(number: int) -> Client:
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def test_a_guesser_is_locked_out_of_an_account_from_wherever_they_come() -> None:
    vera = a_user()
    answers = [try_password(from_network(n), vera.email, "wrong") for n in range(1, 7)]
    assert ["Address or password is wrong" in a.content.decode() for a in answers] == [True] * 5 + [False]
    late = try_password(from_network(9), vera.email)
    assert "Too many attempts. Wait five minutes" in late.content.decode()


def test_nor_is_the_host_that_they_name_another_account() -> None:
    vera = a_user()
    for n in range(1, 7):
        try_password(from_network(n), vera.email, "wrong", SERVER_PORT=str(8000 + n))
    late = try_password(from_network(9), vera.email, SERVER_PORT="9000")
    assert "Too many attempts. Wait five minutes" in late.content.decode()


def test_the_owner_gets_in_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    vera, clock = a_user(), time.time
    for n in range(1, 7):
        try_password(from_network(n), vera.email, "wrong")
    monkeypatch.setattr(time, "time", lambda: clock() + 301)
    assert try_password(from_network(9), vera.email).status_code == 302


def test_a_guesser_is_locked_out_of_all_accounts_from_one_network() -> None:
    vera, guesser = a_user(), from_network(1)
    for n in range(10):
        try_password(guesser, f"nobody{n}@news.example", "wrong")
    assert "Too many attempts" in try_password(guesser, vera.email).content.decode()
    assert try_password(from_network(2), vera.email).status_code == 302


def test_whoever_floods_the_form_hears_it_in_plain_words() -> None:
    guesser = from_network(1)
    answers = [guesser.post(LOGIN, {"login": "", "password": ""}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert "Too many attempts" in guesser.post(LOGIN, {}).content.decode()


def test_a_forged_proxy_header_is_no_other_network() -> None:
    for n in range(10):
        try_password(
            Client(REMOTE_ADDR="9.9.9.9"), f"n{n}@x.example", "x", headers={"x-forwarded-for": f"1.2.3.{n}"}
        )
    last = try_password(
        Client(REMOTE_ADDR="9.9.9.9"), "z@x.example", "x", headers={"x-forwarded-for": "1.2.3.99"}
    )
    assert "Too many attempts" in last.content.decode()


def test_visitors_behind_our_own_proxy_are_told_apart() -> None:
    vera = a_user()
    for n in range(10):
        try_password(
            Client(REMOTE_ADDR="10.0.0.2"), f"n{n}@x.example", "x", headers={"x-forwarded-for": "203.0.113.9"}
        )
    answer = try_password(
        Client(REMOTE_ADDR="10.0.0.2"), vera.email, headers={"x-forwarded-for": "203.0.113.8"}
    )
    assert answer.status_code == 302


def test_nobody_learns_from_the_answer_who_is_a_user() -> None:
    vera = a_user()
    known, unknown = (
        try_password(from_network(1), email, "wrong") for email in (vera.email, "nobody@news.example")
    )
    assert known.status_code == unknown.status_code == 200
    pages = [
        _without_token(answer).replace(email, "")
        for answer, email in ((known, vera.email), (unknown, "nobody@news.example"))
    ]
    assert pages[0] == pages[1]


def test_nor_from_the_work_it_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    vera, work = a_user(), list[str]()
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoded(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        work.append("one hash")
        return encode(self, password, salt)

    def verified(self: Argon2PasswordHasher, password: str, known: str) -> bool:
        work.append("one hash")
        return verify(self, password, known)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoded)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verified)
    try_password(from_network(1), "nobody@news.example", "wrong")
    assert work == ["one hash"]
    try_password(from_network(2), vera.email, "wrong")
    assert work == ["one hash"] * 2


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/desk/",
        "/\\evil.example",
        "/desk/\\..//evil.example",
        "http://localhost/desk/",
        "javascript:alert(1)",
        "/subscribe/x",
        "/desk",
        "/deskevil/",
    ],
)
def test_signing_in_leads_nowhere_but_to_the_desk(there: str) -> None:
    vera = a_user()
    answer = try_password(Client(), vera.email, query_params={"next": there})
    where = answer.headers["Location"]
    assert where == "/desk/" or (where.startswith("/desk/") and "\\" not in where)
    if there != "/desk/\\..//evil.example":
        assert where == "/desk/"


def test_a_page_of_the_desk_is_one_on_this_host() -> None:
    assert is_of_the_desk("/desk/editions/1?tab=x#y")
    assert not is_of_the_desk("//desk/")
    assert not is_of_the_desk("https://news.example/desk/")


def test_nor_does_signing_out() -> None:
    client = signed_in(a_user())
    assert client.post("/desk/account/logout/", {"next": "https://evil.example"}).headers["Location"] == LOGIN


def test_a_code_works_once() -> None:
    sam, code = a_person(Role.SENDER), ""
    first, second = Client(), Client()
    code = sam.code
    for client in (first, second):
        try_password(client, sam.user.email)
        client.post(CODE, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_right_half_a_minute_early_and_late(steps: int, right: bool) -> None:  # noqa: FBT001 - a table's column
    sam, client = a_person(Role.SENDER), Client()
    try_password(client, sam.user.email)
    client.post(CODE, {"code": a_code(sam.secret, steps)})
    assert is_signed_in(client) is right


def test_codes_cannot_be_guessed() -> None:
    sam, client = a_person(Role.SENDER), Client()
    try_password(client, sam.user.email)
    answers = [client.post(CODE, {"code": "000000"}).content.decode() for _ in range(6)]
    assert ["This code is not right" in text for text in answers] == [True] * 5 + [False]
    assert "Too many attempts" in client.post(CODE, {"code": sam.code}).content.decode()
    other = Client(REMOTE_ADDR="198.51.100.7")
    try_password(other, sam.user.email)
    assert "Too many attempts" in other.post(CODE, {"code": sam.code}).content.decode()


def test_a_recovery_code_works_once() -> None:
    sam = a_person(Role.SENDER)
    code = codes_of(sam.user)[3]
    first, second = Client(), Client()
    for client in (first, second):
        try_password(client, sam.user.email)
        client.post(CODE, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)
    assert code not in codes_of(sam.user)


def test_a_new_password_ends_the_other_sessions_and_not_this_one() -> None:
    vera = a_user()
    here, elsewhere = signed_in(vera), signed_in(vera)
    before = here.cookies["desk"].value
    answer = here.post("/desk/account/password/change/", NEW)
    assert answer.headers["Location"] == "/desk/account/"
    assert "Your password is changed" in here.get("/desk/account/").content.decode()
    assert here.cookies["desk"].value != before
    assert not is_signed_in(elsewhere)
    assert try_password(Client(), vera.email).status_code == 200
    (line,) = changes.listing(limit=1)
    assert (line["who"], line["what"], line["subject"]) == (
        "Vera Cole",
        "account password",
        f"user {vera.pk}",
    )


def test_nobody_changes_it_without_the_old_one() -> None:
    vera = a_user()
    answer = signed_in(vera).post("/desk/account/password/change/", NEW | {"oldpassword": "x"})
    assert "Please type your current password." in answer.content.decode()


def test_who_must_have_a_second_factor_cannot_take_off_the_last() -> None:
    sam = a_person(Role.SENDER)
    answer = signed_in(sam).post("/desk/account/2fa/totp/deactivate/")
    assert "Your role needs a second factor: add another one first." in answer.content.decode()
    assert Authenticator.objects.filter(user=sam.user).count() == 2


def test_who_need_not_may_take_it_off() -> None:
    edda = a_person(Role.EDITOR)
    assert signed_in(edda).post("/desk/account/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=edda.user).exists()


def test_the_log_names_nobody(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    vera = a_user()
    try_password(Client(), vera.email, "wrong-and-secret")
    try_password(Client(), "nobody@news.example", "wrong-and-secret")
    signed_in(vera)
    written = caplog.text + "".join(capsys.readouterr())
    for word in (vera.email, "nobody@news.example", "wrong-and-secret", PASSWORD, "Vera"):
        assert word not in written


def _without_token(answer: Any) -> str:  # noqa: ANN401 - what Django's test client brings back
    lines: list[str] = answer.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)
