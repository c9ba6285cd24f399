"""`…/letter` and `…/preview`: any reader's letter and what was found, of what is saved or typed."""

import datetime as dt

from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template import loader
from django.views.decorators.http import require_http_methods, require_POST

from mailer import counting, drafts, editions, previews
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import chosen_in, edition_of, newest_of
from mailer.desk.editions.letter import document, shown
from mailer.desk.editions.showing import offered, shown_on
from mailer.manuscript.document import Document
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Edition


@needs("look")  # and to post more: its own view says it
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: DeskRequest, number: int) -> HttpResponseBase:
    """Return a reader's letter as a document for a frame: of the saved text, the draft, or what is posted."""
    return typed_letter(request, number) if request.method == "POST" else saved_letter(request, number)


@needs("look")
def saved_letter(request: DeskRequest, number: int) -> HttpResponse:
    """Return the letter of the newest text; with `draft=1` of one's own draft, where that reads."""
    found = edition_of(number)
    draft = drafts.kept(found, request.user.by) if "draft" in request.GET else None
    return _document(request, found, _read(found, draft.text) if draft else None)


@needs("write")
@require_POST
def typed_letter(request: DeskRequest, number: int) -> HttpResponse:
    """Return the letter of what is posted, which is kept nowhere, or of the saved text if that fails."""
    found = edition_of(number)
    return _document(request, found, _read(found, drafts.typed(request.POST.get("text", ""))))


@needs("write")
@require_POST
def preview(request: DeskRequest, number: int) -> HttpResponse:
    """Say in JSON what is found in what is posted, which is kept nowhere."""
    found, now = edition_of(number), dt.datetime.now(dt.UTC)
    owner = found.list
    text = drafts.typed(request.POST.get("text", ""))
    seen = previews.of_text(found, text, now=now, at=editions.leaves_at(found))
    groups = counting.counted(owner, now=now).groups
    chosen = chosen_in(request, owner)
    read = previews.seen(owner, seen.document, chosen, groups) if seen.document else None
    values = {"preview": seen, "stale": read is None, "seen": read, "chosen": chosen}
    return JsonResponse(
        {
            "reads": read is not None,
            "errors": len(seen.errors),
            "findings": _part(request, "findings", values),
            "caption": _part(request, "caption", values | {"interests": offered(owner)}),
            "text": read.letter.text if read else "",
        }
    )


def _part(request: DeskRequest, name: str, values: dict[str, object]) -> str:
    return loader.render_to_string(f"desk/edition_{name}.html", values, request)


def _read(found: Edition, text: str) -> Document | None:
    try:
        return previews.read_as(found, text)
    except ManuscriptError:
        return None


def _document(request: DeskRequest, found: Edition, said: Document | None) -> HttpResponse:
    """Return the letter of what is said, or of the newest text. Raises Http404 where that does not read."""
    try:
        said = said or editions.document_of(newest_of(found))
    except ManuscriptError as error:
        raise Http404 from error
    made = previews.letter(found.list, said, chosen_in(request, found.list))
    return document(shown(made.html, dark=shown_on(request)["mode"] == "dark"))
