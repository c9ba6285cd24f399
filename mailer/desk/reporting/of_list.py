"""`/desk/lists/SLUG/report`: a list's last sends side by side, and how it grows."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mailer.charts.bars import Bar, bars
from mailer.charts.shares import share
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import list_of
from mailer.desk.pages import local, page
from mailer.desk.reporting import clicks, figures, files, growth, wording
from mailer.desk.sends import words
from mailer.reporting import forms, of_list
from mailer.reporting.values import ListReport
from subscribers.models import List

PLACE = "Lists"


@needs("look")
@require_safe
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Show a list's last sends and its growth over some days, or hand the sends out as a file."""
    owner = list_of(slug)
    days = growth.period(request.GET.get("days"))
    report = of_list.report(owner, now=dt.datetime.now(dt.UTC), days=days)
    file = files.asked(
        request,
        f"{owner.slug}-report",
        columns=forms.LIST_COLUMNS,
        rows=lambda: forms.list_rows(report),
        as_json=lambda: forms.list_as_json(report),
    )
    return file or page(request, "report_list.html", place=PLACE, days=days, **_values(owner, report))


def _values(owner: List, report: ListReport) -> dict[str, Any]:
    known = clicks.topics(owner)
    whole = growth.grown(None, report.growth, tracked=owner.tracked)
    return {
        "list": owner,
        "report": report,
        "lead": wording.of_list(report),
        "periods": growth.PERIODS,
        "sends": _sends(report),
        "heads_of": words.HEADS,
        "share": share,
        "interests": clicks.by_interest(report.interests, known),
        "limits": figures.limits(report.limits),
        "whole": whole,
        "grown": growth.of_interests(report.growth_of, known, tracked=owner.tracked),
        "readers": growth.whole(report.growth, owner.name),
        "lines": growth.lines(report.growth_of, known) if report.growth_of else "",
        "turned": growth.turned(report.growth),
        "growth_rows": growth.rows(report.growth),
        "by_month": growth.by_month(report.growth),
        "local": local,
        "zone": owner.zone,
        "place_name": words.place(owner.zone),
    }


def _sends(report: ListReport) -> list[tuple[Any, Any]]:
    """Return each send with the bar of its opens, all by one scale."""
    drawn = bars([Bar(each.opened.people, each.opened.machines) for each in report.sends])
    return list(zip(report.sends, drawn, strict=True))
