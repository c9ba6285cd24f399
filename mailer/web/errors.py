"""Pages for what went wrong: what happened, what was not changed, and one thing to do."""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mailer.web.pages import page
from subscribers.proving import Ended

log = structlog.get_logger()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request made no sense; the log hears only why, since the rest is a stranger's text."""
    log.warning("a request was refused", why=type(exception).__name__)
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _notice(
        request,
        400,
        _("That could not be read"),
        _("Your browser sent something this page does not understand. Nothing was changed."),
        _("Go back, load the page again and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """Say that the request may not be made."""
    return _notice(
        request,
        403,
        _("That is not allowed from here"),
        _("The request did not come from a page of this site. Nothing was changed."),
        _("Open the page itself, from the link in your letter, and press the button there."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """Say that there is no such page."""
    return _notice(
        request,
        404,
        _("There is no such page"),
        _("The address may be mistyped, or the page is gone."),
        _("The front page lists every newsletter there is."),
    )


def not_online(request: HttpRequest, archive: str) -> HttpResponse:
    """Say the same of every edition that is not in a list's archive: that went to some, or never was."""
    return _notice(
        request,
        404,
        _("This edition is not online"),
        _("It may have gone to some readers only, or not be out yet."),
        _("Whoever has it has all of it in their letter."),
        archive=archive,
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """Say that what was sent is more than any of our forms can hold."""
    return _notice(
        request,
        413,
        _("That was too much at once"),
        _("Your browser sent far more than any form here can hold. Nothing was changed."),
        _("Go back, load the page again and fill it in anew."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return _notice(
        request,
        500,
        _("Something broke on our side"),
        _("Your request was not carried out. It is not your fault, and it is written down here."),
        _("Wait a minute and try again. If you wanted to unsubscribe, replying to any letter works too."),
    )


def unknown_link(request: HttpRequest) -> HttpResponse:
    """Say that a link of a letter says nothing to us; the same answer for all that we never made."""
    return _notice(
        request,
        404,
        _("This link does not work"),
        _("It may have been cut off on its way to you. Nothing was changed."),
        _(
            "Open it again from the letter, where it stands at the foot."
            " Or reply to any letter and ask: a person reads the answers."
        ),
    )


def not_forgotten_yet(request: HttpRequest) -> HttpResponse:
    """Say that somebody else was writing about the reader, so that they are here still, whole."""
    response = _notice(
        request,
        503,
        _("Please try again in a minute"),
        _("A letter to you is being sent at this moment. Nobody was forgotten, and nothing was changed."),
        _("Go back and press the button again: the link is still good."),
    )
    response.headers["Retry-After"] = "60"
    return response


def ended_link(request: HttpRequest, why: Ended) -> HttpResponse:
    """Say why a link that somebody asked for does nothing any more, and where there is a new one."""
    again = _("If you need another, ask for it on the page of your preferences; every letter links to it.")
    match why:
        case Ended.USED:
            title, happened = _("This link was used already"), _("It works once. Nothing was changed now.")
        case Ended.OVER:
            title, happened = _("This link is too old"), _("It was good for one hour. Nothing was changed.")
        case Ended.GONE:
            title = _("This link leads nowhere any more")
            happened = _("What it was about is no longer here. Nothing was changed.")
            again = _("If letters still come, reply to one of them: a person reads the answers.")
    return _notice(request, 200 if why == Ended.USED else 410, title, happened, again)


def _notice(
    request: HttpRequest, status: int, title: str, happened: str, todo: str, *, archive: str = ""
) -> HttpResponse:
    return page(
        request, "notice.html", status=status, title=title, happened=happened, todo=todo, archive=archive
    )
