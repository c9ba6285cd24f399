"""One edition, one list, and the readers of its letters."""

from itertools import combinations
from pathlib import Path

import pytest

from mailer.manuscript.document import Document
from mailer.manuscript.reading import read
from mailer.rendering.values import InterestLook, Look, Reading

NAMES = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}


def the_edition() -> Document:
    text = (Path(__file__).parent / "edition.md").read_text(encoding="utf-8")
    return read(text, tuple(NAMES))


def the_look() -> Look:
    return Look(
        list_slug="orbit-weekly",
        list_name="Orbit Weekly",
        postal_address="Orbit Weekly\n14 Observatory Road\nCape Town 7925, South Africa",
        interests=tuple(
            InterestLook(slug, name, colour) for colour, (slug, name) in enumerate(NAMES.items())
        ),
    )


@pytest.fixture(scope="session")
def edition() -> Document:
    return the_edition()


@pytest.fixture(scope="session")
def look() -> Look:
    return the_look()


@pytest.fixture(scope="session")
def all_sets() -> list[Reading]:
    """The 16 sets a subscriber may choose of four; nothing chosen yet is everything."""
    chosen = [frozenset(few) for size in range(1, 5) for few in combinations(NAMES, size)]
    return [Reading(None), *map(Reading, chosen)]
