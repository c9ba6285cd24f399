"""The text of a public edition as values, read once: a revision never changes."""

from dataclasses import replace
from functools import lru_cache

from mailer.archive.publishing import Head, Published, Text
from mailer.manuscript.document import Document
from mailer.manuscript.reading import read
from mailer.models import Revision
from subscribers.interests import former_slugs
from subscribers.offers import Offer


def document_of(text: Published | Text, offer: Offer) -> Document:
    """Return what an edition of the list says; interests that were retired or renamed are read as ever."""
    known = tuple(interest.slug for interest in offer.interests)
    return _read(text.revision, text.text_hash, known, tuple(former_slugs(offer.list).items()))


def in_full(shown: Published, document: Document) -> Published:
    """Return an edition with what its whole text says of its head, of which lists read the beginning."""
    return replace(shown, head=Head(document.title, document.subtitle, document.date))


@lru_cache(maxsize=128)
def _read(
    revision: int,
    text_hash: str,  # noqa: ARG001 - part of the key: tests write revisions anew
    known: tuple[str, ...],
    former: tuple[tuple[str, str], ...],
) -> Document:
    text = Revision.objects.values_list("text", flat=True).get(pk=revision)
    return read(text, known, former=dict(former))
