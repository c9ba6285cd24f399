"""`mailer users …`, as a script and an admin at the server use it."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
from django.test import Client

from mailer.accounts.models import User
from mailer.accounts.roles import Role
from subscribers import changes
from tests.accounts.cast import PASSWORD, a_person, a_user, is_signed_in, signed_in, try_password
from tests.commands.conftest import Mailer

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

ADD = ("users", "add", "Ada@news.example", "--name", "Ada Obi", "--role", "admin")


def test_the_first_user_gets_in_by_the_link_that_is_printed(mailer: Mailer) -> None:
    added = mailer(*ADD)
    assert (added.status, added.err) == (0, "")
    first, second, link = added.out.splitlines()
    assert first == "Ada Obi is a user: admin."
    assert second.endswith("it works once, for three days:")
    client = Client()
    there = client.get(urlsplit(link.strip()).path).headers["Location"]
    client.post(there, {"password1": PASSWORD, "password2": PASSWORD})
    assert is_signed_in(client)


def test_scripts_get_the_link_too(mailer: Mailer) -> None:
    shown = mailer(*ADD, "--json").json
    assert "/desk/account/invitation/" in shown.pop("invitation")
    assert shown == {"email": "ada@news.example", "name": "Ada Obi", "role": "admin", "active": True}


def test_a_password_may_come_from_a_file(mailer: Mailer, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    added = mailer(*ADD, "--password-file", str(file), "--json")
    assert "invitation" not in added.json
    assert PASSWORD not in added.out
    assert try_password(Client(), "ada@news.example").status_code == 302


def test_or_be_asked_for(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    how: dict[str, Any] = {}

    def answer(_: str, **options: Any) -> str:  # noqa: ANN401 - Typer's own
        how.update(options)
        return PASSWORD

    monkeypatch.setattr(typer, "prompt", answer)
    assert mailer(*ADD, "--ask").status == 0
    assert (how["hide_input"], how["confirmation_prompt"]) == (True, True)
    assert try_password(Client(), "ada@news.example").status_code == 302


@pytest.mark.parametrize("held", [b"", b"\n", b"two\nlines\n", b"\xff\xfe", b"x" * 2000])
def test_a_file_holds_a_password_and_nothing_else(mailer: Mailer, tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(held)
    refused = mailer(*ADD, "--password-file", str(file))
    assert refused.status == 1
    assert "and nothing else" in refused.err
    assert not User.objects.exists()


def test_a_weak_password_is_refused_in_one_line(mailer: Mailer, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("password1234", encoding="utf-8")
    refused = mailer(*ADD, "--password-file", str(file))
    assert (refused.status, refused.err) == (1, "mailer: This password is too common.\n")


def test_added_twice_is_added_once_and_somebody_else_is_refused(mailer: Mailer) -> None:
    mailer(*ADD)
    lines = len(changes.listing())
    again = mailer(*ADD)
    assert again.status == 0
    assert "/invitation/" in again.out
    assert [line["what"] for line in changes.listing()[lines:]] == ["users invite"]
    refused = mailer("users", "add", "ada@news.example", "--name", "Ada Obi", "--role", "viewer")
    assert refused.status == 1
    assert refused.err.startswith("mailer: a•••a@news.example is a user already")


def test_nobody_who_has_a_password_is_invited_by_adding_them_again(mailer: Mailer) -> None:
    a_user(Role.ADMIN)
    assert "invitation" not in mailer(*ADD, "--json").json


def test_the_list_shows_who_there_is(mailer: Mailer) -> None:
    assert mailer("users", "ls").err == "There is no user yet: add one with `mailer users add`.\n"
    sam = a_person(Role.SENDER)
    signed_in(sam)
    (shown,) = mailer("users", "ls", "--json").json
    assert shown.pop("last_signed_in").endswith("Z")
    assert shown == {
        "email": "sam@news.example",
        "name": "Sam Njoroge",
        "role": "sender",
        "active": True,
        "second_factor": True,
        "sessions": 1,
    }
    assert mailer("users", "ls", "--csv").out.startswith("email,name,role,active,second_factor,sessions,")


def test_a_change_is_said_and_once_more_is_none(mailer: Mailer) -> None:
    a_user(Role.VIEWER)
    words = ("users", "set", "vera@news.example", "--role", "editor")
    assert mailer(*words).out == "Vera Cole is editor, active.\n"
    assert mailer(*words).out == "Vera Cole was just so already.\n"
    assert mailer(*words, "--name", "Vera Stone").out == "Vera Stone is editor, active.\n"


def test_whoever_is_made_inactive_is_out(mailer: Mailer) -> None:
    client = signed_in(a_user(Role.VIEWER))
    said = mailer("users", "set", "vera@news.example", "--inactive").out
    assert said == "Vera Cole is viewer, inactive: signed out everywhere.\n"
    assert not is_signed_in(client)


def test_the_last_admin_stays_one(mailer: Mailer) -> None:
    a_user(Role.ADMIN)
    refused = mailer("users", "set", "ada@news.example", "--inactive")
    assert (refused.status, refused.err) == (
        1,
        "mailer: Ada Obi is the last admin who can sign in: make another user admin first\n",
    )


def test_nothing_to_change_is_wrong_usage(mailer: Mailer) -> None:
    refused = mailer("users", "set", "ada@news.example")
    assert refused.status == 2
    assert "say what to change" in refused.err


def test_a_new_start_asks_first(mailer: Mailer) -> None:
    client = signed_in(a_person(Role.SENDER))
    refused = mailer("users", "reset", "sam@news.example")
    assert refused.status == 1
    assert is_signed_in(client)
    done = mailer("users", "reset", "sam@news.example", "--yes")
    assert done.out.startswith("Sam Njoroge is signed out everywhere.\n")
    assert "/invitation/" in done.out
    assert not is_signed_in(client)


def test_nobody_is_found_who_is_not_there(mailer: Mailer) -> None:
    refused = mailer("users", "reset", "nobody@x.example", "--yes")
    assert (refused.status, refused.err) == (
        1,
        "mailer: Nobody signs in as n•••y@x.example: `mailer users ls` shows who does\n",
    )
