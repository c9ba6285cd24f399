"""`/desk/editions/<number>/draft`: what was typed and not saved is kept every few seconds, or dropped.

And `/desk/token`, by which a page that was open while its user signed in again goes on.
"""

import datetime as dt

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_POST, require_safe

from mailer import drafts
from mailer.accounts.gate import asked_by_itself
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import edition_of, newest_of, revision_of
from mailer.desk.editions.windows import seen_in, stamp
from mailer.desk.pages import back, local
from mailer.drafts import OtherDraftError
from mailer.editions import EditionError
from mailer.models import Draft, Edition


@needs("write")
@require_POST
def draft(request: DeskRequest, number: int) -> HttpResponse:
    """Keep a text (answered in JSON, for the script), or drop what was kept."""
    found = edition_of(number)
    here = f"/desk/editions/{number}"
    if request.POST.get("do") == "drop":
        if drafts.drop(found, request.user.by, over=seen_in(request)):
            return back(request, here, "Dropped: this is the saved text")
        if drafts.kept(found, request.user.by) is None:
            return back(request, here)
        said = "Not dropped: you went on with it in another window meanwhile, and this is that"
        return back(request, here, said, failed=True)
    text = drafts.typed(request.POST.get("text", ""))
    try:
        made = kept_as_said(request, found, text, revision_of(request.POST.get("base", "")) or 1)
    except OtherDraftError as error:
        there, at = error.draft, local(error.draft.changed_at, found.list.zone, day=False)
        # The text, since it may be this very window's: kept, and the answer lost on its way.
        return JsonResponse({"other": at, "draft": stamp(there), "text": there.text}, status=409)
    except EditionError as error:
        return JsonResponse({"error": str(error)}, status=422)
    newest = newest_of(found)
    now = local(dt.datetime.now(dt.UTC), found.list.zone, day=False)
    return JsonResponse({"kept": now, "draft": stamp(made), "newest": newest.number, "author": newest.author})


@asked_by_itself
@needs("look")
@require_safe
def token(request: DeskRequest) -> HttpResponse:
    """Give a page's script what its forms have to carry, since signing in makes another.

    `who` is the user that the page was made for; another one's page gets nothing.
    """
    if request.GET.get("who", "") not in {"", str(request.user.pk)}:
        return JsonResponse({"error": "another user is signed in"}, status=409)
    return JsonResponse({"token": get_token(request)})


def kept_as_said(request: DeskRequest, edition: Edition, text: str, based_on: int) -> Draft | None:
    """Keep a text as a draft and return that; None where it says nothing that is not saved.

    Raises OtherDraftError where another window of theirs kept other text, and EditionError.
    """
    by, seen = request.user.by, seen_in(request)
    if text == newest_of(edition).text:
        drafts.drop(edition, by, over=seen)
        return None
    return drafts.keep(edition, text, based_on=based_on, who=by, now=dt.datetime.now(dt.UTC), over=seen)
