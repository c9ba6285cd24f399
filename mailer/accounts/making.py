"""Make users and change what they are: by one of ours, with a line in the audit log for each change."""

import datetime as dt
import pwd
import re
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest

from mailer.accounts.auditing import subject
from mailer.accounts.errors import AccountError, NoSuchUserError
from mailer.accounts.models import User
from mailer.accounts.roles import Role
from mailer.accounts.second_factor import FACTORS
from subscribers import changes
from subscribers.addresses import masked, parse
from subscribers.models import Change

LONGEST_NAME = 200  # characters; the column's, and the audit log's


@dataclass(frozen=True)
class Wanted:
    """What a user is to become; None leaves it as it is."""

    name: str | None = None
    role: Role | None = None
    active: bool | None = None


def add(email: str, *, name: str, role: Role, password: str = "", by: str, at: dt.datetime) -> User:
    """Add a user; without a password they choose one by an invitation.

    Who is there already, just so, stays as they are. Raises AccountError, AddressError.
    """
    address = parse(email).canonical
    user = User(email=address, name=_name(name), role=role, created_at=at)
    if password:
        _check(password, user)
        user.set_password(password)
    else:
        user.set_unusable_password()
    with transaction.atomic():
        there = User.objects.filter(email=address).first()
        if there is not None:
            if _of(there) == _of(user) and (not password or there.check_password(password)):
                return there
            raise AccountError(f"{masked(address)} is a user already: change them with `mailer users set`")
        _nobody_is_called(user.name)
        user.save()
        # Who adds a user says that the address is theirs; OpenID Connect finds them by it.
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        changes.record(
            "users add", by=by, at=at, subject=subject(user), after={"name": user.name, "role": str(role)}
        )
    return user


def find(email: str) -> User:
    """Return the user with this address. Raises NoSuchUserError, AddressError."""
    address = parse(email).canonical
    user = User.objects.filter(email=address).first()
    if user is None:
        raise NoSuchUserError(masked(address))
    return user


def change(user: User, wanted: Wanted, *, by: str, at: dt.datetime) -> bool:
    """Make a user what is wanted, at once; return whether anything changed.

    Whoever is deactivated is signed out everywhere. Raises AccountError, of the last admin too.
    """
    with transaction.atomic():
        # All admins, so that of two who take each other's role one comes second.
        locked = User.objects.select_for_update().filter(Q(pk=user.pk) | Q(role=Role.ADMIN)).order_by("pk")
        row = next(each for each in locked if each.pk == user.pk)
        before = _of(row)
        name = row.name if wanted.name is None else _name(wanted.name)
        after = {
            "name": name,
            "role": str(row.role if wanted.role is None else wanted.role),
            "active": row.is_active if wanted.active is None else wanted.active,
        }
        if before == after:
            return False
        if name != row.name:
            _has_done_nothing(row)
            _nobody_is_called(name)
        if before["role"] == Role.ADMIN and before["active"]:
            _somebody_else_manages(row, after)
        row.name, row.role, row.is_active = name, str(after["role"]), bool(after["active"])
        if not row.is_active and not row.has_usable_password():
            row.set_unusable_password()  # another one: an invitation that is still out is void
        row.save(update_fields=["name", "role", "is_active", "password"])
        if not row.is_active:
            end_sessions(row)
        changes.record("users set", by=by, at=at, subject=subject(row), before=before, after=after)
    user.name, user.role, user.is_active = row.name, row.role, row.is_active
    return True


def reset(user: User, *, by: str, at: dt.datetime) -> None:
    """Give a user a new start: no password, no second factor, no session. An invitation leads back in."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        ended = end_sessions(user)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        changes.record(
            "users reset", by=by, at=at, subject=subject(user), after={"factors": removed, "sessions": ended}
        )


def unlock(user: User, *, by: str, at: dt.datetime) -> None:
    """Forget the wrong passwords that were counted against a user, who may be locked out by somebody else."""
    with transaction.atomic():
        ratelimit.clear(HttpRequest(), app="allauth.account", action="login_failed", key=user.email)
        changes.record("users unlock", by=by, at=at, subject=subject(user))


def end_sessions(user: User) -> int:
    """Sign a user out everywhere; return from how many sessions."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def listing() -> list[dict[str, Any]]:
    """Return every user by address, with how they sign in and when they last did."""
    users = User.objects.annotate(
        factors=Count("authenticator", filter=Q(authenticator__type__in=FACTORS), distinct=True),
        sessions=Count("usersession", distinct=True),
    )
    return [
        {
            **show(user),
            "second_factor": user.factors > 0,
            "sessions": user.sessions,
            "last_signed_in": user.last_login,
        }
        for user in users.order_by("email")
    ]


def show(user: User) -> dict[str, Any]:
    """Return who a user is."""
    return {"email": user.email, **_of(user)}


def _of(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": str(user.role), "active": user.is_active}


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise AccountError(f"A name has 1 to {LONGEST_NAME} printable characters: the audit log says it")
    return name


def _nobody_is_called(name: str) -> None:
    """Raise AccountError where a name is somebody's, or was: the audit log knows people by it."""
    # Compared here: SQLite knows capitals of ASCII alone. Users are few.
    if name.casefold() in {each.casefold() for each in User.objects.values_list("name", flat=True)}:
        raise AccountError(
            f"Another user is called {name!r}, and the audit log could not tell them apart: choose another"
        )
    if _is_an_account(name):
        raise AccountError(f"Commands of the account {name!r} are logged by that name: choose another")
    if Change.objects.filter(who__iexact=name).exists():
        raise AccountError(f"The audit log has lines by {name!r}, who is somebody else: choose another name")


def _is_an_account(name: str) -> bool:
    """Return whether commands would be logged by this name: an account of this machine, or `uid 54321`."""
    if re.fullmatch(r"uid \d+", name.casefold()):
        return True
    for each in (name, name.lower()):
        try:
            pwd.getpwnam(each)
        except KeyError:
            continue
        return True
    return False


def _has_done_nothing(user: User) -> None:
    """Raise AccountError where a user may have done something by their name, which then stays theirs.

    Who has signed in may have written a text, which has no line in the log: by another name they would
    approve it as a second person.
    """
    if user.last_login is not None or Change.objects.filter(who=user.name).exists():
        raise AccountError(
            f"{user.name!r} has signed in or is in the audit log, so that this stays their name;"
            " add a new user instead"
        )


def _somebody_else_manages(user: User, after: dict[str, Any]) -> None:
    """Raise AccountError where nobody would be left who can sign in and manage users."""
    if after["role"] == Role.ADMIN and after["active"]:
        return
    able = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if settings.CONFIGURATION.desk.oidc is not None:
        able |= Q(last_login__isnull=False)
    if not User.objects.filter(able, role=Role.ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise AccountError(f"{user.name} is the last admin who can sign in: make another user admin first")


def _check(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError(" ".join(error.messages)) from None
