"""`/u/<token>`: whoever holds a letter can leave with one click, and a scanner that looks can not.

GET shows a page with a button. POST leaves; from a mail program (RFC 8058: no cookie, no redirect, either
form encoding) it is answered in one line of text, from the page's own button with a page.
"""

import datetime as dt

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer import events
from mailer.web import errors, parting
from mailer.web.languages import speak
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import standings, tokens
from subscribers.addresses import masked
from subscribers.evidence import Origin
from subscribers.leaving import unsubscribe
from subscribers.models import Consent
from subscribers.standings import Standing
from subscribers.vocabulary import Action, Status

# A button that was pressed twice, or a page that was loaded again, is still the same farewell.
_JUST_NOW = dt.timedelta(minutes=1)


@csrf_exempt  # a mail program has no cookie (RFC 8058 section 3.2); the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show how to leave, or leave."""
    claim = tokens.read("leave", token)
    if claim is None:
        return errors.unknown_link(request)
    now = _now()
    if request.method == "POST" and _is_one_click(request):
        _leave(claim, "one-click", now, origin_of(request))
        return HttpResponse("You are unsubscribed.\n", content_type="text/plain; charset=utf-8")
    standing = standings.of(claim.subscription)
    if standing is None:
        return parting.gone(request)
    speak(request, reader=standing.locale, newsletter=standing.list.language)
    if request.method == "POST":
        _leave(claim, "the page behind a letter's link", now, origin_of(request, "leave.html"))
        standing = standings.of(claim.subscription)
    return _shown(request, claim, standing, pressed=now if request.method == "POST" else None)


def _leave(claim: tokens.Claim, how: str, now: dt.datetime, origin: Origin) -> None:
    with transaction.atomic():  # or whoever has left would be in no report for ever
        if unsubscribe(claim.subscription, how, now, origin=origin):
            events.note_leaving(claim.delivery, at=now)


def _is_one_click(request: HttpRequest) -> bool:
    """Return whether a mail program asks; a body we cannot read is one: the wish counts."""
    # Sent in chunks, without a length, Django takes it for empty; no browser sends a form so.
    if "Transfer-Encoding" in request.headers:
        return True
    try:
        return request.POST.get("List-Unsubscribe") == "One-Click"
    # BadRequest: a charset that is not UTF-8, as some mail programs' libraries write by themselves.
    # LookupError: one that is none at all.
    except (BadRequest, LookupError, MultiPartParserError, SuspiciousOperation):
        return True


def _shown(
    request: HttpRequest,
    claim: tokens.Claim,
    standing: Standing | None,
    *,
    pressed: dt.datetime | None,
) -> HttpResponse:
    """Return the page for how things stand; `pressed` is when the page's own button was, just now."""
    if standing is None:
        return parting.gone(request)
    preferences = f"/preferences/{tokens.make('preferences', standing.subscription, claim.delivery)}"
    if standing.status == Status.UNSUBSCRIBED:
        now = pressed if pressed and _can_undo(standing, pressed) else None
        return parting.left(request, standing, ask=preferences, now=now)
    return page(
        request,
        "leave.html",
        list=standing.list,
        address=masked(standing.address),
        preferences=preferences,
    )


def _can_undo(standing: Standing, now: dt.datetime) -> bool:
    """Return whether this is the farewell of just now, of one whose letters had been confirmed."""
    if not dt.timedelta(0) <= now - standing.changed_at < _JUST_NOW:
        return False
    farewells = Consent.objects.filter(
        subscriber=standing.subscriber, list=standing.list, action=Action.WITHDRAWN
    )
    last = farewells.order_by("-pk").values_list("detail", flat=True).first() or {}
    return last.get("before", {}).get("status") in (Status.ACTIVE, Status.PAUSED)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
