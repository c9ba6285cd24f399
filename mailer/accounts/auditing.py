"""What users do to their own accounts, in the audit log: second factors that come and go, never a secret."""

import datetime as dt

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from mailer.accounts.models import User
from subscribers import changes

_WORDS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def listen() -> None:
    """Hear of every second factor that is added or removed, in the transaction that does it."""
    post_save.connect(_added, sender=Authenticator, dispatch_uid="accounts.added")
    post_delete.connect(_removed, sender=Authenticator, dispatch_uid="accounts.removed")
    authenticator_added.connect(_alone_from_here, dispatch_uid="accounts.alone")


def _added(instance: Authenticator, *, created: bool, raw: bool = False, **_: object) -> None:
    if created and not raw:
        _write("account factor", instance, after={"added": _WORDS[instance.type]})


def _removed(instance: Authenticator, **_: object) -> None:
    _write("account factor", instance, after={"removed": _WORDS[instance.type]})


def _write(what: str, instance: Authenticator, *, after: dict[str, str]) -> None:
    user: User = instance.user
    changes.record(what, by=user.by, at=dt.datetime.now(dt.UTC), subject=subject(user), after=after)


def subject(user: User) -> str:
    """Return how the audit log says which user something is about: never by the address."""
    return f"user {user.pk}"


def _alone_from_here(request: HttpRequest, user: User, **_: object) -> None:
    """End the sessions that were begun without the factor there is now."""
    end_other_sessions(request, user)
