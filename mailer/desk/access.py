"""Who may see and do what at the desk: each view says the one permission that it asks for."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from mailer.accounts.current import user_of
from mailer.accounts.models import User
from mailer.accounts.roles import may
from mailer.desk.handing_back import handed_back
from mailer.desk.pages import page

P = ParamSpec("P")


class DeskRequest(HttpRequest):
    """A request of somebody who has signed in: what every view of the desk is given."""

    user: User


def needs(
    permission: str,
) -> Callable[
    [Callable[Concatenate[DeskRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let only users through whose role has the permission (accounts.roles); strangers are led to sign in."""

    def guarding(
        view: Callable[Concatenate[DeskRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(request: HttpRequest, /, *args: P.args, **values: P.kwargs) -> HttpResponseBase:
            response: HttpResponseBase
            user = user_of(request)
            if user is None:
                response = redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            elif not may(user.role, permission):
                response = forbidden(request, permission)
            else:
                response = view(cast("DeskRequest", request), *args, **values)
            # A shared computer's back button shows nothing to whoever sits down next.
            add_never_cache_headers(response)
            return response

        functools.update_wrapper(guarded, view)
        guarded.permission = permission  # type: ignore[attr-defined]  # for the test that walks them all
        guarded.refused = handed_back  # type: ignore[attr-defined]  # for mailer.accounts.gate, which knows no page
        return guarded

    return guarding


def forbidden(request: HttpRequest, permission: str) -> HttpResponse:
    """Say that this user's role does not reach so far, and who can help."""
    typed = handed_back(request, permission)
    return typed or page(request, "forbidden.html", status=403, permission=permission)
