"""The door of the desk: sessions exist behind /desk/ alone, and nobody passes who has not signed in wholly.

Public pages have no session, no user and no cookie, since the middlewares here pass them by. Behind /desk/
every view asks for a user unless it says that it does not (`login_not_required`), and for a second factor
where the user's role must have one.
"""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import urlencode

from mailer.accounts.current import user_of
from mailer.accounts.second_factor import lacks_second_factor
from mailer.accounts.sessions import SessionStore

DESK = "/desk/"
ACCOUNT = f"{DESK}account/"
SET_UP = f"{ACCOUNT}2fa/"
# All that one can do who has still to set up a second factor.
TO_SET_UP = (SET_UP, f"{ACCOUNT}reauthenticate/", f"{ACCOUNT}logout/")
ABSOLUTE = 12 * 3600  # seconds after signing in, however busy one was
# How far the end of a session may lag behind what its user does: one write a minute, not one a page.
LAG = 60  # seconds
SIGNED_IN_AT = "signed_in_at"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def at_the_desk(request: HttpRequest) -> bool:
    """Return whether a request is for the desk."""
    return request.path.startswith(DESK)


def led_in(request: HttpRequest) -> HttpResponse | None:
    """Lead strangers to sign in, and who lacks the second factor they need to set it up; others nowhere."""
    user = user_of(request)
    if user is None:
        back = request.get_full_path() if request.method == "GET" else DESK
        return redirect_to_login(back, settings.LOGIN_URL)
    return HttpResponseRedirect(SET_UP) if lacks_second_factor(user) else None


def asked_by_itself(view: View) -> View:
    """Say of a view that pages ask it while nobody does anything: it does not put off the end of a session.

    The view says so, and not the request, which anybody may write as they like. The outermost decorator.
    """
    view.asked_by_itself = True  # type: ignore[attr-defined]  # read by Gate.process_view
    return view


class Sessions(SessionMiddleware):
    """Django's own, for the desk alone, with a cookie that the database does not know."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its session."""
        if at_the_desk(request):
            request.session = SessionStore.of(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session, and let the cookie carry its ticket."""
        if not at_the_desk(request):
            return response
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value and isinstance(request.session, SessionStore):
            cookie.set(cookie.key, request.session.ticket, request.session.ticket)
        return response


class Users(AuthenticationMiddleware):
    """Django's own, for the desk alone."""

    def process_request(self, request: HttpRequest) -> None:
        """Say who has signed in."""
        if at_the_desk(request):
            super().process_request(request)


class Messages(MessageMiddleware):
    """Django's own, for the desk alone."""

    def process_request(self, request: HttpRequest) -> None:
        """Have what the last action came to at hand."""
        if at_the_desk(request):
            super().process_request(request)


class Gate:
    """Let through whoever has signed in, not too long ago, and with a second factor where it must be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the views."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the application does; the desk speaks English."""
        if not at_the_desk(request):
            return self._get_response(request)
        if request.user.is_authenticated:
            _end_old(request)
        with translation.override(settings.LANGUAGE_CODE):
            return self._get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _args: list[Any],
        _values: dict[str, Any],
    ) -> HttpResponse | None:
        """Lead strangers to sign in, and those without the second factor that they need to set it up.

        A view may have a `refused` of its own, which answers what must not be lost by being led away.
        """
        if not at_the_desk(request):
            return None
        user = user_of(request)
        if user is not None and not getattr(view, "asked_by_itself", False):
            _put_off(request)
        if not getattr(view, "login_required", True):
            return None
        if user is not None and request.path.startswith(TO_SET_UP):
            return None
        refused = getattr(view, "refused", _led_away)
        leading = led_in(request)
        return None if leading is None else refused(request) or leading

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Have whoever changes something sensitive show once more that it is they.

        allauth would keep the whole request in the session meanwhile, cookies and all; here they come back to
        the page, and press the button again. Who has neither password nor code signs in anew.
        """
        if not isinstance(error, ReauthenticationRequired):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        if not ways:
            logout(request)
        query = urlencode({"next": request.path})
        return HttpResponseRedirect(f"{ways[0]['url'] if ways else settings.LOGIN_URL}?{query}")


def _led_away(_request: HttpRequest) -> HttpResponse | None:
    """Answer nothing else: nothing that anybody typed is lost by it."""
    return None


def _end_old(request: HttpRequest) -> None:
    """End a session that is too old, however busy its user is."""
    if time.time() - request.session.get(SIGNED_IN_AT, 0) > ABSOLUTE:
        logout(request)


def _put_off(request: HttpRequest) -> None:
    """Put off the end of a session, by what its user has just done."""
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    expires = getattr(request.session, "expires", None)
    if expires and end - expires > dt.timedelta(seconds=LAG):
        key = request.session.session_key
        Session.objects.filter(pk=key).update(expire_date=end)
        UserSession.objects.filter(session_key=key).update(last_seen_at=now)
