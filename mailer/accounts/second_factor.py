"""Who has a second factor, and who must have one."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from mailer.accounts.models import User
from mailer.accounts.roles import needs_second_factor

# Recovery codes stand in for one of these; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have_one(user: User) -> bool:
    """Return whether the user's role has to have a second factor here (MAILER_SECOND_FACTOR)."""
    return needs_second_factor(user.role, settings.CONFIGURATION.desk.second_factor)


def lacks_second_factor(user: User) -> bool:
    """Return whether the user can do nothing before a second factor is set up."""
    return must_have_one(user) and not Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
