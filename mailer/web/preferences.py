"""`/preferences/<token>`: a reader chooses interests; who holds the letter may, and no more than that."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailer.web import errors
from mailer.web.origins import origin_of
from mailer.web.pages import page
from subscribers import tokens
from subscribers.addresses import masked
from subscribers.choosing import choose
from subscribers.interests import UnknownInterestError
from subscribers.models import Subscription
from subscribers.vocabulary import Status, UnchosenStories

# The form's last field: a body that we cannot read, or that was cut off, must not pass for "tick nothing".
LAST_FIELD = "whole"


@dataclass(frozen=True)
class Choice:
    """One interest on the page."""

    slug: str
    name: str
    chosen: bool


@csrf_exempt  # the token is the proof; a cookie would prove less
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reader gets, or save what they choose."""
    claim = tokens.read("preferences", token)
    if claim is None:
        return errors.unknown_link(request)
    subscription = (
        Subscription.objects.select_related("subscriber", "list").filter(pk=claim.subscription).first()
    )
    if subscription is None or subscription.status == Status.UNSUBSCRIBED:
        return page(
            request,
            "left.html",
            list=subscription.list if subscription else None,
            address=masked(subscription.subscriber.address) if subscription else "",
        )
    saved = request.method == "POST"
    if saved:
        if LAST_FIELD not in request.POST:
            raise BadRequest("the form did not arrive whole")
        try:
            choose(
                subscription,
                set(request.POST.getlist("interest")),
                "preferences page",
                _now(),
                origin=origin_of(request, "preferences.html"),
            )
        except UnknownInterestError:
            return errors.outdated_choice(request)
        subscription.refresh_from_db()
    choices = list(_choices(subscription))
    return page(
        request,
        "preferences.html",
        list=subscription.list,
        address=masked(subscription.subscriber.address),
        choices=choices,
        last_field=LAST_FIELD,
        gets=_gets(subscription, [choice.name for choice in choices if choice.chosen]),
        saved=saved,
        leave=f"/u/{tokens.make('leave', subscription.pk, claim.delivery)}",
    )


def _choices(subscription: Subscription) -> Iterator[Choice]:
    for interest in subscription.list.interests.filter(retired_at=None):
        chosen = bool(subscription.interests >> interest.number & 1)
        yield Choice(interest.slug, interest.name, chosen)


def _gets(subscription: Subscription, names: Sequence[str]) -> str:
    """Return in words what the next letter brings."""
    rest = subscription.list.unchosen_stories
    if subscription.everything or rest == UnchosenStories.FULL:
        return "every story in full"
    # The only interest of a reader may have been retired.
    chosen = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "stories meant for everyone"
    if rest == UnchosenStories.HEADLINES:
        return f"{chosen} in full, the other stories as headlines"
    return f"{chosen} in full, and no other stories"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
