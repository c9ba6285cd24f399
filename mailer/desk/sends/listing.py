"""All sends, newest first, a page at a time; the same number of statements however many there are."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mailer import reports
from mailer.charts.ledger import ledger
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import local, page
from mailer.desk.sends import words
from mailer.models import Send
from mailer.typed import whole
from mailer.vocabulary import SendKind

PAGE = 10


@needs("look")
@require_safe
def ls(request: DeskRequest) -> HttpResponse:
    """Show sends older than `before`, tests among them where `tests` says so."""
    before = whole(request.GET.get("before", ""))
    tests = request.GET.get("tests") == "1"
    found = Send.objects.select_related("edition__list").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    if not tests:
        found = found.exclude(kind=SendKind.TEST)
    rows = list(found[: PAGE + 1])  # one more than is shown tells whether there are more
    sums = reports.ledgers(send.pk for send in rows[:PAGE])
    return page(
        request,
        "sends.html",
        place="Sends",
        rows=[_row(send, sums[send.pk]) for send in rows[:PAGE]],
        older=rows[PAGE - 1].pk if len(rows) > PAGE else None,
        before=before,
        tests=tests,
        local=local,
    )


def _row(send: Send, sums: reports.Ledger) -> dict[str, Any]:
    status = reports.status(send, sums)
    return {
        "send": send,
        "list": send.edition.list,
        "head": words.HEADS.get(status, status),
        "kind": words.KINDS[SendKind(send.kind)],
        "sums": sums,
        "bar": ledger(sums.outcomes, in_a_row=True),
        "zone": send.edition.list.zone,
    }
