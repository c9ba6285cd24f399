"""`/desk/editions/new`: a new edition is written, pasted, or made of the last one."""

import datetime as dt

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mailer import beginnings, drafts, previews
from mailer.beginnings import Beginning
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import list_of
from mailer.desk.editions.lines import lines_of
from mailer.desk.editions.showing import offered
from mailer.desk.pages import back, page
from mailer.manuscript.faults import Fault, ManuscriptError
from subscribers.models import List


@needs("write")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Show what one can begin with, or make an edition of what was written or pasted."""
    slug = request.POST.get("list") or request.GET.get("list")
    lists = list(List.objects.order_by("name", "pk").values_list("slug", "name"))
    if not slug and len(lists) == 1:
        slug = lists[0][0]
    if not slug:
        return page(request, "edition_list.html", place="Editions", lists=lists)
    owner = list_of(slug)
    return _made(request, owner) if request.method == "POST" else _shown(request, owner)


def _shown(request: DeskRequest, owner: List) -> HttpResponse:
    asked = request.GET.get("from", "")
    beginning = Beginning(asked) if asked in list(Beginning) else Beginning.PASTED
    text = beginnings.text_for(owner, beginning, now=dt.datetime.now(dt.UTC))
    return _form(request, owner, text, beginning=beginning)


def _made(request: DeskRequest, owner: List) -> HttpResponse:
    text = drafts.typed(request.POST.get("text", ""))
    now = dt.datetime.now(dt.UTC)
    try:
        made = drafts.begin(owner, text, by=request.user.by, now=now)
    except ManuscriptError as error:
        return _form(request, owner, text, faults=error.faults)
    path = f"/desk/editions/{made.edition.pk}"
    if not made.new:
        return back(request, path, "This very text is an edition already: here it is. Nothing was changed")
    return back(request, path, "The edition is there")


def _form(
    request: DeskRequest,
    owner: List,
    text: str,
    *,
    beginning: Beginning | None = None,
    faults: list[Fault] | None = None,
) -> HttpResponse:
    found = previews.as_findings(faults or ())
    last = beginnings.last_of(owner)
    return page(
        request,
        "edition_new.html",
        place="Editions",
        status=422 if faults else 200,
        list=owner,
        interests=offered(owner),
        text=text,
        beginning=beginning,
        last=last,
        last_date=f"{last.date.day} {last.date:%B %Y}" if last and last.date else last and last.title,
        findings=found,
        lines=lines_of(text, {fault.line: "error" for fault in found}) if faults else [],
    )
