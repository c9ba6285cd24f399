"""Answers that are the same for everybody: caches keep them for a minute, and then ask whether they hold."""

import datetime as dt
import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

KEPT = "public, max-age=60"


def shared(
    request: HttpRequest, response: HttpResponse, *, changed: dt.datetime | None = None
) -> HttpResponseBase:
    """Return a public answer with its tag, or 304 where that is what the client has (RFC 9110, 13.1).

    `changed` is told only of what changes with new editions alone, as feeds do.
    """
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["Cache-Control"], response.headers["ETag"] = KEPT, tag
    seconds = int(changed.timestamp()) if changed else None
    if seconds is not None:
        response.headers["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, etag=tag, last_modified=seconds, response=response) or response


def absolute(path: str) -> str:
    """Return a path as others, who are not on this site, have to be told it."""
    return f"{settings.CONFIGURATION.base_url.rstrip('/')}{path}"
