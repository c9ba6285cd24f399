"""Look for people: what is asked is posted, so that no address gets into a log or a browser's history."""

import datetime as dt
from dataclasses import replace

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import page
from mailer.desk.people import asking
from mailer.desk.people.asking import Asked
from subscribers import finding
from subscribers.errors import SubscribersError
from subscribers.models import List
from subscribers.vocabulary import Status

PLACE = "Subscribers"


@needs("people")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    """Show the form, and whom it finds: 200, or 422 where it asks for what cannot be."""
    if request.method != "POST":
        return _page(request, Asked())
    asked = asking.read(request.POST)
    try:
        # One more than is shown tells whether there are more.
        found = finding.numbered(
            asking.wanted(asked), now=dt.datetime.now(dt.UTC), limit=asking.PAGE + 1, after=asked.after
        )
    except SubscribersError as error:
        return _page(request, asked, refused=str(error))
    shown = found[: asking.PAGE]
    onward = replace(asked, after=shown[-1]["email"]) if len(found) > len(shown) else None
    return _page(request, asked, found=shown, onward=onward)


def _page(
    request: DeskRequest,
    asked: Asked,
    *,
    found: list[dict[str, object]] | None = None,
    onward: Asked | None = None,
    refused: str = "",
) -> HttpResponse:
    return page(
        request,
        "people.html",
        status=422 if refused else 200,
        place=PLACE,
        asked=asked,
        found=found,
        onward=onward,
        refused=refused,
        lists=List.objects.prefetch_related("interests").order_by("slug"),
        statuses=list(Status),
    )
