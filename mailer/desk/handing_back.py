"""A text that was posted and cannot be taken goes back to whoever typed it; nothing of it is kept here.

A session ends while somebody writes, or begins anew in another window, and the token of the open page's form
is void; a role changes. What was typed for an hour is then in the request alone.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from mailer.accounts.current import user_of
from mailer.accounts.gate import SET_UP
from mailer.accounts.second_factor import lacks_second_factor
from mailer.desk.pages import page

_WRITTEN_AT = re.compile(r"/desk/(?:editions/\d+|sends/\d+(?:/correct)?)")
_MADE_ANEW = ("csrfmiddlewaretoken", "text")
_LEAVES = ("do", "send")  # mailer/desk/sends/correcting.py


@dataclass(frozen=True)
class Why:
    """Why a text was not taken, and where to go for it; `again`: then it may be posted once more."""

    title: str
    said: str
    way: str
    way_is: str
    again: bool = True


def handed_back(request: HttpRequest, permission: str = "") -> HttpResponse | None:
    """Return a page with the text that a refused request carries; None if it has none, or is not from here.

    `permission` is what the user's role lacks, where it was refused for that.
    """
    text = written(request)
    if not text or _came_from_elsewhere(request):
        return None
    why = _why(request, permission)
    # What is posted by one press must have come from a page of ours, and not only seem not to have come from
    # elsewhere: no other site's text is put into anybody's hand to be saved.
    again = why.again and _is_ours(request)
    return page(
        request,
        "handed_back.html",
        status=403,
        why=why,
        again=again,
        text=text,
        rest=_besides(request) if again else [],
        path=request.get_full_path(),
        next=written_at(request),
    )


def written(request: HttpRequest) -> str:
    """Return the text of an edition that a form brought; '' where none came, or came whole."""
    try:
        return request.POST.get("text", "")
    except (UnreadablePostError, ValueError):
        return ""


def _besides(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form held besides the text, to be posted again; its token is made anew.

    Left out is that a correction is to leave: whoever goes on sees first what differs, and who gets it.
    """
    posted = request.POST.lists()
    held = [(name, value) for name, values in posted if name not in _MADE_ANEW for value in values]
    return [each for each in held if each != _LEAVES]


def written_at(request: HttpRequest) -> str:
    """Return the page on which one writes what was posted: to come back to once one has signed in."""
    if request.path == "/desk/editions/new":
        return f"{request.path}?list={quote(request.POST.get('list', ''))}"
    found = _WRITTEN_AT.match(request.path)
    return found[0] if found else "/desk/"


def _why(request: HttpRequest, permission: str) -> Why:
    user, there = user_of(request), written_at(request)
    if user is None:
        way = f"{settings.LOGIN_URL}?{urlencode({'next': there})}"
        said = "Your session ended while you wrote, so that this was not saved."
        return Why("You are signed out", said, way, "Sign in in another tab")
    if lacks_second_factor(user):
        said = "Your role needs a second factor now, so that this was not saved."
        return Why("Set up your second factor first", said, SET_UP, "Set it up in another tab")
    if permission:
        said = (
            f"You are signed in as {user.name}, {user.role}; this needs the permission “{permission}”,"
            " which that role does not have. Nothing was changed. An admin can change your role."
        )
        return Why("Not for your role", said, there, "See what is there, in another tab", again=False)
    if request.POST.get("who", str(user.pk)) != str(user.pk):
        said = f"It was typed by somebody else, and now {user.name} is signed in here. Nothing was changed."
        return Why("Another user is signed in", said, there, "See what is there, in another tab", again=False)
    said = "You signed in or out after its page was opened, so that this was not saved yet."
    return Why("Signed in anew: save it once more", said, there, "See what is there, in another tab")


def _is_ours(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of this very site posted it."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


def _came_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether the browser says that another site's page posted it."""
    return not _is_ours(request) and (
        "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none"
    )
