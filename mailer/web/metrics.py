"""What Prometheus reads: numbers of lists and sends, for this machine or whoever knows the token."""

import datetime as dt
import hmac
import ipaddress
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

PATH = "/metrics"
# By any of these one sees that a proxy stands between, so that the nearest address is not the visitor's. On
# https it writes one in any case: without it nobody here would know that it was https.
_OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


class UnderAnyName:
    """Answer whoever knows the token under any name of this host: inside, nobody calls it by its public one.

    Everybody else has to call a name that is ours (ALLOWED_HOSTS), so that no page in somebody's browser can
    give this machine another name and read along.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the rest of the application."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        if request.path == PATH and _knows_the_token(request):
            request.META["HTTP_HOST"] = "localhost"
        return self._get_response(request)


@csrf_exempt  # another method is to hear 405, not 403
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all metrics; 401 without the token where one is set, else 403 to all but this machine.

    503 while the database is away, so that Prometheus calls it down.
    """
    if settings.CONFIGURATION.metrics_token:
        if not _knows_the_token(request):
            refused = _plain("Metrics are read with MAILER_METRICS_TOKEN as a bearer token.\n", 401)
            refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return refused
    elif not _is_from_here(request):
        return _plain(
            "Metrics are read from this machine, or from others once MAILER_METRICS_TOKEN is set.\n"
        )
    # Its library takes a while to import, which nobody else should pay for.
    from mailer.metrics import exposing, reading  # noqa: PLC0415 - the same

    try:
        samples = reading.read(now=dt.datetime.now(dt.UTC))
    except DatabaseError:
        return _plain("The database does not answer, or lacks its tables: run `mailer migrate`.\n", 503)
    content, content_type = exposing.expose(samples, accept=request.headers.get("Accept", ""))
    return HttpResponse(content, content_type=content_type)


def _knows_the_token(request: HttpRequest) -> bool:
    """Return whether the token is set and was given (RFC 6750 2.1)."""
    token = settings.CONFIGURATION.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same


def _is_from_here(request: HttpRequest) -> bool:
    """Return whether it comes straight from this machine."""
    if any(name in request.headers for name in _OF_PROXIES):
        return False
    near = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(near)
    except ValueError:
        return False  # a socket on this machine, by which proxies come
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def _plain(text: str, status: int = HTTPStatus.FORBIDDEN) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
