"""Pages for what went wrong: what happened, what was not changed, and one thing to do."""

import structlog
from django.http import HttpRequest, HttpResponse

from mailer.web.pages import page

log = structlog.get_logger()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request made no sense; the log hears only why, since the rest is a stranger's text."""
    log.warning("a request was refused", why=type(exception).__name__)
    return page(
        request,
        "notice.html",
        status=400,
        title="That could not be read",
        happened="Your browser sent something this page does not understand. Nothing was changed.",
        todo="Go back, load the page again and try once more.",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """Say that the request may not be made."""
    return page(
        request,
        "notice.html",
        status=403,
        title="That is not allowed from here",
        happened="The request did not come from a page of this site, or that page was too old."
        " Nothing was changed.",
        todo="Open the page again and try once more.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """Say that there is no such page."""
    return page(
        request,
        "notice.html",
        status=404,
        title="There is no such page",
        happened="The address may be mistyped, or the page is gone.",
        todo="The front page lists every newsletter there is.",
    )


def unknown_link(request: HttpRequest) -> HttpResponse:
    """Say that a link of a letter says nothing to us; the same answer for all that we never made."""
    return page(
        request,
        "notice.html",
        status=404,
        title="This link does not work",
        happened="It may have been cut off on its way to you. Nothing was changed.",
        todo="Open it again from the letter, where it stands at the foot."
        " Or reply to any letter and ask: a person reads the answers.",
    )


def outdated_choice(request: HttpRequest) -> HttpResponse:
    """Say that the interests on offer are no longer those of the page."""
    return page(
        request,
        "notice.html",
        status=400,
        title="The interests have changed meanwhile",
        happened="One that you ticked is no longer offered. Nothing was saved.",
        todo="Open the page again from the link in your letter and choose from what is there now.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return page(
        request,
        "notice.html",
        status=500,
        title="Something broke on our side",
        happened="Your request was not carried out. It is not your fault, and it is written down here.",
        todo="Wait a minute and try again. If you wanted to unsubscribe, replying to any letter works too.",
    )
