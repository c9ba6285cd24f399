"""Lists at the desk: what each is and decides, how it grows, and what an admin changes of it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailer import upcoming
from mailer.desk.access import DeskRequest, needs
from mailer.desk.office.fields import FIELDS, filled, given, shown
from mailer.desk.office.wording import anew
from mailer.desk.pages import back, page
from subscribers import changing, counting, curating, lists
from subscribers.errors import SubscribersError
from subscribers.models import List

PLACE = "Lists"


@needs("look")
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show all lists."""
    found = List.objects.prefetch_related("interests").order_by("slug")
    return page(request, "lists.html", place=PLACE, lists=[(each, counting.readers(each)) for each in found])


@needs("look")
@require_safe
def one(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one list; its numbers too where counting them takes no time that anybody notices."""
    newsletter = _find(slug)
    readers = counting.readers(newsletter)
    return _page(request, newsletter, numbers=readers.exact and readers.people <= counting.FEW)


@needs("look")
@require_POST
def count(request: DeskRequest, slug: str) -> HttpResponse:
    """Count everybody on a list, which goes through all of them."""
    return _page(request, _find(slug), numbers=True)


def _page(request: DeskRequest, newsletter: List, *, numbers: bool) -> HttpResponse:
    now = dt.datetime.now(dt.UTC)
    return page(
        request,
        "lists-one.html",
        place=PLACE,
        list=newsletter,
        fields=shown(newsletter),
        interests=list(newsletter.interests.all()),
        readers=counting.readers(newsletter),
        numbers=counting.stats(newsletter, now=now) if numbers else None,
        chosen={row["slug"]: row for row in curating.listing(newsletter)} if numbers else {},
        public=settings.CONFIGURATION.base_url,
    )


@needs("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, slug: str) -> HttpResponse:
    """Change what a list says of itself and how it decides; 422 with what was typed where it cannot be."""
    newsletter = _find(slug)
    if request.method != "POST":
        return _form(request, newsletter, filled(newsletter))
    before = upcoming.held(newsletter)
    try:
        differences = changing.change(
            newsletter, by=request.user.by, at=dt.datetime.now(dt.UTC), **given(request.POST)
        )
    except SubscribersError as error:
        return _form(request, newsletter, request.POST.dict(), str(error))
    said = (
        f"Changed: {', '.join(one.field.replace('_', ' ') for one in differences)}."
        if differences
        else "It was so already; nothing was changed."
    )
    lost = before - upcoming.held(newsletter)
    return back(request, f"/desk/lists/{newsletter.slug}", " ".join(filter(None, (said, anew(lost)))))


def _form(request: DeskRequest, newsletter: List, typed: dict[str, Any], refused: str = "") -> HttpResponse:
    return page(
        request,
        "lists-edit.html",
        status=422 if refused else 200,
        place=PLACE,
        list=newsletter,
        fields=FIELDS,
        typed=typed,
        refused=refused,
    )


def _find(slug: str) -> List:
    try:
        return lists.find(slug)
    except lists.ListError as error:
        raise Http404(str(error)) from None
