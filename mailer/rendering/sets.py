"""Many sets of interests, few letters: each set is assembled, equal assemblies are set in type once."""

from collections.abc import Iterable
from dataclasses import replace

from mailer.manuscript.document import Document
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.letter import set_in_type
from mailer.rendering.values import Look, Reading, Rendered


def render_sets(document: Document, look: Look, readings: Iterable[Reading]) -> dict[Reading, Rendered]:
    """Return the letter of each reading; with four interests 16 sets make at most 15 letters."""
    places: dict[Assembly, int] = {}
    # Asked once for each: an assembly is much to compare by.
    found = {
        reading: places.setdefault(assemble(document, look, reading), len(places)) for reading in readings
    }
    made = set_in_type(list(places), look)
    return {
        reading: replace(made[place], html="") if reading.text_only else made[place]
        for reading, place in found.items()
    }
