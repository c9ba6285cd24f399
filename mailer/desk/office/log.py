"""The audit log at the desk: who of us changed what. What is asked is posted, as everywhere about people."""

import datetime as dt

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from mailer import sealing
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import page
from mailer.typed import whole
from subscribers import changes, lists
from subscribers.auditing import Checked
from subscribers.errors import SubscribersError
from subscribers.models import List
from subscribers.sealing import head
from subscribers.wording import differences

PLACE = "Log"
LINES = 100  # of one page


class LogError(SubscribersError):
    """The log cannot be looked through in that way."""


@needs("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: DeskRequest) -> HttpResponse:
    """Show the newest lines, or those that a form asks for; 422 where it asks for what cannot be."""
    return _page(request)


@needs("manage")
@require_POST
def check(request: DeskRequest) -> HttpResponse:
    """Go through the whole log, and say whether it is as it was written."""
    try:
        return _page(request, checked=sealing.check())
    except SubscribersError as error:
        return _page(request, refused=str(error))


def _page(request: DeskRequest, *, checked: Checked | None = None, refused: str = "") -> HttpResponse:
    form = request.POST
    asked = {name: form.get(name, "").strip() for name in ("who", "list", "since", "before")}
    lines = []
    try:
        # One more than is shown tells whether there are more.
        lines = changes.listing(
            newsletter=lists.find(asked["list"]) if asked["list"] else None,
            who=asked["who"],
            since=_since(asked["since"]),
            before=whole(asked["before"]),
            limit=LINES + 1,
        )
    except SubscribersError as error:
        refused = str(error)
    newest = [line | {"said": "; ".join(differences(line["before"], line["after"]))} for line in lines[::-1]]
    return page(
        request,
        "log.html",
        status=422 if refused else 200,
        place=PLACE,
        asked=asked,
        lines=newest[:LINES],
        older=newest[LINES - 1]["id"] if len(newest) > LINES else None,
        lists=List.objects.order_by("slug").values_list("slug", flat=True),
        head=head(),
        checked=checked,
        refused=refused,
    )


def _since(text: str) -> dt.datetime | None:
    """Return when the day begins, in UTC. Raises LogError."""
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.min, dt.UTC) if text else None
    except ValueError:
        raise LogError(f"Write the day as 2026-03-24, not {text!r}") from None
