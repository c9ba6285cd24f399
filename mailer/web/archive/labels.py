"""Interests as pages show them beside a story, each in a colour of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from mailer.rendering.palette import INTERESTS
from subscribers.offers import Offer


@dataclass(frozen=True)
class Label:
    """An interest beside a story; `colour` counts from 1, as the stylesheet does."""

    slug: str
    name: str
    colour: int


def labels_of(offer: Offer, *, slugs: Collection[str] = (), keys: Collection[int] = ()) -> tuple[Label, ...]:
    """Return those of these interests that one can choose, in the list's order."""
    return tuple(
        Label(each.slug, each.name, place % len(INTERESTS) + 1)
        for place, each in enumerate(offer.interests)
        if each.retired_at is None and (each.slug in slugs or each.pk in keys)
    )
