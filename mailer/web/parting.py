"""Good-bye: the page that says so, `/undo/<token>` and `/why/<token>`, which it leads to.

Undo is given to whoever has pressed the button of our own page just now, and to nobody who only looks. Why
somebody left is stored without them: its token knows the list, and when it was made.
"""

import datetime as dt
import secrets

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer.web import errors
from mailer.web.languages import speak
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import brakes, departing, offers, returning, standings, tokens
from subscribers.addresses import masked
from subscribers.standings import Standing
from subscribers.vocabulary import Departed, Status

# An answer counts for as long; a token holds the second it was made in, and 31 bits of chance.
WHY_LIFE = dt.timedelta(days=1)
_CHANCE = 31


def gone(request: HttpRequest) -> HttpResponse:
    """Say that a subscription is not there any more, as after being forgotten."""
    return page(request, "left.html", list=None)


def left(
    request: HttpRequest,
    standing: Standing,
    *,
    ask: str,
    now: dt.datetime | None = None,
    too_late: bool = False,
) -> HttpResponse:
    """Say that somebody has left; `ask` is the path where they may ask for their data.

    `now` offers Undo and asks why: who left at that moment has just pressed the button. `too_late` says why
    there is no Undo.
    """
    newsletter = standing.list
    undone = tokens.make("undo", standing.subscription, _second(standing.changed_at))
    return page(
        request,
        "left.html",
        list=newsletter,
        address=masked(standing.address),
        undo=f"/undo/{undone}" if now else "",
        why=f"/why/{_why(newsletter.pk, now)}" if now else "",
        reasons=reasons() if now else (),
        ask=ask,
        too_late=too_late,
    )


@csrf_exempt  # the token is the proof; there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that takes a farewell back, or take it back."""
    claim = tokens.read("undo", token)
    if claim is None:
        return errors.unknown_link(request)
    now, left_at = _now(), dt.datetime.fromtimestamp(claim.delivery, dt.UTC)
    standing = standings.of(claim.subscription)
    if standing is None:
        return gone(request)
    speak(request, reader=standing.locale, newsletter=standing.list.language)
    if request.method == "POST":
        origin = origin_of(request, "left.html")
        returning.undo(standing.subscription, left_at=left_at, at=now, origin=origin)
        standing = standings.of(claim.subscription)
        if standing is None:
            return gone(request)
    there = f"/preferences/{tokens.make('preferences', standing.subscription)}"
    if standing.status == Status.UNSUBSCRIBED:
        good = _second(standing.changed_at) == claim.delivery and now - left_at < returning.WHILE
        if request.method == "POST" or not good:
            return left(request, standing, ask=there, too_late=True)
    return page(
        request,
        "back.html",
        list=standing.list,
        address=masked(standing.address),
        back=standing.status != Status.UNSUBSCRIBED,
        preferences=there,
    )


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question, or count an answer: once, and without who gave it."""
    claim = tokens.read("why", token)
    if claim is None:
        return errors.unknown_link(request)
    offer = offers.of(claim.subscription)
    if offer is None:
        return errors.unknown_link(request)
    newsletter = offer.list
    speak(request, newsletter=newsletter.language)
    said = request.POST.get("reason", "") if request.method == "POST" else ""
    if not said:
        asked_again = request.method == "POST"
        return page(request, "why.html", list=newsletter, reasons=reasons(), why="", asked_again=asked_again)
    if said not in [reason.value for reason in Departed]:
        raise BadRequest("the form says what it does not offer")
    now = _now()
    if now - dt.datetime.fromtimestamp(claim.delivery >> _CHANCE, dt.UTC) < WHY_LIFE:
        with transaction.atomic():
            if brakes.once(f"why {claim.subscription} {claim.delivery}", at=now, keep=WHY_LIFE * 2):
                departing.tell(newsletter.pk, Departed(said), at=now)
    return page(request, "thanks.html", list=newsletter)


def reasons() -> list[tuple[str, str]]:
    """Return why people leave, as the form sends it and as it is read."""
    return [
        (Departed.TOO_MANY, _("Too many letters")),
        (Departed.NOT_MY_SUBJECTS, _("Not the subjects I follow")),
        (Departed.READ_ELSEWHERE, _("I read it elsewhere now")),
        (Departed.NEVER_SUBSCRIBED, _("I never subscribed")),
        (Departed.OTHER, _("Another reason")),
    ]


def _why(newsletter: int, now: dt.datetime) -> str:
    return tokens.make("why", newsletter, _second(now) << _CHANCE | secrets.randbits(_CHANCE))


def _second(moment: dt.datetime) -> int:
    return int(moment.timestamp())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
