"""`/u/<token>`: whoever holds a letter can leave with one click, and a scanner that looks can not.

GET shows a page with a button. POST leaves; from a mail program (RFC 8058: no cookie, no redirect, either
form encoding) it is answered in one line of text, from the page's own button with a page.
"""

import datetime as dt

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer import events
from mailer.web import errors
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import tokens
from subscribers.addresses import masked
from subscribers.leaving import unsubscribe
from subscribers.models import Subscription
from subscribers.vocabulary import Status


@csrf_exempt  # a mail program has no cookie (RFC 8058 section 3.2); the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show how to leave, or leave."""
    claim = tokens.read("leave", token)
    if claim is None:
        return errors.unknown_link(request)
    if request.method != "POST":
        return _shown(request, claim.subscription)
    one_click, now = _is_one_click(request), _now()
    how = "one-click" if one_click else "the page behind a letter's link"
    origin = origin_of(request, "" if one_click else "leave.html")
    if unsubscribe(claim.subscription, how, now, origin=origin):
        events.note_leaving(claim.delivery, at=now)
    if one_click:
        return HttpResponse("You are unsubscribed.\n", content_type="text/plain; charset=utf-8")
    return _shown(request, claim.subscription)


def _is_one_click(request: HttpRequest) -> bool:
    """Return whether a mail program asks; a body we cannot read is one: the wish counts."""
    # Sent in chunks, without a length, Django takes it for empty; no browser sends a form so.
    if "Transfer-Encoding" in request.headers:
        return True
    try:
        return request.POST.get("List-Unsubscribe") == "One-Click"
    except (MultiPartParserError, SuspiciousOperation):
        return True


def _shown(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Return the page for how things stand; an erased subscription is one that was left."""
    subscription = (
        Subscription.objects.select_related("subscriber", "list").filter(pk=subscription_id).first()
    )
    if subscription is None:
        return page(request, "left.html", list=None, address="")
    template = "left.html" if subscription.status == Status.UNSUBSCRIBED else "leave.html"
    return page(request, template, list=subscription.list, address=masked(subscription.subscriber.address))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
