"""A letter before everybody's: to whoever asks, to the list's test list, or to addresses that they name."""

import re

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mailer import editions, sends, testers
from mailer.desk import unsaved
from mailer.desk.access import DeskRequest, needs
from mailer.desk.pages import back, page
from mailer.desk.sends import acting
from mailer.desk.sends.approving import PLACE, edition_of
from mailer.models import Edition
from subscribers.errors import SubscribersError

ADD, REMOVE = "add", "remove"  # what the form does with the test list; anything else is a test


@needs("write")
@require_http_methods(["GET", "HEAD", "POST"])
def test(request: DeskRequest, number: int) -> HttpResponse:
    """Show the form, or do what it says: a test that names nobody goes to whoever asks.

    But where whoever asks so, or somebody else, has text that is not saved, the form is shown, which says
    what would be tested.
    """
    edition = edition_of(number)
    if request.method != "POST":
        return _page(request, edition)
    try:
        match request.POST.get("do", ""):
            case "add":
                return _kept(request, edition)
            case "remove":
                return _dropped(request, edition)
        addresses = _addressed(request)
        if not addresses and ((other := _unsaved(request, edition)).mine or other.others):
            said = "Nothing was sent: look first at what would be tested."
            return back(request, f"/desk/editions/{edition.pk}/test", said, failed=True)
        return _sent(request, edition, addresses)
    except (sends.SendError, SubscribersError) as error:
        return _page(request, edition, refused=acting.plain(error))


def _addressed(request: DeskRequest) -> list[str]:
    """Return whom a form names; nobody where only a button was pressed."""
    asked = request.POST
    myself = [acting.user(request).email] if "me" in asked else []
    return [*myself, *asked.getlist("to"), *_addresses(asked.get("others", ""))]


def _sent(request: DeskRequest, edition: Edition, addresses: list[str]) -> HttpResponse:
    send = sends.test(
        edition,
        list(dict.fromkeys(addresses or [acting.user(request).email])),
        request.POST.getlist("interest") or None,
        by=acting.by(request),
        now=acting.now(),
    )
    said = f"The test of revision {send.revision.number} leaves as soon as a worker takes it."
    return back(request, acting.there(send), said)


def _unsaved(request: DeskRequest, edition: Edition) -> unsaved.Unsaved:
    return unsaved.of(editions.newest(edition), acting.by(request))


def _kept(request: DeskRequest, edition: Edition) -> HttpResponse:
    new = testers.add(
        edition.list, _addresses(request.POST.get("address", "")), by=acting.by(request), at=acting.now()
    )
    said = "Added to the test list." if new else "The test list was so already."
    return back(request, f"/desk/editions/{edition.pk}/test", said)


def _dropped(request: DeskRequest, edition: Edition) -> HttpResponse:
    gone = testers.remove(edition.list, request.POST.getlist("to"), by=acting.by(request), at=acting.now())
    said = "Taken off the test list." if gone else "Tick whom to take off the test list."
    return back(request, f"/desk/editions/{edition.pk}/test", said, failed=not gone)


def _addresses(text: str) -> list[str]:
    """Return the addresses of a text, between spaces, commas, semicolons or lines."""
    return [word for word in re.split(r"[\s,;]+", text) if word]


def _page(request: DeskRequest, edition: Edition, *, refused: str = "") -> HttpResponse:
    asked = request.POST
    offered = [
        (interest.slug, interest.name)
        for interest in edition.list.interests.all()
        if interest.retired_at is None
    ]
    return page(
        request,
        "send_test.html",
        status=422 if refused else 200,
        place=PLACE,
        edition=edition,
        unsaved=_unsaved(request, edition),
        owner=edition.list,
        testers=testers.of(edition.list),
        chosen=asked.getlist("to"),
        interests=offered,
        interested=asked.getlist("interest"),
        others=asked.get("others", ""),
        address=asked.get("address", ""),
        refused=refused,
        most=sends.testing.MOST,
    )
