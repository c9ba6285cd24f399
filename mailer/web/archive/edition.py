"""`/archive/<list>/<edition>/`: an edition as a page, whole or as readers of some interests get it."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.archive import addresses, card, publishing
from mailer.archive.documents import document_of, in_full
from mailer.archive.notes import corrected, notes
from mailer.archive.publishing import Open
from mailer.archive.words import line, prose
from mailer.look import look_of
from mailer.manuscript.document import Document
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly, assemble, carried
from mailer.rendering.directions import direction_of
from mailer.rendering.foreign import manner
from mailer.rendering.languages import script_of, words_of
from mailer.rendering.values import Reading
from mailer.rendering.wording import preheader, signed
from mailer.web.archive import structured
from mailer.web.archive.asking import interests as asked_interests
from mailer.web.archive.asking import is_number, public
from mailer.web.archive.caching import absolute, shared
from mailer.web.archive.labels import Label, labels_of
from mailer.web.archive.speech import spoken
from mailer.web.errors import not_online
from mailer.web.languages import speak
from mailer.web.pages import page
from subscribers.models import List
from subscribers.offers import Offer


@dataclass(frozen=True)
class Choice:
    """An interest of the edition, how many stories have it, and the page with those."""

    label: Label
    stories: int
    url: str
    chosen: bool


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Show an edition that everybody was sent."""
    try:
        offer, there = _found(slug, number)
    except NotOnlineError as error:
        speak(request, newsletter=error.newsletter.language)
        return not_online(request, addresses.of_list(slug))
    chosen = asked_interests(request, offer)
    document = document_of(there.shown, offer)
    shown, language, look = in_full(there.shown, document), offer.list.language, look_of(offer.list)
    assembly = assemble(document, look, Reading(chosen))
    # Whoever has chosen all of it gets what everybody gets.
    narrowed = chosen if assembly.narrowed else None
    # Of one text: a line is a story's name in it.
    places = {story.line: place for place, story in enumerate(document.stories)}
    told = notes(shown, offer)
    speak(request, newsletter=language)
    answer = page(
        request,
        "archive_edition.html",
        unlisted=not shown.listed,
        list=offer.list,
        direction=script_of(language).direction,
        shown=shown,
        letter=assembly,
        total=len(document.stories),
        choices=_choices(offer, document, number, narrowed or frozenset()),
        narrowed=narrowed is not None,
        everything=addresses.online(slug, number),
        notes=told,
        corrected=corrected(told),
        older=_turned(offer, there.older, narrowed),
        newer=_turned(offer, there.newer, narrowed),
        here=addresses.online(slug, number),
        place_of=lambda story: places[story.line],
        present={places[story.line] for story in (*assembly.edition.stories, *assembly.elsewhere)},
        labels=lambda story: labels_of(offer, slugs=story.interests),
        spoken=partial(spoken, language=language),
        way=lambda text, around="": manner(language, text, around or language).way,
        prose=partial(prose, language=language),
        line=line,
        signed=signed,
        address=address,
        source=source,
        addresses=addresses,
        description=_description(assembly, offer),
        canonical=absolute(addresses.online(slug, number)),
        card=absolute(addresses.card(slug, number)),
        card_size=(card.WIDTH, card.HEIGHT),
        kept=f"{addresses.online(slug, number, narrowed).partition('?')[2]}&" if narrowed is not None else "",
        structured=structured.of_edition(offer.list, shown, document.stories, _description(assembly, offer)),
    )
    return shared(request, answer)


@csrf_exempt  # the same
@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Return the picture that stands for an edition elsewhere."""
    offer, there = _found(slug, number)
    document = document_of(there.shown, offer)
    shown, language, tags = in_full(there.shown, document), offer.list.language, carried(document)
    drawn = card.draw(
        card.Card(
            name=offer.list.name,
            title=document.title,
            date=words_of(language).date_of(shown.date),
            right_to_left=direction_of(document.title, language) == "rtl",
            interests=tuple(
                place
                for place, each in enumerate(offer.interests)
                if each.slug in tags and each.retired_at is None
            ),
        )
    )
    # Programs show it where its address is shared, inside pages of their own.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return shared(request, HttpResponse(drawn, content_type="image/png", headers=headers))


class NotOnlineError(Http404):
    """A public list has no such edition online: nobody learns whether there is one at all."""

    def __init__(self, newsletter: List) -> None:
        """Keep whose it would be."""
        super().__init__()
        self.newsletter = newsletter


def _found(slug: str, number: int) -> tuple[Offer, Open]:
    """Return an edition of a public list. Raises NotOnlineError, and Http404 where there is no such list."""
    offer = public(slug)
    there = publishing.one(offer.list.pk, number) if is_number(number) else None
    if there is None:
        raise NotOnlineError(offer.list)
    return offer, there


def _choices(offer: Offer, document: Document, number: int, chosen: frozenset[str]) -> list[Choice]:
    tagged = carried(document)
    return [
        Choice(
            label,
            sum(label.slug in story.interests for story in document.stories),
            addresses.online(offer.list.slug, number, [label.slug]),
            label.slug in chosen,
        )
        for label in labels_of(offer, slugs=tagged)
    ]


def _turned(
    offer: Offer, beside: publishing.Beside | None, chosen: frozenset[str] | None
) -> dict[str, object]:
    """Return address and date of the edition before or after, for the same interests; {} for none."""
    if beside is None:
        return {}
    return {"url": addresses.online(offer.list.slug, beside.edition, chosen), "date": beside.date}


def _description(assembly: Assembly, offer: Offer) -> str:
    return preheader(assembly, words_of(offer.list.language), offer.list.language)
