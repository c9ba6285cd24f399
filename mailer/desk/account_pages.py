"""What the pages of one's own account, which mailer.desk.pages does not make, know of the desk."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from mailer.accounts.current import user_of
from mailer.accounts.gate import ACCOUNT
from mailer.accounts.roles import may
from mailer.accounts.second_factor import lacks_second_factor
from mailer.desk.handing_back import handed_back
from mailer.desk.pages import PLACES, page


def around(request: HttpRequest) -> dict[str, Any]:
    """Return what templates/desk/base.html wants to know, for a page of one's own account; else nothing."""
    if not request.path.startswith(ACCOUNT):
        return {}
    # What fails before anybody was looked for is answered too.
    user = user_of(request)
    # Who has still to set up a second factor can go nowhere else.
    must_set_up = user is not None and lacks_second_factor(user)
    role = user.role if user is not None and not must_set_up else ""
    return {
        "user": user or AnonymousUser(),
        "places": [each for each in PLACES if role and may(role, each.permission)],
        "place": "",
        "may": lambda permission: bool(role) and may(role, permission),
        "sandboxed": settings.CONFIGURATION.sandboxed,
        "now": dt.datetime.now(dt.UTC),
        "said": [(message.level_tag, str(message)) for message in messages.get_messages(request)],
        "must_set_up": must_set_up,
        "oidc": settings.CONFIGURATION.desk.oidc,
    }


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's own signature
    """Say that a form was too old, or came from elsewhere, and what to do; with what was typed into it."""
    return handed_back(request) or page(request, "not_from_here.html", status=403)
