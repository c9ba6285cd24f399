"""The letters of a send as they were set: the one of a choice of interests, or the one that has most."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from mailer.manuscript.faults import ManuscriptError
from mailer.models import Send, Variant, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.variants import carried_bits
from subscribers.interests import Interests


@dataclass(frozen=True)
class Shown:
    """A letter that was set; `chosen` False: nobody had made that choice, and this one has the most."""

    variant: Variant
    chosen: bool


def of(send: Send, interests: Iterable[str]) -> Shown | None:
    """Return the letter of readers with these interests, none being everything; None before any was set.

    It has HTML, since only that has links that are counted.
    """
    sets = VariantSet.objects.filter(
        revision=send.revision_id, content_hash=send.content_hash, text_only=False
    ).select_related("variant")
    bits = Interests.of(send.edition.list).bits(interests)
    wanted = _narrowed(send, bits) if bits else EVERYTHING
    # Rather one that is counted: it is the same otherwise.
    exact = None if wanted is None else sets.filter(interests=wanted).order_by("-tracked").first()
    if exact:
        return Shown(exact.variant, chosen=True)
    most = sets.filter(interests=EVERYTHING).order_by("-tracked").first() if bits else None
    most = most or sets.filter(interests=_widest(sets)).order_by("-tracked").first()
    return Shown(most.variant, chosen=not bits) if most else None


def _widest(sets: QuerySet[VariantSet]) -> int:
    """Return the set with the most interests; 0 where there is none."""
    return max(sets.values_list("interests", flat=True), key=int.bit_count, default=0)


def _narrowed(send: Send, bits: int) -> int | None:
    """Return those of the interests that the text carries; None where it cannot be read any more."""
    try:
        return bits & carried_bits(send.revision)
    except ManuscriptError:
        return None
