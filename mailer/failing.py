"""What goes wrong is told in the manner of the place: as the desk tells its users, or as a public page."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from mailer.accounts.gate import at_the_desk
from mailer.desk import failing
from mailer.web import errors
from mailer.web.arriving import EDITION, largest


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request made no sense, or was too large; the log hears of it in either case."""
    public = errors.bad_request(request, exception)
    if not at_the_desk(request):
        return public
    if isinstance(exception, RequestDataTooBig):
        return failing.too_large(request, edition=largest(request.path) == EDITION) or public
    return failing.bad_request(request) or public


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request may not be made."""
    ours = failing.forbidden(request) if at_the_desk(request) else None
    return ours or errors.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page; at the desk to those alone who might see one."""
    ours = failing.not_found(request) if at_the_desk(request) else None
    return ours or errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    ours = failing.server_error(request) if at_the_desk(request) else None
    return ours or errors.server_error(request)
