"""`/o/<copy>` and `/c/<copy>/<place>`: a letter's picture and its links, where we count by ourselves (SMTP).

A link leads where the letter says and nowhere else. What is kept of who asks: who of a copy's programs it was
(a number), whether it is a machine's, when. Never the user agent, the IP address, or a cookie.
"""

import base64
import datetime as dt
import re

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.tallies.links import CANARY
from mailer.tracking import noting, tokens
from mailer.tracking.fingerprints import fingerprint
from mailer.tracking.noting import Copy
from mailer.tracking.rewriting import UNSEEN
from mailer.tracking.rules import PURPOSE_HEADERS, by_machine, verdict
from mailer.vocabulary import EventKind
from mailer.web.origins import network_of

log = structlog.get_logger()

# One transparent pixel: GIF89a, 43 octets.
PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
# Mail on the web shows it inside pages of its own.
_HEADERS = {"Cross-Origin-Resource-Policy": "cross-origin"}
# As we write it, without a leading zero: each link has one address.
_PLACE = re.compile(r"0|[1-9][0-9]{0,5}")
_LONGEST = 500  # characters of a user agent that are looked at
FRONT = "/"


@csrf_exempt  # nothing can be posted here, and another method is to hear 405, not 403
@require_safe
def picture(request: HttpRequest, copy: str) -> HttpResponse:
    """Return the picture, and note that the letter was opened."""
    _note(request, _found(copy), None)
    return HttpResponse(PICTURE, content_type="image/gif", headers=_HEADERS)


@csrf_exempt  # the same
@require_safe
def link(request: HttpRequest, copy: str, place: str) -> HttpResponse:
    """Lead to the link at this place of the letter, and note that it was followed."""
    found = _found(copy)
    if place == UNSEEN:
        _note(request, found, CANARY)
        return _to(FRONT)
    if not _PLACE.fullmatch(place) or int(place) >= len(found.links):
        raise Http404
    _note(request, found, int(place))
    return _to(found.links[int(place)])


@csrf_exempt  # the same
@require_safe
def unseen(_: HttpRequest) -> HttpResponse:
    """Lead whoever followed the link that no person sees to the front page; SendGrid tells who it was."""
    return _to(FRONT)


def _found(token: str) -> Copy:
    delivery = tokens.read(token)
    copy = None if delivery is None else noting.copy_of(delivery)
    if copy is None:
        raise Http404
    return copy


def _note(request: HttpRequest, copy: Copy, place: int | None) -> None:
    """Note who asked, if this is counted; what the database does not take at once is lost, and no reader."""
    if not copy.counted:
        return
    kind = EventKind.OPENED if place is None else EventKind.CLICKED
    agent = request.headers.get("User-Agent", "")[:_LONGEST]
    purpose = " ".join(request.headers.get(name, "") for name in PURPOSE_HEADERS)[:_LONGEST]
    rule = verdict(kind, agent, method=request.method or "", purpose=purpose)
    try:
        noting.note(
            copy,
            place,
            machine=by_machine(rule) or place == CANARY,
            agent=fingerprint(settings.HASH_KEY, copy.delivery, agent, network_of(request)),
            now=dt.datetime.now(dt.UTC),
        )
    except (DatabaseError, InterfaceError) as error:
        log.warning("an opening or a click could not be noted", kind=kind, error=type(error).__name__)


def _to(url: str) -> HttpResponse:
    """Return a redirect, however long the address is."""
    return HttpResponse(status=302, headers={"Location": iri_to_uri(url)})
