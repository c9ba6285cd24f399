"""What is due as a month: sends and editions on their days, and the days on which clocks change."""

import datetime as dt

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mailer import calendar
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import page
from mailer.desk.sends import words


@needs("look")
@require_safe
def month(request: DeskRequest) -> HttpResponse:
    """Show the month that `month` names ("2026-12"), this one if it names none."""
    now = dt.datetime.now(dt.UTC)
    zone = calendar.house_zone()
    first = _asked(request.GET.get("month", "")) or calendar.today(now, zone).replace(day=1)
    begins, days = calendar.weeks(first.year, first.month)
    shown = calendar.between(begins, days, now=now, zone=zone)
    return page(
        request,
        "send_calendar.html",
        place="Editions",
        first=first,
        weeks=calendar.lines(shown),
        days=[day for day in shown if day.date.month == first.month],
        before=(first - dt.timedelta(days=1)).strftime("%Y-%m"),
        after=(first + dt.timedelta(days=31)).strftime("%Y-%m"),
        where=words.place(zone),
        heads=words.HEADS,
    )


def _asked(text: str) -> dt.date | None:
    """Return the first day of a month as an address names it, within the years that calendars know."""
    try:
        first = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None
    return first if dt.MINYEAR + 1 < first.year < dt.MAXYEAR else None
