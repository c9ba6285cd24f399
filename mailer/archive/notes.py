"""Corrections as the page of an edition tells them: dated notes on the text that it shows."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise

from mailer.archive import publishing
from mailer.archive.corrections import Change, changes, followed
from mailer.archive.documents import document_of
from mailer.archive.publishing import Published
from subscribers.offers import Offer


@dataclass(frozen=True)
class Note:
    """A correction: when, and what changed since the text that letters had left with before.

    The `story` of a change is where it stands in the text that is shown, None where it does not. There may be
    no change to name: the letters' subject is no part of a page.
    """

    at: dt.datetime
    changes: tuple[Change, ...]


def notes(shown: Published, offer: Offer) -> list[Note]:
    """Return the corrections of which a reader may have the text before, the last first."""
    if not shown.corrected:
        return []
    texts = publishing.texts(shown.edition)
    last = max(place for place, text in enumerate(texts) if text.revision == shown.revision)
    known = [text for text in texts[:last] if text.left] + [texts[last]]
    documents = [document_of(text, offer) for text in known]
    language = offer.list.language
    found = [
        Note(
            now.at,
            tuple(
                replace(change, story=followed(change.story, documents[place:]))
                for change in changes(documents[place - 1], documents[place], language)
            ),
        )
        for place, (before, now) in enumerate(pairwise(known), 1)
        if before.text_hash != now.text_hash
    ]
    return found[::-1]


def corrected(told: list[Note]) -> dict[int, dt.datetime]:
    """Return when each story that is shown was corrected last; one that is new was not."""
    return {
        change.story: note.at
        for note in reversed(told)
        for change in note.changes
        if change.story is not None and not change.added
    }
