"""What went wrong at the desk: what happened, what to do, and the way back, beneath the masthead.

Who has not signed in wholly sees nothing of the desk: the functions return None, and a public page is shown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from mailer.accounts.current import user_of
from mailer.accounts.gate import ACCOUNT, at_the_desk, led_in
from mailer.accounts.models import User
from mailer.accounts.roles import may
from mailer.accounts.second_factor import lacks_second_factor
from mailer.desk.handing_back import written
from mailer.desk.pages import PLACES, page
from mailer.manuscript.decoding import MOST_BYTES

log = structlog.get_logger()

# What an address beneath one of these is about; of the others nothing is known.
_ABOUT = {
    "editions": "the edition",
    "sends": "the send",
    "subscribers": "the subscriber",
    "lists": "the list",
    "users": "the user",
}
_ONE = re.compile(r"/desk/(?:(editions|sends|subscribers|users)/[0-9]+|(lists)/[a-z0-9-]+)(?=/|$)")


@dataclass(frozen=True)
class Way:
    """Where a page leads on to."""

    name: str
    path: str


class Buttons:
    """Say of an address that is a button's, and was only loaded, what it is: Django's own answer is empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the views."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does, to people in words."""
        response = self._get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and at_the_desk(request):
            return not_allowed(request, response)
        return response


def not_found(request: HttpRequest) -> HttpResponse | None:
    """Say that there is no such page. Strangers are led to sign in, as from any page that there is.

    The pages that lead in are open to them, and what there is beside these is no secret.
    """
    user = user_of(request)
    if user is None and request.path.startswith(ACCOUNT):
        return None
    leading = led_in(request)
    if user is None or leading is not None:
        return leading
    return _page(
        request,
        404,
        "There is no such page",
        "The address may be mistyped, or what stood here is gone.",
        "Look for it from the page beneath.",
        _room(request, user),
    )


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say that an address only takes what a button sends, so that nothing came of loading it.

    `response` is Django's own, empty, whose `Allow` stays. To scripts and strangers it is enough.
    """
    if request.method not in {"GET", "HEAD"}:
        return response
    told = _told(
        request,
        405,
        "Nothing was done",
        "This address is that of a button, and was only loaded: by a reload, the back button or a bookmark.",
        "See how it stands now, and press the button there if it is wanted still.",
    )
    if told is None:
        return response
    told.headers["Allow"] = response.headers["Allow"]
    return told


def forbidden(request: HttpRequest) -> HttpResponse | None:
    """Say that the request did not come from a page of the desk."""
    return _told(
        request,
        403,
        "That is not allowed from here",
        "The request did not come from a page of the desk, and nothing was changed.",
        "Open the page itself, and press the button there.",
    )


def bad_request(request: HttpRequest) -> HttpResponse | None:
    """Say that the request made no sense."""
    return _told(
        request,
        400,
        "That could not be read",
        "Your browser sent something that this page does not understand, and nothing was changed.",
        "Load the page again, and try once more.",
    )


def too_large(request: HttpRequest, *, edition: bool) -> HttpResponse | None:
    """Say that more came than is read at all; what is less, and too long still, its own page hands back.

    `edition`: what is posted there is the text of one.
    """
    happened = "Your browser sent far more than a form here can hold: nothing of it was read or changed."
    todo = "Load the page again, and fill it in anew."
    if edition:
        happened = (
            f"An edition has at most {MOST_BYTES:,} bytes, and your browser sent far more:"
            " nothing of it was read, and nothing was changed."
        )
        todo = "Paste less of it, from where you copied it. What was kept before is there still."
    return _told(request, 413, "That was too much at once", happened, todo)


def server_error(request: HttpRequest) -> HttpResponse | None:
    """Say that the fault is ours; what was being written is handed back. None where the database is gone."""
    try:
        return _told(
            request,
            500,
            "Something broke on our side",
            "It is not your fault, and it is written down here; what was saved before stands as it was.",
            "Wait a minute and try again. If it breaks again, tell whoever runs the server the time beneath.",
            text=written(request),
        )
    except DatabaseError as error:
        log.warning("an error was told on a public page", why=type(error).__name__)
        return None


def _told(
    request: HttpRequest, status: int, title: str, happened: str, todo: str, text: str = ""
) -> HttpResponse | None:
    """Tell it to whoever has signed in wholly, with the way to what the address is about."""
    user = _user(request)
    if user is None:
        return None
    return _page(request, status, title, happened, todo, _thing(request, user), text=text)


def _user(request: HttpRequest) -> User | None:
    user = user_of(request)
    return None if user is None or lacks_second_factor(user) else user


def _thing(request: HttpRequest, user: User) -> Way:
    """Return the way to what an address is about."""
    found = _ONE.match(request.path)
    return Way(_ABOUT[found[1] or found[2]], found[0]) if found else _room(request, user)


def _room(request: HttpRequest, user: User) -> Way:
    """Return the way to the section that an address is in, as far as this role may go."""
    mine = [place for place in PLACES if may(user.role, place.permission)]
    # From the last: every address begins as that of the editions, which are the first.
    place = next(each for each in reversed(mine) if request.path.startswith(each.path))
    return Way(f"the {place.name.lower()}" if place.name != "Log" else "the log", place.path)


def _page(
    request: HttpRequest, status: int, title: str, happened: str, todo: str, way: Way, *, text: str = ""
) -> HttpResponse:
    return page(
        request, "trouble.html", status=status, title=title, happened=happened, todo=todo, way=way, text=text
    )
