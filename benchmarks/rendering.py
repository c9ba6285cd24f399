"""The 15 letters of a 25-story edition, against as many compiles of its whole letter's MJML.

Twice: of an edition that was never rendered before, as after each change of its text; and again.
"""

import itertools
import statistics
from collections.abc import Iterator
from functools import partial

from mjml import mjml2html

from benchmarks.measuring import Figure, figure, once
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


RUNS = 21


def edition(number: int) -> Document:
    """Return one of many editions that have no word of a story in common."""
    stories = tuple(
        Story(
            f"Story number {n} of {number}",
            f"https://source.example/{number}/{n}",
            (INTERESTS[n % 4],),
            f"{SUMMARY}{number} {n}",
        )
        for n in range(STORIES)
    )
    return Document("space-digest", f"Twenty-five stories, {number}", (Section("News", stories=stories),))


def measure(_size: int) -> Iterator[Figure]:
    """Yield the figures; the number of readers does not matter here."""
    readings = [
        Reading(frozenset(chosen))
        for size in range(1, 5)
        for chosen in itertools.combinations(INTERESTS, size)
    ]
    render_sets(edition(0), LOOK, readings)  # the templates are read once in a process's life
    letter = mjml_of(assemble(edition(0), LOOK, Reading()), LOOK)
    anew, again, limit = [], [], []
    for number in range(1, RUNS + 1):
        document = edition(number)
        rendered = partial(render_sets, document, LOOK, readings)
        anew.append(once(rendered))
        again.append(once(rendered))
        limit.append(once(lambda: [mjml2html(letter, fonts={}) for _ in readings]))
    alone = statistics.median(limit) * 1000
    yield figure("render 15 variants of 25 stories anew", "ms", statistics.median(anew) * 1000, alone)
    yield figure("render 15 variants of 25 stories again", "ms", statistics.median(again) * 1000, alone)
