"""Many sets of interests, few letters: each set is assembled, equal assemblies are set in type once."""

from collections.abc import Iterable
from dataclasses import replace

from mailer.manuscript.document import Document
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.letter import set_in_type
from mailer.rendering.values import Look, Reading, Rendered


def render_sets(document: Document, look: Look, readings: Iterable[Reading]) -> dict[Reading, Rendered]:
    """Return the letter of each reading; with four interests 16 sets make at most 15 letters."""
    made: dict[Assembly, Rendered] = {}
    letters: dict[Reading, Rendered] = {}
    for reading in readings:
        assembly = assemble(document, look, reading)
        letter = made.get(assembly)
        if letter is None:
            letter = made[assembly] = set_in_type(assembly, look)
        letters[reading] = replace(letter, html="") if reading.text_only else letter
    return letters
