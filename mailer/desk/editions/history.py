"""`/desk/editions/<number>/history`: who saved which text when; two compared; an old one restored."""

import datetime as dt

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from mailer import differences, drafts, histories
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import edition_of, newest_of, revision_of
from mailer.desk.pages import back, local, page
from mailer.editions import EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Edition


@needs("look")  # and to post more: its own view says it
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: DeskRequest, number: int) -> HttpResponseBase:
    """Show the history of an edition, or restore a text of it."""
    return restore(request, number) if request.method == "POST" else show(request, number)


@needs("look")
def show(request: DeskRequest, number: int) -> HttpResponse:
    """Show revisions, newest first, and how two of them differ where two are named."""
    return _history(request, edition_of(number))


@needs("write")
@require_POST
def restore(request: DeskRequest, number: int) -> HttpResponse:
    """Make an old text the newest again."""
    found = edition_of(number)
    wanted, over = (revision_of(request.POST.get(name, "")) or 0 for name in ("revision", "over"))
    try:
        made = drafts.restore(found, wanted, over=over, by=request.user.by, now=dt.datetime.now(dt.UTC))
    except ManuscriptError as error:
        said = f"Revision {wanted} does not read any more: {error}"
        return _history(request, found, error=said, status=422)
    except EditionError as error:
        return _history(request, found, error=str(error), status=409)
    if made.number == over:
        said = f"Nothing was changed: revision {wanted} says the same as the newest"
    else:
        said = f"Restored: revision {made.number} has the text of revision {wanted}"
    return back(request, f"/desk/editions/{number}", said)


def _history(request: DeskRequest, found: Edition, *, error: str = "", status: int = 200) -> HttpResponse:
    one, other, before = (revision_of(request.GET.get(name, "")) for name in ("one", "other", "before"))
    compared = None
    if one and other:
        try:
            compared = histories.compare(found, one, other)
        except EditionError as missing:
            error, status = str(missing), 404
    listed = histories.history(found, before=before)
    newest = newest_of(found)
    return page(
        request,
        "edition_history.html",
        place="Editions",
        status=status,
        edition=found,
        list=found.list,
        history=listed,
        newest=newest.number,
        compared=compared,
        # Whom one compares without having chosen: the newest with the one before it.
        one=one or (listed.entries[1].number if len(listed.entries) > 1 else None),
        other=other or (listed.entries[0].number if listed.entries else None),
        rows=list(compared.rows()) if compared else [],
        is_gap=lambda row: isinstance(row, differences.Gap),
        error=error,
        local=lambda moment: local(moment, found.list.zone),
    )
