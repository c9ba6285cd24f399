"""The archive's addresses, as paths: they last, and name a list, an edition and interests, never a reader.

An edition is named by its number, which no other ever gets; a list by its slug, which cannot be changed.
"""

from collections.abc import Collection, Sequence
from typing import Literal
from urllib.parse import urlencode

INTEREST = "interest"
Feed = Literal["rss", "atom"]


def of_list(slug: str, *, interest: str = "", query: str = "", before: int | None = None) -> str:
    """Return the page of a list's editions: all, those of an interest or older than one, or what is found."""
    asked = {INTEREST: interest, "q": query, "before": before}
    return f"/archive/{slug}/{_query([(name, value) for name, value in asked.items() if value])}"


def online(list_slug: str, edition_id: int, interests: Collection[str] | None = None) -> str:
    """Return the page of an edition as readers of these interests get it; None for those who get everything.

    It is one address for all readers of a variant: it tells which interests these are, and nobody's name.
    """
    chosen = [(INTEREST, slug) for slug in sorted(set(interests))] if interests is not None else []
    if interests is not None and not chosen:
        chosen = [(INTEREST, "")]
    return f"/archive/{list_slug}/{edition_id}/{_query(chosen)}"


def story(list_slug: str, edition_id: int, position: int) -> str:
    """Return where on the page of an edition a story stands; `position` counts from 0."""
    return f"{online(list_slug, edition_id)}#{anchor(position)}"


def anchor(position: int) -> str:
    """Return the id of a story on its edition's page."""
    return f"s{position + 1}"


def card(list_slug: str, edition_id: int) -> str:
    """Return the picture that stands for an edition where its address is shared."""
    return f"{online(list_slug, edition_id)}card.png"


def feed(list_slug: str, kind: Feed, interest: str = "") -> str:
    """Return a list's feed, of everything or of one interest."""
    return f"/archive/{list_slug}/{kind}.xml{_query([(INTEREST, interest)] if interest else [])}"


def _query(pairs: Sequence[tuple[str, object]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""
