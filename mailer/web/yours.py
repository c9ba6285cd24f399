"""What a reader may do with a link that only they were sent: get their data, be forgotten, move elsewhere.

Each link is good for an hour and once. GET shows what it would do, POST does it: a scanner that follows the
links of a letter takes nothing away.
"""

import datetime as dt
from typing import Any

import orjson
import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer import doorbell, portrait
from mailer.languages import current, isolated, listed
from mailer.web import errors, filling
from mailer.web.filling import Fault
from mailer.web.languages import speak
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import asking, moving, proving, tokens
from subscribers.addresses import masked
from subscribers.erasing import ErasureError, erase
from subscribers.models import List, Subscription
from subscribers.moving import Taken
from subscribers.proving import Ended, Proof
from subscribers.vocabulary import RequestKind, Status

log = structlog.get_logger()

_PURPOSES: dict[RequestKind, tokens.Purpose] = {
    RequestKind.DATA: "data",
    RequestKind.FORGET: "forget",
    RequestKind.READDRESS: "readdress",
    RequestKind.MOVE: "move",
}


@csrf_exempt  # the token is the proof; there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that brings one's data, or bring it as a file."""
    now = _now()
    there = _opened(request, RequestKind.DATA, token, now)
    if isinstance(there, HttpResponse):
        return there
    if request.method != "POST":
        return page(request, "data.html", list=there.list, address=masked(there.address))
    # A link whose file could not be made is still good.
    with transaction.atomic():
        used = proving.use(there.request, RequestKind.DATA, at=now)
        known = portrait.of(there.person, at=now) if isinstance(used, Proof) else {}
    if isinstance(used, Ended):
        return errors.ended_link(request, used)
    response = HttpResponse(
        orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n",
        content_type="application/json",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Show what goes and what stays, or forget whoever was sent this link."""
    now = _now()
    there = _opened(request, RequestKind.FORGET, token, now)
    if isinstance(there, HttpResponse):
        return there
    named: dict[str, Any] = {"list": there.list, "address": masked(there.address), "lists": _lists_of(there)}
    if request.method != "POST":
        return page(request, "forget.html", **named)
    try:
        # It takes the link along, so that there is nothing to use up.
        erased = erase(there.person.address, by=moving.WHO, at=now)
    except ErasureError as collision:
        why = type(collision).__name__
        log.warning("a reader could not be forgotten yet", request=there.request, why=why)
        return errors.not_forgotten_yet(request)
    return page(
        request,
        "forgotten.html",
        **named,
        names=listed(isolated(each.name, each.language) for each in named["lists"]),
        editors=_editors(there.list),
        in_settings=bool(erased.notes),
    )


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the new address, or have a link sent there: the same whoever has it already."""
    now = _now()
    there = _opened(request, RequestKind.READDRESS, token, now)
    if isinstance(there, HttpResponse):
        return there
    shown: dict[str, Any] = {"list": there.list, "address": masked(there.address)}
    if request.method != "POST":
        return page(request, "address.html", **shown, typed="", fault="")
    typed = filling.read(request.POST, (), tracked=False, current=False)
    new = filling.address_in(typed)
    if isinstance(new, Fault) or new.written == there.person.address:
        fault = new if isinstance(new, Fault) else "same"
        return page(request, "address.html", status=422, **shown, typed=typed.email, fault=fault)
    origin = origin_of(request, "address.html")
    number = asking.move(there.request, new, language=current().tag, origin=origin, at=now)
    if number is None:
        return errors.ended_link(request, Ended.USED)
    doorbell.ring("mailer.answer", number)
    return page(
        request,
        "asked_for.html",
        list=there.list,
        kind=RequestKind.MOVE.value,
        address=masked(new.written),
        editors=_editors(there.list),
        back="",
    )


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Show from where to where letters shall go, or have them go there."""
    now = _now()
    there = _opened(request, RequestKind.MOVE, token, now)
    if isinstance(there, HttpResponse):
        return there
    shown: dict[str, Any] = {
        "list": there.list,
        "old": masked(there.person.address),
        "new": masked(there.address),
    }
    if request.method != "POST":
        return page(request, "move.html", **shown)
    done = moving.move(there.request, there.person.pk, origin=origin_of(request, "move.html"), at=now)
    if isinstance(done, Ended):
        return errors.ended_link(request, done)
    if isinstance(done, Taken):
        return page(request, "taken.html", status=409, **shown, editors=_editors(there.list))
    return page(request, "moved.html", **shown)


def _opened(request: HttpRequest, kind: RequestKind, token: str, now: dt.datetime) -> Proof | HttpResponse:
    """Return what a link proves, and speak its reader's language; or the page that says it proves nothing."""
    claim = tokens.read(_PURPOSES[kind], token)
    if claim is None:
        return errors.unknown_link(request)
    there = proving.standing(claim.subscription, kind, at=now)
    if isinstance(there, Ended):
        return errors.ended_link(request, there)
    # Who has moved since is proved by the mailbox that they have now, and by no other.
    if kind != RequestKind.MOVE and there.address != there.person.address:
        return errors.ended_link(request, Ended.GONE)
    # Somebody else has named the same new address since: what this link was written for is no more.
    if kind == RequestKind.MOVE and claim.delivery != there.person.pk:
        return errors.ended_link(request, Ended.GONE)
    speak(request, reader=there.language)
    return there


def _lists_of(there: Proof) -> list[List]:
    """Return the lists that the person is on, those that ask for a confirmation among them."""
    theirs = Subscription.objects.filter(subscriber=there.person).exclude(status=Status.UNSUBSCRIBED)
    return [row.list for row in theirs.select_related("list").order_by("list__name", "pk")]


def _editors(newsletter: List) -> str:
    return newsletter.reply_to or newsletter.sender_address


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
