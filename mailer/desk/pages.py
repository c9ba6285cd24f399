"""A page of the desk as an answer: what every page knows, and what its templates may say."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from mailer.accounts.current import user_of
from mailer.accounts.roles import may


@dataclass(frozen=True)
class Place:
    """One of the desk's sections, as the masthead names it."""

    name: str
    path: str
    permission: str


PLACES = (
    Place("Editions", "/desk/", "look"),
    Place("Sends", "/desk/sends/", "look"),
    Place("Subscribers", "/desk/subscribers/", "people"),
    Place("Lists", "/desk/lists/", "look"),
    Place("Users", "/desk/users/", "manage"),
    Place("Log", "/desk/log/", "manage"),
)


def page(
    request: HttpRequest, template: str, *, status: int = 200, place: str = "", **values: object
) -> HttpResponse:
    """Return a page of the desk; `place` is the name of the section that it belongs to.

    Templates find, beside `values`, which must not be called so: `user`, `places`, `place`, `may` (does this
    user's role have a permission?), `sandboxed`, `now`, and `said` (what the last action came to).
    """
    user = user_of(request)
    role = user.role if user else ""
    ours = {
        "user": request.user,
        "places": [each for each in PLACES if role and may(role, each.permission)],
        "place": place,
        "may": lambda permission: bool(role) and may(role, permission),
        "sandboxed": settings.CONFIGURATION.sandboxed,
        "now": dt.datetime.now(dt.UTC),
        "said": [(message.level_tag, str(message)) for message in messages.get_messages(request)],
    }
    return render(request, f"desk/{template}", values | ours, status=status)


def back(request: HttpRequest, path: str, said: str = "", *, failed: bool = False) -> HttpResponse:
    """Return to a page after an action (303: a reload does nothing twice), with what it came to."""
    if said:
        messages.add_message(request, messages.ERROR if failed else messages.SUCCESS, said)
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def local(at: dt.datetime | None, zone: str, *, day: bool = True, near: dt.datetime | None = None) -> str:
    """Return an instant as its list's people read it: “Mon 24 March 2025, 09:00”; '' for none.

    Without the day where `day` is False, and without the year where that is also the year of `near`.
    """
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo(zone))
    if not day:
        return f"{there:%H:%M}"
    year = "" if near and near.astimezone(ZoneInfo(zone)).year == there.year else f"{there: %Y}"
    return f"{there:%a} {there.day} {there:%B}{year}, {there:%H:%M}"
