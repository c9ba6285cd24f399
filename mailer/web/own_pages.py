"""What is posted to a page comes from that page, and is no more than its form holds.

Both are told by the request's head, before anything of the body is read. A page that was posted from another
site is refused by what the browser says of it (Fetch Metadata, Sec-Fetch-Site): there is no cookie that a
token in a form could be compared with, and our own Referrer-Policy makes Origin say "null". A client that
says nothing is no browser of these years, and nobody can make it post by showing it a page.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from mailer.web.arriving import largest

# "none": by the reader's own hand, as with a form that is loaded again.
OURS = ("same-origin", "none")
ONE_CLICK = "/u/"
# One-click comes from mail programs, and from web mail's own pages (RFC 8058 3.1); the webhook is signed; an
# embedded form is on another site, and acted upon only with a ticket of ours.
FROM_ANYWHERE = (ONE_CLICK, "/webhooks/", "/subscribe/")
_CHARSETS = ("utf-8", "utf8", "us-ascii")
_LOOKING = ("GET", "HEAD", "OPTIONS")


class OwnPages:
    """Refuse what another site's page posts, and what is too large or of unknown length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the rest of the application."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the application does, or not at all: 400, 403 or 413."""
        if not _came_from_us(request):
            raise PermissionDenied
        # Who leaves with one click leaves, whatever the body is: the view reads what can be read.
        if not request.path.startswith(ONE_CLICK):
            _measure(request)
        return self._get_response(request)


class OnlyWhereAsked(CsrfViewMiddleware):
    """Django's own defence, for pages with a session: no cookie but where a page's form asked for one."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the cookie; one that is not ours, as of a neighbour on this host, is not replaced."""
        super().process_request(request)
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)


def _came_from_us(request: HttpRequest) -> bool:
    if request.method in _LOOKING or request.path.startswith(FROM_ANYWHERE):
        return True
    return request.headers.get("Sec-Fetch-Site", "none") in OURS


def _measure(request: HttpRequest) -> None:
    if "Transfer-Encoding" in request.headers:
        raise BadRequest("a body of unknown length")
    # Nobody's browser writes another; with one that only Python knows a form would be a mistake of ours.
    if (request.content_params or {}).get("charset", "utf-8").lower() not in _CHARSETS:
        raise BadRequest("a form in letters that are none of ours")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > largest(request.path):
        raise RequestDataTooBig
