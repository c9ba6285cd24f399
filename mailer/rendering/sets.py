"""Many sets of interests, few letters: each set is assembled, equal assemblies are set in type once."""

from collections.abc import Iterable
from dataclasses import replace

from mailer.manuscript.document import Document
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.letter import set_in_type
from mailer.rendering.values import Look, Reading, Rendered


class Letters:
    """The letters of one document in one look: whoever asks again, as for other readers, has them at once."""

    def __init__(self, document: Document, look: Look) -> None:
        """Begin with none."""
        self._document, self._look = document, look
        self._places: dict[Assembly, int] = {}
        self._found: dict[Reading, int] = {}
        self._made: dict[int, Rendered] = {}

    def of(self, readings: Iterable[Reading]) -> dict[Reading, Rendered]:
        """Return the letter of each reading; with four interests 16 sets make at most 15 letters."""
        places = {reading: self._place(reading) for reading in readings}
        wanted = {place: None for place in places.values() if place not in self._made}
        assemblies = list(self._places)
        made = set_in_type([assemblies[place] for place in wanted], self._look)
        self._made |= zip(wanted, made, strict=True)
        return {
            reading: replace(self._made[place], html="") if reading.text_only else self._made[place]
            for reading, place in places.items()
        }

    def _place(self, reading: Reading) -> int:
        """Return the number of the letter that a reading gets: an assembly is much to compare by."""
        if reading not in self._found:
            assembly = assemble(self._document, self._look, reading)
            self._found[reading] = self._places.setdefault(assembly, len(self._places))
        return self._found[reading]


def render_sets(document: Document, look: Look, readings: Iterable[Reading]) -> dict[Reading, Rendered]:
    """Return the letter of each reading."""
    return Letters(document, look).of(readings)
