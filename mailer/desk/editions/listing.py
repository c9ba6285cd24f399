"""What the desk opens with: what is due, what is on the desk and what it waits for, and what was sent."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mailer import calendar, overview
from mailer.accounts import roles
from mailer.charts.ledger import ledger
from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions import summing_up
from mailer.desk.pages import local, page
from mailer.desk.sends import words
from mailer.typed import whole
from subscribers.models import List

SENT = 5


@needs("look")
@require_safe
def ls(request: DeskRequest) -> HttpResponse:
    """Show the editions of all lists, or of the one that `list` names; older ones than `before`."""
    now = dt.datetime.now(dt.UTC)
    lists = list(List.objects.order_by("name"))
    chosen = next((each for each in lists if each.slug == request.GET.get("list", "")), None)
    older_than = whole(request.GET.get("before", ""))
    desk = () if older_than else overview.on_the_desk(chosen)
    sent = overview.over(chosen, before=older_than, limit=SENT + 1)
    zone = chosen.zone if chosen else calendar.house_zone()
    known = {row.send.pk: row.sums for row in desk if row.send and row.sums}
    may = partial(roles.may, request.user.role)
    return page(
        request,
        "editions.html",
        place="Editions",
        lists=lists,
        chosen=chosen,
        older_than=older_than,
        lead=summing_up.lead(desk, now=now, zone=zone),
        days=() if older_than else calendar.due(now, known=known),
        where=words.place(calendar.house_zone()),
        desk=[(row, summing_up.next_step(row, may)) for row in desk],
        sent=sent[:SENT],
        older=sent[SENT - 1].edition.pk if len(sent) > SENT else None,
        heads=summing_up.HEADS,
        bar=lambda row: ledger(row.sums.outcomes, in_a_row=True),
        local=partial(local, near=now),
    )
