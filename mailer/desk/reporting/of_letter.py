"""`/desk/sends/N/report/letter`: the letter as it left, with the clicks of each link on it."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from mailer.desk.access import DeskRequest, needs
from mailer.desk.editions.found import chosen_in
from mailer.desk.editions.letter import document, shown
from mailer.desk.editions.showing import MODES, offered
from mailer.desk.pages import page
from mailer.desk.reporting import badges, clicks, wording
from mailer.desk.reporting.badges import Clicked
from mailer.desk.reporting.of_send import with_interests
from mailer.models import Send
from mailer.reporting import letters, of_stories
from mailer.reporting.values import LinkClicks
from mailer.tallies import reading, untold
from mailer.tallies.links import links_in
from mailer.vocabulary import Measure

PLACE = "Sends"
_BY_LINK = (Measure.LINK, Measure.MACHINE_LINK)
SHOWN_ON = ("desktop", "phone")


@needs("look")
@require_safe
def show(request: DeskRequest, number: int) -> HttpResponse:
    """Show the letter of some interests, in a frame, and its links as a table beside it."""
    send = with_interests(number)
    owner = send.edition.list
    chosen = chosen_in(request, owner)
    letter = letters.of(send, chosen)
    links, counted = _links(send)
    here = set(links_in(letter.variant.html)) if letter else set()
    return page(
        request,
        "report_letter.html",
        place=PLACE,
        send=send,
        list=owner,
        letter=letter,
        interests=offered(owner),
        chosen=chosen,
        mode=_one_of(MODES, request.GET.get("mode")),
        shown_on=_one_of(SHOWN_ON, request.GET.get("as")),
        counted=counted,
        counting=wording.COUNTING,
        links=clicks.by_link([each for each in links if each.place is not None]),
        in_letter=here,
        scale=badges.scale(max((each.clicked.people or 0 for each in links if each.url), default=0)),
    )


@needs("look")
@require_safe
def shown_letter(request: DeskRequest, number: int) -> HttpResponse:
    """Return that letter as a document for a frame."""
    send = with_interests(number)
    letter = letters.of(send, chosen_in(request, send.edition.list))
    if letter is None:
        raise Http404
    dark = request.GET.get("mode") == "dark"
    links, _ = _links(send)
    clicked = {
        each.url: Clicked(each.place, each.clicked.people, each.clicked.machines or 0)
        for each in links
        if each.url is not None and each.clicked.people is not None
    }
    html = shown(letter.variant.html, dark=dark)
    return document(badges.with_clicks(html, clicked, dark=dark) if clicked else html)


def _links(send: Send) -> tuple[tuple[LinkClicks, ...], bool]:
    """Return every link of a send with its clicks, and whether these were counted at all."""
    counted = send.tallied and send.pk in untold.counted([send.pk])
    return of_stories.of(send, reading.sums(send.pk, _BY_LINK), counted=counted).links, counted


def _one_of(known: tuple[str, ...], asked: str | None) -> str:
    return asked if asked in known else known[0]
