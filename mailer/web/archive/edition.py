"""`/archive/<list>/<edition>/`: an edition as a page, whole or as readers of some interests get it."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.archive import addresses, card, publishing
from mailer.archive.corrections import Change, changes
from mailer.archive.documents import document_of
from mailer.archive.publishing import Open, Published
from mailer.archive.words import line, prose
from mailer.look import look_of
from mailer.manuscript.document import Document
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly, assemble, carried
from mailer.rendering.languages import script_of, words_of
from mailer.rendering.tongues import tongue
from mailer.rendering.values import Reading
from mailer.rendering.wording import preheader, signed
from mailer.web.archive import structured
from mailer.web.archive.asking import interests as asked_interests
from mailer.web.archive.asking import is_number, public
from mailer.web.archive.caching import absolute, shared
from mailer.web.archive.labels import Label, labels_of
from mailer.web.languages import speak
from mailer.web.pages import page
from subscribers.offers import Offer


@dataclass(frozen=True)
class Choice:
    """An interest of the edition, how many stories have it, and the page with those."""

    label: Label
    stories: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class Note:
    """A correction: when, and what changed since the text that letters had left with before."""

    at: dt.datetime
    changes: tuple[Change, ...]


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Show an edition that everybody was sent."""
    offer, there = _found(slug, number)
    chosen = asked_interests(request, offer)
    document = document_of(there.shown, offer)
    look = look_of(offer.list)
    assembly = assemble(document, look, Reading(chosen))
    # Whoever has chosen all of it gets what everybody gets.
    narrowed = chosen if assembly.narrowed else None
    anchors = {story.line: addresses.anchor(place) for place, story in enumerate(document.stories)}
    notes = _notes(there.shown, offer)
    speak(request, newsletter=offer.list.language)
    answer = page(
        request,
        "archive_edition.html",
        unlisted=not there.shown.listed,
        list=offer.list,
        direction=script_of(offer.list.language).direction,
        shown=there.shown,
        letter=assembly,
        total=len(document.stories),
        choices=_choices(offer, document, number, narrowed or frozenset()),
        narrowed=narrowed is not None,
        everything=addresses.online(slug, number),
        notes=notes,
        corrected={
            change.line: note.at for note in reversed(notes) for change in note.changes if change.line
        },
        anchors=anchors,
        older=_turned(offer, there.older, narrowed),
        newer=_turned(offer, there.newer, narrowed),
        here=addresses.online(slug, number),
        anchor_of=lambda story: anchors[story.line],
        present={story.line for story in (*assembly.edition.stories, *assembly.elsewhere)},
        labels=lambda story: labels_of(offer, slugs=story.interests),
        spoken=lambda text: _spoken(text, offer.list.language),
        prose=prose,
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
        structured=structured.of_edition(
            offer.list, there.shown, document.stories, _description(assembly, offer)
        ),
    )
    return shared(request, answer)


@csrf_exempt  # the same
@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Return the picture that stands for an edition elsewhere."""
    offer, there = _found(slug, number)
    document = document_of(there.shown, offer)
    words = words_of(offer.list.language)
    tags = carried(document)
    drawn = card.draw(
        card.Card(
            name=offer.list.name,
            title=document.title,
            date=words.date_of(there.shown.date),
            right_to_left=script_of(offer.list.language).direction == "rtl",
            interests=tuple(
                place
                for place, each in enumerate(offer.interests)
                if each.slug in tags and each.retired_at is None
            ),
        )
    )
    return shared(request, HttpResponse(drawn, content_type="image/png"))


def _found(slug: str, number: int) -> tuple[Offer, Open]:
    """Return an edition of a public list. Raises Http404 for all else, which does not tell why."""
    offer = public(slug)
    there = publishing.one(offer.list.pk, number) if is_number(number) else None
    if there is None:
        raise Http404
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


def _notes(shown: Published, offer: Offer) -> list[Note]:
    """Return the corrections of which a reader may have the text before, the last first."""
    if not shown.corrected:
        return []
    texts = publishing.texts(shown.edition)
    last = max(place for place, text in enumerate(texts) if text.revision == shown.revision)
    known = [text for text in texts[:last] if text.left] + [texts[last]]
    notes = []
    for before, now in pairwise(known):
        found = changes(document_of(before, offer), document_of(now, offer))
        if found:
            notes.append(Note(now.at, found))
    return notes[::-1]


def _spoken(text: str, language: str) -> tuple[str, str]:
    """Return the language of a text and its direction, ('', '') where they are those of the list."""
    other = tongue(text, language)
    return (other, script_of(other).direction) if other else ("", "")


def _description(assembly: Assembly, offer: Offer) -> str:
    return preheader(assembly, words_of(offer.list.language), offer.list.language)
