"""An edition becomes its variants: each set of interests assembled once, equal letters stored once."""

import datetime as dt
import hashlib

from django.db import transaction

from mailer.editions import document_of
from mailer.models import Revision, Variant, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.rendering.assemble import carried
from mailer.rendering.sets import render_sets
from mailer.rendering.values import Look, Reading, Rendered
from subscribers.interests import Interests

# Interests (bits, or EVERYTHING), text only, tracked: what decides a reader's letter.
Key = tuple[int, bool, bool]


def carried_bits(revision: Revision) -> int:
    """Return the interests this revision carries, as bits of its list."""
    numbers = Interests.of(revision.edition.list).numbers
    return sum(1 << numbers[slug] for slug in carried(document_of(revision)))


def make(revision: Revision, look: Look, content: str, keys: set[Key], *, now: dt.datetime) -> None:
    """Render and store what `keys` need and is not there yet; a second call changes nothing."""
    owner = revision.edition.list
    known = {
        tuple(row)
        for row in VariantSet.objects.filter(
            revision=revision, content_hash=content, language=owner.language
        ).values_list("interests", "text_only", "tracked")
    }
    interests = Interests.of(owner)
    readings = {key: _reading(interests, key) for key in sorted(keys - known)}
    letters = render_sets(document_of(revision), look, readings.values())
    with transaction.atomic():
        for key, reading in readings.items():
            variant = _stored(revision, content, reading, letters[reading], now)
            VariantSet.objects.get_or_create(
                revision=revision,
                content_hash=content,
                interests=key[0],
                text_only=reading.text_only,
                tracked=reading.tracked,
                language=owner.language,
                defaults={"variant": variant},
            )


def uncounted(variant: Variant, *, now: dt.datetime) -> Variant:
    """Return the same letter for those who are not counted; it is stored if it is not there yet."""
    kept = ("revision_id", "content_hash", "hash", "text_only", "language")
    told = ("subject", "html", "text", "has_story")
    twin, made = Variant.objects.get_or_create(
        **{name: getattr(variant, name) for name in kept},
        tracked=False,
        defaults={name: getattr(variant, name) for name in told} | {"created_at": now},
    )
    if made:
        sets = list(variant.sets.all())
        for each in sets:
            each.pk, each.variant, each.tracked = None, twin, False
        VariantSet.objects.bulk_create(sets, ignore_conflicts=True)
    return twin


def _reading(interests: Interests, key: Key) -> Reading:
    bits, text_only, tracked = key
    chosen = None if bits == EVERYTHING else frozenset(interests.slugs(bits))
    return Reading(chosen, text_only=text_only, tracked=tracked)


def _stored(
    revision: Revision, content: str, reading: Reading, letter: Rendered, now: dt.datetime
) -> Variant:
    whole = f"{letter.subject}\0{letter.html}\0{letter.text}"
    variant, _ = Variant.objects.get_or_create(
        revision=revision,
        content_hash=content,
        hash=hashlib.sha256(whole.encode()).hexdigest(),
        text_only=reading.text_only,
        tracked=reading.tracked,
        language=revision.edition.list.language,
        defaults={
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
            "has_story": letter.has_story,
            "created_at": now,
        },
    )
    return variant
