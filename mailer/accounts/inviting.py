"""The link by which a user chooses a password: it works once, for three days, and until there is another."""

import datetime as dt

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse

from mailer.accounts.auditing import subject
from mailer.accounts.models import User
from subscribers import changes


class Invitations(PasswordResetTokenGenerator):
    """Signs a link with all that makes it void when it changes."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # type: ignore[override]  # of this kind of user
        """Say the password there is, the last sign-in, and whether and as what they may come in."""
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.role}"


def invitation(user: User, *, by: str, at: dt.datetime) -> str:
    """Return the address that a user opens to choose a password, and is signed in by; older ones are void."""
    with transaction.atomic():
        if not user.has_usable_password():
            user.set_unusable_password()  # another one: links are made of it
            user.save(update_fields=["password"])
        changes.record("users invite", by=by, at=at, subject=subject(user))
    parts = {"uidb36": user_pk_to_url_str(user), "key": Invitations().make_token(user)}
    return f"{settings.CONFIGURATION.base_url}{reverse('account_reset_password_from_key', kwargs=parts)}"
