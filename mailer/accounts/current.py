"""Who has signed in, as a value of its own kind."""

from django.http import HttpRequest

from mailer.accounts.models import User


def user_of(request: HttpRequest) -> User | None:
    """Return who has signed in, None for a stranger, and where nobody is asked for."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_authenticated else None


def signed_in_user(request: HttpRequest) -> User:
    """Return who has signed in, behind the gate. Raises LookupError, where there is no gate in front."""
    user = user_of(request)
    if user is None:
        raise LookupError("nobody has signed in")
    return user
