"""What search engines read of a page: JSON-LD in the words of schema.org; it says what the page says."""

from collections.abc import Sequence
from typing import Any

import orjson
from markupsafe import Markup

from mailer.archive import addresses
from mailer.archive.publishing import Published
from mailer.manuscript.document import Story
from mailer.rendering.addresses import address
from mailer.web.archive.caching import absolute
from subscribers.models import List

# As JSON writes them, these end no script element and begin no comment in it (HTML 4.12.1.3).
_SAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def of_list(newsletter: List, editions: Sequence[Published]) -> Markup:
    """Return what a page of editions is."""
    slug = newsletter.slug
    return _script(
        {
            "@type": "CollectionPage",
            "name": newsletter.name,
            "url": absolute(addresses.of_list(slug)),
            "inLanguage": newsletter.language,
            "publisher": _publisher(newsletter),
            "mainEntity": {
                "@type": "ItemList",
                "itemListElement": [
                    {
                        "@type": "ListItem",
                        "position": place,
                        "name": each.head.title,
                        "url": absolute(addresses.online(slug, each.edition)),
                    }
                    for place, each in enumerate(editions, 1)
                ],
            },
        }
    )


def of_edition(newsletter: List, shown: Published, stories: Sequence[Story], description: str) -> Markup:
    """Return what an edition's page is: an article, and the list of its stories."""
    url = absolute(addresses.online(newsletter.slug, shown.edition))
    return _script(
        {
            "@type": "NewsArticle",
            "headline": shown.head.title,
            "alternativeHeadline": shown.head.subtitle or None,
            "description": description or None,
            "url": url,
            "mainEntityOfPage": url,
            "image": absolute(addresses.card(newsletter.slug, shown.edition)),
            "datePublished": shown.first.isoformat(),
            "dateModified": shown.last.isoformat(),
            "inLanguage": newsletter.language,
            "isAccessibleForFree": True,
            "author": _publisher(newsletter),
            "publisher": _publisher(newsletter),
            "hasPart": {
                "@type": "ItemList",
                "itemListElement": [
                    {
                        "@type": "ListItem",
                        "position": place,
                        "name": story.title,
                        "url": address(story.url) or None,
                    }
                    for place, story in enumerate(stories, 1)
                ],
            },
        }
    )


def _publisher(newsletter: List) -> dict[str, str]:
    url = absolute(addresses.of_list(newsletter.slug))
    return {"@type": "Organization", "name": newsletter.name, "url": url}


def _script(said: dict[str, Any]) -> Markup:
    written = orjson.dumps(_without_nothing({"@context": "https://schema.org", **said})).decode()
    for character, safe in _SAFE.items():
        written = written.replace(character, safe)
    return Markup(f'<script type="application/ld+json">{written}</script>')  # noqa: S704 - escaped right here


def _without_nothing(said: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(said, dict):
        return {name: _without_nothing(value) for name, value in said.items() if value is not None}
    return [_without_nothing(each) for each in said] if isinstance(said, list) else said
