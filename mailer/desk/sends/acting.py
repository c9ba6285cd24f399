"""Who acts, what they typed, and what a refused action says: shared by the pages of a send."""

import datetime as dt

from django.core.exceptions import PermissionDenied

from mailer.accounts import roles
from mailer.accounts.models import User
from mailer.accounts.names import UserName
from mailer.desk.access import DeskRequest
from mailer.models import Send


def user(request: DeskRequest) -> User:
    """Return who has signed in; only users come as far as a view."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def by(request: DeskRequest) -> UserName:
    """Return who it is, as the audit log and approvals have it."""
    return user(request).by


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)


def there(send: Send | int) -> str:
    """Return the address of a send's page."""
    return f"/desk/sends/{send if isinstance(send, int) else send.pk}"


def plain(error: Exception) -> str:
    """Return what an error says to people at the desk, who type no commands: up to where one is named."""
    words = str(error)
    if "`mailer" not in words:
        return words
    clauses = words.replace("; ", "\0; ").replace(": ", "\0: ").split("\0")
    kept = "".join(clause for clause in clauses if "`mailer" not in clause)
    return kept if kept.strip() else words


def may(request: DeskRequest, permission: str) -> bool:
    """Return whether whoever asks has a permission beyond the page's own."""
    return roles.may(user(request).role, permission)
