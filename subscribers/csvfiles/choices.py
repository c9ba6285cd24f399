"""What a row says of interests: in one column, in several, as one flag each, or among other tags."""

from subscribers.csvfiles import cells
from subscribers.csvfiles.columns import INTEREST
from subscribers.csvfiles.errors import CellError
from subscribers.csvfiles.looking import Layout
from subscribers.csvfiles.topics import Topics
from subscribers.interests import EVERYTHING

# Many rows hold few combinations; a file in which they are all different must not fill the memory.
_MOST_KNOWN = 10_000
_MOST_UNKNOWN = 100  # words that are no interest, remembered to be named once

Chosen = tuple[bool | None, int | None]  # everything, bits; None: not stated
_NOT_STATED: Chosen = (None, None)


class Choices:
    """Reads the interests of rows of one layout; `unknown_tags` are words that were passed over."""

    def __init__(self, layout: Layout, topics: Topics) -> None:
        """Note where the columns stand."""
        self.unknown_tags: dict[str, None] = {}
        self._topics = topics
        self._gone = topics.retired if layout.own else {}
        self._explicit = layout.places("interests")
        self._tags = layout.places("tags")
        self._flags = [
            (column.place, column.target, topics.bit(column.target.removeprefix(INTEREST)) or 0)
            for column in layout.columns
            if column.target.startswith(INTEREST)
        ]
        self._all = [*self._explicit, *self._tags, *(place for place, _, _ in self._flags)]
        self._known: dict[tuple[str, ...], Chosen] = {}

    def of(self, row: list[str]) -> Chosen:
        """Return what the row states. Raises CellError for an unknown interest."""
        if not self._all:
            return _NOT_STATED
        words = tuple([row[place] for place in self._all])
        if (known := self._known.get(words)) is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[words] = self._read(row)
        return known

    def _read(self, row: list[str]) -> Chosen:
        bits, whole = self._stated(row)
        for place, target, bit in self._flags:
            # Some write the interest itself where others write yes.
            if self._topics.bit(row[place]) == bit or cells.flag(row[place], target):
                bits |= bit
        bits |= self._tagged(row)
        if whole:
            return True, 0
        # Tags that are no interests say nothing about interests.
        return (not bits, bits) if bits or self._explicit or self._flags else _NOT_STATED

    def _stated(self, row: list[str]) -> tuple[int, bool]:
        bits, whole = 0, False
        for place in self._explicit:
            for word, bit in self._topics.split(row[place]):
                if bit is not None:
                    bits |= bit
                elif word in self._gone:
                    bits |= self._gone[word]
                elif word.casefold() == EVERYTHING:
                    whole = True
                else:
                    raise CellError("interests", self._topics.unknown(word))
        return bits, whole

    def _tagged(self, row: list[str]) -> int:
        bits = 0
        for place in self._tags:
            for word, bit in self._topics.split(row[place]):
                if bit is not None:
                    bits |= bit
                elif len(self.unknown_tags) < _MOST_UNKNOWN:
                    self.unknown_tags[cells.shortened(word)] = None
        return bits
