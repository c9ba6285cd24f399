"""`/desk/editions/<number>/draft`: what was typed and not saved is kept every few seconds, or dropped."""

import datetime as dt

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from mailer import drafts
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import edition_of, newest_of, revision_of
from mailer.desk.pages import back, local
from mailer.editions import EditionError
from mailer.models import Edition


@needs("write")
@require_POST
def draft(request: DeskRequest, number: int) -> HttpResponse:
    """Keep a text (answered in JSON, for the script), or drop what was kept."""
    found = edition_of(number)
    if request.POST.get("do") == "drop":
        dropped = drafts.drop(found, request.user.by)
        return back(request, f"/desk/editions/{number}", "Dropped: this is the saved text" if dropped else "")
    text = drafts.typed(request.POST.get("text", ""))
    try:
        kept_as_said(request, found, text, revision_of(request.POST.get("base", "")) or 1)
    except EditionError as error:
        return JsonResponse({"error": str(error)}, status=422)
    newest = newest_of(found)
    now = local(dt.datetime.now(dt.UTC), found.list.zone, day=False)
    return JsonResponse({"kept": now, "newest": newest.number, "author": newest.author})


def kept_as_said(request: DeskRequest, edition: Edition, text: str, based_on: int) -> bool:
    """Keep a text as a draft; return whether it says anything that is not saved. Raises EditionError."""
    if text == newest_of(edition).text:
        drafts.drop(edition, request.user.by)
        return False
    drafts.keep(edition, text, based_on=based_on, who=request.user.by, now=dt.datetime.now(dt.UTC))
    return True
