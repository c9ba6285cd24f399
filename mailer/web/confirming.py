"""`/confirm/<token>`: the owner of an address says yes to what was asked for with it.

GET shows what that is; POST confirms exactly what was shown. A scanner that opens the link confirms nothing.
"""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer import doorbell
from mailer.web import errors
from mailer.web.languages import FIELD, speak
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import tokens
from subscribers.addresses import masked
from subscribers.confirming import Changed, Confirmed, Open, standing
from subscribers.confirming import confirm as say_yes
from subscribers.models import List, Request, Subscription
from subscribers.proving import Ended


@dataclass(frozen=True)
class Own:
    """A subscription there is now, and the address of its preferences."""

    list: List
    preferences: str


@csrf_exempt  # the token is the proof; there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link would confirm, or confirm it."""
    claim = tokens.read("confirm", token)
    if claim is None:
        return errors.unknown_link(request)
    now = dt.datetime.now(dt.UTC)
    there = standing(claim.subscription, at=now)
    if isinstance(there, Ended):
        return _ended(request, claim.subscription, there)
    posted = request.method == "POST"
    speak(request, chosen=request.POST.get(FIELD, "") if posted else "", reader=there.language)
    if not posted:
        return _shown(request, there)
    ticked = set(request.POST.getlist("also"))
    outcome = say_yes(
        claim.subscription,
        shown=request.POST.get("shown", ""),
        also=[other.request for other in there.also if other.list.slug in ticked],
        origin=origin_of(request, "confirm.html"),
        at=now,
    )
    if isinstance(outcome, Ended):
        return _ended(request, claim.subscription, outcome)
    if isinstance(outcome, Changed):
        return _shown(request, outcome.now, changed=True, ticked=ticked)
    doorbell.ring("mailer.letter", *outcome.letters)
    return _confirmed(request, there, outcome)


def _shown(
    request: HttpRequest, there: Open, *, changed: bool = False, ticked: set[str] | None = None
) -> HttpResponse:
    return page(
        request,
        "confirm.html",
        status=409 if changed else 200,
        list=there.list,
        there=there,
        address=masked(there.address),
        changed=changed,
        ticked=ticked or (),
    )


def _confirmed(request: HttpRequest, there: Open, outcome: Confirmed) -> HttpResponse:
    rows = Subscription.objects.select_related("list").in_bulk(outcome.subscriptions)
    return page(
        request,
        "confirmed.html",
        list=there.list,
        address=masked(there.address),
        welcomed=outcome.new,
        current=there.current,
        subscriptions=[
            Own(rows[number].list, f"/preferences/{tokens.make('preferences', number)}")
            for number in outcome.subscriptions
        ],
    )


def _ended(request: HttpRequest, number: int, why: Ended) -> HttpResponse:
    """Say why the link does nothing any more; a used one shows no way in, since links are forwarded."""
    row = Request.objects.select_related("list").filter(pk=number).first()
    if why == Ended.GONE or row is None:
        return errors.unknown_link(request)
    speak(request, reader=row.language)
    return page(
        request,
        "ended.html",
        status=200 if why == Ended.USED else 410,
        list=row.list,
        used=why == Ended.USED,
        editors=row.list.reply_to or row.list.sender_address,
    )
