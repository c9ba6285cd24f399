"""`/desk/sends/N/report`: what became of one send."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mailer.charts.ledger import ledger
from mailer.charts.shares import percentages
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import local, page
from mailer.desk.reporting import clicks, figures, files, times, wording
from mailer.desk.sends import words
from mailer.desk.sends.showing import ROWS, found, transport
from mailer.models import Send
from mailer.reporting import forms, of_send
from mailer.reporting.values import SendReport
from mailer.vocabulary import SendKind

PLACE = "Sends"
# What was told of copies, in the order of its happening.
TOLD = (
    ("delivered", "Delivered"),
    ("deferred", "Asked to wait, at least once"),
    ("bounced", "Refused for good"),
    ("blocked", "Refused this once"),
    ("dropped", "Not even tried by the service"),
    ("complained", "Marked as spam"),
    ("unsubscribed", "Left by this letter"),
)


@needs("look")
@require_safe
def show(request: DeskRequest, number: int) -> HttpResponse:
    """Show what became of a send, or hand it out as a file."""
    send = with_interests(number)
    report = of_send.report(send)
    file = files.asked(
        request,
        f"send-{send.pk}-report",
        columns=forms.COLUMNS,
        rows=lambda: forms.rows(report),
        as_json=lambda: forms.send_as_json(report),
    )
    return file or page(request, "report_send.html", place=PLACE, **_values(request, send, report))


def with_interests(number: int) -> Send:
    """Return a send whose list's interests are at hand, wherever they are asked for. Raises Http404."""
    send = found(number)
    prefetch_related_objects([send.edition.list], "interests")
    send.revision.edition = send.edition
    return send


def _values(request: DeskRequest, send: Send, report: SendReport) -> dict[str, Any]:
    owner = send.edition.list
    known, whole = clicks.topics(owner), request.GET.get("time") == "all"
    outcomes = report.ledger.outcomes
    return {
        "send": send,
        "list": owner,
        "report": report,
        "head": words.HEADS.get(report.status, report.status),
        "kind": words.KINDS[SendKind(send.kind)],
        "lead": wording.lead(report),
        "began": local(send.frozen_at or send.scheduled_at, owner.zone),
        "place_name": words.place(owner.zone),
        "by": transport(),
        "figures": figures.headline(report),
        "times": times.times(report.hours or (), zone=owner.zone, whole=whole),
        "whole": whole,
        "bar": ledger(outcomes),
        "rows": [name for name in ROWS if outcomes[name] or name in {"accepted", "excluded"}],
        "percent": percentages(outcomes),
        "outcome_words": words.OUTCOMES,
        "reasons": [(words.REASONS.get(why, why), n) for why, n in report.ledger.reasons.items()],
        "told": [(name, getattr(report, field)) for field, name in TOLD],
        "stories": clicks.by_story(report.stories, known),
        "interests": clicks.by_interest(report.interests, known),
        "links": clicks.by_link(report.links),
        "refusals": clicks.by_reason(report.refusals or ()),
        "domains": report.domains,
        "domain": wording.domain,
        "limits": figures.limits(report.limits),
        "zone": owner.zone,
        "local": local,
    }
