"""The 15 letters of a 25-story edition, against as many compiles of its whole letter's MJML."""

import itertools
from collections.abc import Iterator

from mjml import mjml2html

from benchmarks.measuring import Figure, figure, seconds
from mailer.manuscript.document import Document, Section, Story
from mailer.rendering.assemble import assemble
from mailer.rendering.letter import mjml_of
from mailer.rendering.sets import render_sets
from mailer.rendering.values import InterestLook, Look, Reading

INTERESTS = ("china", "russia", "africa", "south-asia")
LOOK = Look(
    list_slug="space-digest",
    list_name="Space Digest",
    postal_address="14 Observatory Road, Cape Town",
    interests=tuple(InterestLook(slug, slug.title(), place) for place, slug in enumerate(INTERESTS)),
)
SUMMARY = "The agency said that the satellite reached its orbit and answered from there. " * 6
STORIES = 25


def measure(_size: int) -> Iterator[Figure]:
    """Yield the figure; the number of readers does not matter here."""
    stories = tuple(
        Story(f"Story number {n}", f"https://source.example/{n}", (INTERESTS[n % 4],), SUMMARY)
        for n in range(STORIES)
    )
    document = Document("space-digest", "Twenty-five stories", (Section("News", stories=stories),))
    readings = [
        Reading(frozenset(chosen))
        for size in range(1, 5)
        for chosen in itertools.combinations(INTERESTS, size)
    ]
    letter = mjml_of(assemble(document, LOOK, Reading()), LOOK)
    ours = seconds(lambda: render_sets(document, LOOK, readings))
    limit = seconds(lambda: [mjml2html(letter, fonts={}) for _ in readings])
    yield figure("render 15 variants of 25 stories", "ms", ours * 1000, limit * 1000)
