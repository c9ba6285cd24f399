"""`/archive/<list>/`: every edition of a list, newest first, by interest, and search over their stories."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.archive import addresses, publishing, searching, stories
from mailer.archive.publishing import PAGE, Published
from mailer.archive.searching import Hit
from mailer.web.archive import structured
from mailer.web.archive.asking import before as asked_before
from mailer.web.archive.asking import interest as asked_interest
from mailer.web.archive.asking import public
from mailer.web.archive.caching import absolute, shared
from mailer.web.archive.labels import Label, labels_of
from mailer.web.archive.speech import spoken
from mailer.web.languages import speak
from mailer.web.pages import page
from subscribers.models import Interest
from subscribers.offers import Offer

# Titles that stand open beneath a date; a click shows the others.
OPEN = 4


@dataclass(frozen=True)
class Filter:
    """A link to the stories of one interest; '' for all."""

    name: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Title:
    """A story's title as a link to its place, with its interests."""

    title: object
    url: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Issue:
    """An edition on the page: `stories` are those to show of all `total`, `folded` the others of these."""

    url: str
    title: str
    date: dt.date
    corrected: dt.datetime | None
    stories: tuple[Title, ...]
    folded: tuple[Title, ...]
    total: int


@dataclass(frozen=True)
class Result:
    """A story that was found."""

    title: Title
    excerpt: object
    date: dt.date


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show a page of editions, or the stories that were found."""
    offer = public(slug)
    chosen = asked_interest(request, offer)
    query = searching.asked(request.GET.get("q", ""))
    number = None if query else asked_before(request)
    told = _found(offer, query, chosen) if query else _shelf(offer, number, chosen)
    speak(request, newsletter=offer.list.language)
    here = addresses.of_list(slug, interest=chosen.slug if chosen else "", query=query, before=number)
    answer = page(
        request,
        "archive.html",
        unlisted=bool(query),
        list=offer.list,
        spoken=partial(spoken, language=offer.list.language),
        filters=_filters(offer, chosen, query),
        chosen=chosen,
        query=query,
        begun=number is None,
        newest=addresses.of_list(slug, interest=chosen.slug if chosen else ""),
        feeds=_feeds(offer),
        addresses=addresses,
        canonical=absolute(here),
        kept=f"{here.partition('?')[2]}&" if "?" in here else "",
        **told,
    )
    return shared(request, answer)


def _shelf(offer: Offer, before: int | None, chosen: Interest | None) -> dict[str, Any]:
    """Return what the page says of editions. Raises Http404 where there are none before that one."""
    key, slug = (chosen.pk, chosen.slug) if chosen else (None, "")
    found = publishing.page(offer.list.pk, before=before, interest=key, most=PAGE + 1)
    if before is not None and not found:
        raise Http404
    shown = found[:PAGE]
    titles = stories.titles(each.revision for each in shown)
    last = shown[-1].edition if len(found) > PAGE else None
    return {
        "issues": [_issue(offer, each, titles[each.revision], chosen) for each in shown],
        "older": addresses.of_list(offer.list.slug, interest=slug, before=last) if last else "",
        "results": (),
        "structured": structured.of_list(offer.list, shown) if shown else "",
    }


def _found(offer: Offer, query: str, chosen: Interest | None) -> dict[str, Any]:
    """Return what the page says of a search."""
    found = searching.search(offer.list.pk, query, interest=chosen.pk if chosen else None)
    interests = stories.interests_of(hit.story for hit in found.hits)
    results = [_result(offer, hit, interests[hit.story]) for hit in found.hits]
    return {"issues": (), "older": "", "results": results, "more": found.more, "structured": ""}


def _filters(offer: Offer, chosen: Interest | None, query: str) -> list[Filter]:
    current = chosen.slug if chosen else ""
    named = [("", ""), *((each.slug, each.name) for each in offer.offered)]
    return [
        Filter(name, addresses.of_list(offer.list.slug, interest=slug, query=query), slug == current)
        for slug, name in named
    ]


def _feeds(offer: Offer) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return for everything ('') and each interest by name: what kinds of feed there are, and where."""
    slug = offer.list.slug
    named = [("", ""), *((each.slug, each.name) for each in offer.offered)]
    kinds: tuple[tuple[str, addresses.Feed], ...] = (("RSS", "rss"), ("Atom", "atom"))
    return [
        (name, [(kind, addresses.feed(slug, feed, interest)) for kind, feed in kinds])
        for interest, name in named
    ]


def _issue(offer: Offer, edition: Published, told: list[stories.Titled], interest: Interest | None) -> Issue:
    shown = [
        Title(
            each.title,
            addresses.story(offer.list.slug, edition.edition, each.position),
            labels_of(offer, keys=each.interests),
        )
        for each in told
        if interest is None or interest.pk in each.interests
    ]
    # To fold a single title away would not even save its line.
    opened = OPEN if len(shown) > OPEN + 1 else len(shown)
    return Issue(
        url=addresses.online(offer.list.slug, edition.edition),
        title=edition.head.title,
        date=edition.date,
        corrected=edition.last if edition.corrected else None,
        stories=tuple(shown[:opened]),
        folded=tuple(shown[opened:]),
        total=len(told),
    )


def _result(offer: Offer, hit: Hit, interests: frozenset[int]) -> Result:
    url = addresses.story(offer.list.slug, hit.edition.edition, hit.position)
    return Result(Title(hit.title, url, labels_of(offer, keys=interests)), hit.excerpt, hit.edition.date)
