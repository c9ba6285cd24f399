"""The current edition for one who has just come: what the others were sent last, as this reader gets it."""

from dataclasses import replace
from itertools import count
from typing import Any

from mailer import variants
from mailer.database import fetch
from mailer.look import content_hash, look_of
from mailer.models import Send, Variant, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.rendering.values import Look
from subscribers.models import Letter, List, Subscription
from subscribers.vocabulary import NoStory, OutboxKind, OutboxState

# Copies of an edition that left or may leave, by the address and by the person, who may have moved since. Two
# questions in the very words of two partial indexes: one with OR, or other words, reads ten million rows.
HELD = """
SELECT 1 FROM delivery
WHERE edition_id = %(edition)s AND address_key = %(address_key)s
  AND NOT (state IN ('excluded', 'cancelled') AND state IS NOT NULL) AND coalesce(state, '') <> 'rejected'
UNION ALL
SELECT 1 FROM delivery
WHERE edition_id = %(edition)s AND subscriber_id = %(subscriber)s
  AND NOT (state IN ('excluded', 'cancelled') AND state IS NOT NULL) AND coalesce(state, '') <> 'rejected'
LIMIT 1
"""

# A list's sends to everybody that are over, the last first.
_OVER = """
SELECT send.id, send.corrects_id, send.revision_id, revision.text_hash, edition.title, edition.date
FROM send JOIN edition ON edition.id = send.edition_id JOIN revision ON revision.id = send.revision_id
WHERE edition.list_id = %s AND send.kind IN ('send', 'correction')
  AND send.status IN ('done', 'done_with_gaps') AND send.segment IS NULL
ORDER BY send.scheduled_at DESC, send.id DESC LIMIT 1 OFFSET %s
"""
Mark = tuple[Any, ...]

# Letters that left, or may have.
_MAY_HAVE_LEFT = (OutboxState.SUBMITTING, OutboxState.UNKNOWN, OutboxState.ACCEPTED)


def last_sent(newsletter: List) -> Send | None:
    """Return the last send to everybody on the list that is over; None before there was one.

    The last is the one that was meant for the latest moment: one that was long in doubt ends after the next.
    """
    mark = mark_of_last(newsletter.pk)
    return send_of(mark) if mark else None


def send_of(mark: Mark) -> Send:
    """Return the send with this mark."""
    sends = Send.objects.select_related("revision__edition__list")
    return sends.defer("revision__text", "revision__source").get(pk=mark[0])


def mark_of_last(list_id: int) -> Mark | None:
    """Return what tells that send from any other: its number, and what may change of its edition."""
    for before in count():
        rows = fetch(_OVER, [list_id, before])
        if not rows or not _for_some_only(rows[0][1]):
            return (rows[0][0], *rows[0][2:]) if rows else None
    raise AssertionError  # the loop has no end of its own


def has_it(reader: Subscription, send: Send) -> bool:
    """Return whether the reader was sent this edition, or may have been: with the others, or alone."""
    person = reader.subscriber
    whose = {"edition": send.edition_id, "address_key": person.address_key, "subscriber": person.pk}
    if fetch(HELD, whose):
        return True
    letters = Letter.objects.filter(subscriber=person, kind=OutboxKind.CURRENT, state__in=_MAY_HAVE_LEFT)
    brought = [values["send"] for values in letters.values_list("values", flat=True) if "send" in values]
    return Send.objects.filter(pk__in=brought, edition=send.edition_id).exists()


def variant_for(reader: Subscription, send: Send) -> Variant:
    """Return the reader's letter of what was sent, made now if nobody has needed it.

    Untracked: what comes back of a letter to one person belongs to no copy that it could be counted for.
    Whose interests the edition has nothing of gets the top stories, whatever the list's rule: they asked.
    """
    look = look_of(reader.list)
    found = _found(reader, send, look)
    return found if found.has_story else _found(reader, send, replace(look, no_story=NoStory.TOP_STORIES))


def _for_some_only(corrects: int | None) -> bool:
    """Return whether the send that another corrects went to a segment; a correction has none of its own."""
    while corrects is not None:
        [(corrects, segment)] = fetch(
            "SELECT corrects_id, segment IS NOT NULL FROM send WHERE id = %s", [corrects]
        )
        if segment:
            return True
    return False


def _found(reader: Subscription, send: Send, look: Look) -> Variant:
    carried = variants.carried_bits(send.revision)
    bits = EVERYTHING if reader.everything else reader.interests & carried
    # The list may be set otherwise than it was then; the letter is set as the list is now.
    content = content_hash(send.revision, look)
    text_only = reader.subscriber.text_only
    variants.make(send.revision, look, content, {(bits, text_only, False)}, now=send.created_at)
    return (
        VariantSet.objects.select_related("variant")
        .get(
            revision=send.revision,
            content_hash=content,
            interests=bits,
            text_only=text_only,
            tracked=False,
            language=reader.list.language,
        )
        .variant
    )
