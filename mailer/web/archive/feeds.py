"""`/archive/<list>/rss.xml` and `atom.xml`: the newest editions in full, of everything or of one interest.

In the list's own language and words, so that a feed is the same for all who ask. An entry is known by the
address of its page, which lasts; in the feed of an interest with that one's number, which no name changes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailer.archive import addresses, publishing
from mailer.archive.documents import document_of, in_full
from mailer.archive.publishing import Published
from mailer.archive.words import line, prose
from mailer.look import look_of
from mailer.manuscript.characters import printable
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import assemble
from mailer.rendering.foreign import manner
from mailer.rendering.languages import script_of, words_of
from mailer.rendering.values import Look, Reading
from mailer.rendering.wording import labels, signed
from mailer.web.archive.asking import interest as asked_interest
from mailer.web.archive.asking import public
from mailer.web.archive.caching import absolute, shared
from subscribers.models import Interest
from subscribers.offers import Offer

ENTRIES = 10


class _Empty:
    """When a feed without entries was changed: it must not say now, each time anew."""

    feed: dict[str, Any]
    items: list[dict[str, Any]]

    def latest_post_date(self) -> dt.datetime:
        dates: list[dt.datetime] = [item["updateddate"] for item in self.items]
        return max(dates, default=self.feed["begun"])


class _Rss(_Empty, Rss201rev2Feed):
    """RSS 2.0, with the whole text in the description."""


class _Atom(_Empty, Atom1Feed):
    """Atom (RFC 4287), with the whole text as content and not as its summary."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:  # noqa: ANN401 - Django's
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})


@csrf_exempt  # nothing can be changed here, and another method is to hear 405, not 403
@require_safe
def rss(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Return a list's newest editions as RSS."""
    return _answer(request, slug, "rss", _Rss)


@csrf_exempt  # the same
@require_safe
def atom(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Return a list's newest editions as Atom."""
    return _answer(request, slug, "atom", _Atom)


def _answer(
    request: HttpRequest, slug: str, kind: addresses.Feed, made: type[_Rss | _Atom]
) -> HttpResponseBase:
    offer = public(slug)
    interest = asked_interest(request, offer)
    editions = publishing.page(offer.list.pk, interest=interest.pk if interest else None, most=ENTRIES)
    feed = _filled(offer, kind, interest, editions, made)
    changed = max((each.over for each in editions), default=offer.list.created_at)
    # Who asks by the date alone must hear of another name too; the tag tells everything by itself.
    if "If-Modified-Since" in request.headers and "If-None-Match" not in request.headers:
        changed = max(changed, publishing.curated(offer.list.pk) or changed)
    content_type = f"{feed.content_type.partition(';')[0]}; charset=utf-8"
    return shared(
        request, HttpResponse(feed.writeString("utf-8"), content_type=content_type), changed=changed
    )


def _filled(
    offer: Offer,
    kind: addresses.Feed,
    interest: Interest | None,
    editions: Sequence[Published],
    made: type[_Rss | _Atom],
) -> _Rss | _Atom:
    newsletter, slug = offer.list, interest.slug if interest else ""
    name = printable(newsletter.name)
    feed = made(
        title=f"{name} · {printable(interest.name)}" if interest else name,
        link=absolute(addresses.of_list(newsletter.slug, interest=slug)),
        description=printable(newsletter.description),
        language=newsletter.language,
        author_name=name,
        feed_guid=_known_as(absolute(addresses.of_list(newsletter.slug)), interest),
        feed_url=absolute(addresses.feed(newsletter.slug, kind, slug)),
        begun=newsletter.created_at,
    )
    # Who follows one interest is not told what else there was.
    look = replace(look_of(newsletter), unchosen_stories="hidden")
    for found in editions:
        each = in_full(found, document_of(found, offer))
        url = absolute(addresses.online(newsletter.slug, each.edition, [slug] if slug else None))
        feed.add_item(
            title=printable(each.head.title),
            link=url,
            unique_id=_known_as(absolute(addresses.online(newsletter.slug, each.edition)), interest),
            unique_id_is_permalink=interest is None,
            description=_written(offer, each, look, slug),
            author_name=name,
            pubdate=each.first,
            updateddate=each.last,
        )
    return feed


def _known_as(address: str, interest: Interest | None) -> str:
    """Return an id that stays: an interest may get another slug, and its readers nothing anew for that."""
    return f"{address}#interest-{interest.number}" if interest else address


def _written(offer: Offer, edition: Published, look: Look, slug: str) -> str:
    chosen, language = frozenset({slug}) if slug else None, offer.list.language
    return render_to_string(
        "public/archive_entry.html",
        {
            "letter": assemble(document_of(edition, offer), look, Reading(chosen)),
            "date": words_of(language).date_of(edition.date),
            "labels": lambda story: labels(story, look.interests),
            "language": language,
            "direction": script_of(language).direction,
            "way": lambda text: manner(language, text, language).way,
            "prose": lambda text: prose(text, absolute(""), language=language),
            "line": lambda text: line(text, absolute("")),
            "words": lambda title: signed(title)[1],
            "address": address,
            "source": source,
        },
    )
