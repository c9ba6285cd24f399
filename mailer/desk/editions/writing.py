"""`/desk/editions/<number>`: an edition, to be read by all and written by those who may."""

import datetime as dt
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from mailer import drafts, previews
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.conflicts import conflict, two_windows
from mailer.desk.editions.found import chosen_in, edition_of, newest_of, revision_of
from mailer.desk.editions.keeping import kept_as_said
from mailer.desk.editions.showing import showing, shown_on
from mailer.desk.editions.windows import seen_in
from mailer.desk.pages import back
from mailer.drafts import ConflictError, MergedFaultyError, OtherDraftError, Saved
from mailer.editions import EditionError
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Edition


@needs("look")  # and to post more: its own view says it
@require_http_methods(["GET", "HEAD", "POST"])
def edition(request: DeskRequest, number: int) -> HttpResponseBase:
    """Show an edition, or save what was typed."""
    return save(request, number) if request.method == "POST" else show(request, number)


@needs("look")
def show(request: DeskRequest, number: int) -> HttpResponse:
    """Show the newest text, or the draft of whoever looks."""
    found = edition_of(number)
    return showing(request, found, newest_of(found))


@needs("write")
@require_POST
def save(request: DeskRequest, number: int) -> HttpResponse:
    """Save what was typed as a revision; or keep it, and show the letter that was asked for."""
    found = edition_of(number)
    text = drafts.typed(request.POST.get("text", ""))
    based_on = revision_of(request.POST.get("base", "")) or 1
    if request.POST.get("do") in {"show", "both"}:  # a letter; or what two windows typed, put together
        return _shown(request, found, text, based_on)
    now = dt.datetime.now(dt.UTC)
    try:
        saved = drafts.save(
            found, text, based_on=based_on, by=request.user.by, now=now, over=seen_in(request)
        )
    except ConflictError as error:
        return conflict(request, found, error, text)
    except MergedFaultyError as error:
        said = "Your text was put together with what was saved meanwhile, and does not read so: mend it here"
        return showing(
            *(request, found, newest_of(found)),
            status=422,
            typed=error.text,
            based_on=error.newest.number,
            faults=previews.as_findings(error.faults),
            error=said,
        )
    except (ManuscriptError, EditionError) as error:
        faults = previews.as_findings(error.faults) if isinstance(error, ManuscriptError) else ()
        return showing(
            *(request, found, newest_of(found)),
            status=422,
            typed=text,
            based_on=based_on,
            faults=faults,
            error=_not_saved(len(faults)) if faults else str(error),
        )
    said = _said(saved, based_on)
    if drafts.offered(drafts.kept(found, request.user.by), saved.revision):
        said += "; what stands here now is what you typed in another window"
    return back(request, f"/desk/editions/{number}{_asked(request, found)}", said)


def _shown(request: DeskRequest, found: Edition, text: str, based_on: int) -> HttpResponse:
    """Return to the page with what was typed and the letter that was asked for; nothing is lost, or saved."""
    try:
        draft = kept_as_said(request, found, text, based_on)
    except OtherDraftError as error:
        return two_windows(request, found, error, text, based_on)
    except EditionError as error:
        return showing(
            request, found, newest_of(found), status=422, typed=text, based_on=based_on, error=str(error)
        )
    return back(request, f"/desk/editions/{found.pk}{_asked(request, found, draft=draft is not None)}")


def _asked(request: DeskRequest, found: Edition, *, draft: bool = False) -> str:
    """Return the query of the page with the letter that a form asked for."""
    shows = shown_on(request)
    query = [
        *([("draft", "1")] if draft else []),
        *(("interest", slug) for slug in chosen_in(request, found.list)),
        *((name, value) for name, value in shows.items() if value not in {"phone", "light"}),
    ]
    return f"?{urlencode(query)}" if query else ""


def _not_saved(faults: int) -> str:
    what = "it does not read on one line" if faults == 1 else f"{faults} places do not read"
    return f"Not saved, since {what}. What you typed stands here; mend what stands beneath, and save again"


def _said(saved: Saved, based_on: int) -> str:
    number = saved.revision.number
    if saved.merged:
        others = " and ".join(saved.others) or "you"
        return f"Saved as revision {number}, together with what {others} saved meanwhile"
    return (
        f"Saved as revision {number}" if number != based_on else "Nothing was changed: the text is the same"
    )
