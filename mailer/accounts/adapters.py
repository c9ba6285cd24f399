"""What django-allauth asks us: nobody signs up, every way back stays at the desk, no letter leaves here."""

import datetime as dt
import time
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from mailer.accounts import keeping
from mailer.accounts.auditing import subject
from mailer.accounts.gate import ACCOUNT, DESK, SIGNED_IN_AT
from mailer.accounts.models import User
from mailer.accounts.second_factor import FACTORS, must_have_one
from subscribers import changes, networks

log = structlog.get_logger()

# Some socket of this machine, where no address is told.
_NO_ADDRESS = "127.0.0.1"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Passwords and sessions."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Address or password is wrong. Capitals matter in the password.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "rate_limited": "Too many attempts. Wait five minutes, then try again.",
        "incorrect_code": "This code is not right. Take the one that the app shows now.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's own signature
        """Let nobody in who was not added by one of ours."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether one may be led there after signing in: pages of the desk alone."""
        return bool(url) and is_of_the_desk(str(url))

    def get_login_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's own signature
        """Return where one begins."""
        return DESK

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - the same
        """Return where one has come from."""
        return ACCOUNT

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that attempts are counted by, as other pages know visitors."""
        near = str(request.META.get("REMOTE_ADDR", ""))
        return networks.visitor(near, str(request.META.get("HTTP_X_FORWARDED_FOR", ""))) or _NO_ADDRESS

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401, ARG002 - allauth's own signature
        """Return what attempts at an account are counted by: its address, whatever host they name."""
        return str(credentials.get("email", "")).strip().casefold()

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session, and its longest time."""
        super().login(request, user)
        request.session[SIGNED_IN_AT] = time.time()
        log.info("signed in", user=user.pk)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Leave a trace that names nobody."""
        log.warning("sign-in refused", why="address or password")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Let signing in show who one is, for as long as showing it once more would."""
        since = self.request.session.get(SIGNED_IN_AT, 0)
        if time.time() - since < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def set_password(self, user: User, password: str) -> None:
        """Keep a password, and write down that there is a new one."""
        with transaction.atomic():
            super().set_password(user, password)
            now = dt.datetime.now(dt.UTC)
            changes.record("account password", by=user.by, at=now, subject=subject(user))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: letters leave by the outbox, which writes to readers of lists."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Codes and passkeys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right. Take the one that the app shows now.",
        "cannot_delete_authenticator": "Your role needs a second factor: add another one first.",
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as the database may hold it."""
        return keeping.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that the database holds."""
        return keeping.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether enough would be left for the user's role."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return not must_have_one(authenticator.user) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's own signature
        """Return a name for the next key."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"


def is_of_the_desk(url: str) -> bool:
    """Return whether a way back is a page of the desk, on this host: never another site."""
    return url.startswith(DESK) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
