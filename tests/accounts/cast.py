"""The people of the desk, and how they get in: Ada is an admin, Sam sends, Edda edits, Vera looks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from mailer.accounts import making
from mailer.accounts.models import User
from mailer.accounts.roles import Role
from mailer.accounts.sessions import SessionStore

PASSWORD = "correct horse battery staple"
NAMES = {
    Role.ADMIN: "Ada Obi",
    Role.SENDER: "Sam Njoroge",
    Role.EDITOR: "Edda Lind",
    Role.VIEWER: "Vera Cole",
}
LOGIN, CODE, HOME = "/desk/account/login/", "/desk/account/2fa/authenticate/", "/desk/account/"


@dataclass(frozen=True)
class Person:
    """A user, with what only they know and have."""

    user: User
    secret: str = ""

    @property
    def code(self) -> str:
        """What their app shows now."""
        return a_code(self.secret)


def a_user(role: Role = Role.VIEWER, *, email: str = "", name: str = "", password: str = PASSWORD) -> User:
    name = name or NAMES[role]
    email = email or f"{name.partition(' ')[0].lower()}@news.example"
    return making.add(email, name=name, role=role, password=password, by="test", at=dt.datetime.now(dt.UTC))


def a_person(role: Role = Role.VIEWER, *, email: str = "", name: str = "") -> Person:
    """A user who has set up the app."""
    user, secret = a_user(role, email=email, name=name), totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return Person(user, secret)


def a_code(secret: str, steps: int = 0) -> str:
    """What an app shows, so many half minutes from now."""
    now = list(totp.yield_hotp_counters_from_time())[1]
    code: str = totp.format_hotp_value(totp.hotp_value(secret, now + steps))
    return code


def codes_of(user: User) -> list[str]:
    """The recovery codes that are left."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    unused: list[str] = row.wrap().get_unused_codes()
    return unused


def try_password(client: Client, email: str, password: str = PASSWORD, **options: Any) -> Any:  # noqa: ANN401 - what Django's test client takes and brings back
    """Post the form for signing in."""
    return client.post(LOGIN, {"login": email, "password": password}, **options)


def signed_in(person: Person | User, client: Client | None = None) -> Client:
    """A browser in which somebody has signed in, wholly."""
    client = client or Client()
    user = person if isinstance(person, User) else person.user
    answer = try_password(client, user.email)
    if isinstance(person, Person):
        assert answer.headers["Location"] == CODE
        answer = client.post(CODE, {"code": person.code})
    assert answer.status_code == 302, answer.content.decode()
    return client


def session_of(client: Client) -> SessionStore:
    """What the server remembers of a browser."""
    return SessionStore.of(client.cookies["desk"].value)


def is_signed_in(client: Client) -> bool:
    """Whether somebody has signed in there, if only as far as setting up a second factor."""
    answer = client.get(HOME)
    return answer.status_code == 200 or not answer.headers["Location"].startswith(LOGIN)
