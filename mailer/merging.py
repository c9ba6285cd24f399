"""Two people changed one text: put both changes together, line by line, where they do not touch.

Values in, values out. A change is what stands between two lines that base, mine and theirs have in common
(the three-way merge of diff3); changes with no common line between them overlap, and are for a person to
settle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# What stands around a conflict in a text that somebody is to settle. No text with one of these is saved.
OURS = "<<<<<<< you wrote"
THEIRS = "======= was saved meanwhile"
KEPT = "======= was kept in your other window"
END = ">>>>>>> keep what should stand, and delete the three lines with these marks"
MARKS = (OURS, THEIRS, KEPT, END)
_MARKS_OF_ONE = 3
# No edition has nearly so many lines; of more, which would take minutes, all is one conflict.
MOST_LINES = 20_000


@dataclass(frozen=True)
class Clash:
    """Lines that both changed, each in another way."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """A text in pieces: lines on which all agree, or which one changed, and clashes."""

    pieces: tuple[tuple[str, ...] | Clash, ...]
    theirs: str = THEIRS  # the mark above what the other wrote

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """Return what is for a person to settle."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Clash))

    @property
    def text(self) -> str:
        """Return the whole text; in a clash both stand between marks."""
        lines: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, Clash):
                lines += [OURS, *piece.mine, self.theirs, *piece.theirs, END]
            else:
                lines += piece
        return "\n".join(lines)

    @property
    def places(self) -> tuple[int, ...]:
        """Return the line of `text` on which each clash begins, from 1."""
        places, line = [], 1
        for piece in self.pieces:
            if isinstance(piece, Clash):
                places.append(line)
                line += len(piece.mine) + len(piece.theirs) + _MARKS_OF_ONE
            else:
                line += len(piece)
        return tuple(places)


def merge(base: str, mine: str, theirs: str, *, mark: str = THEIRS) -> Merged:
    """Return what comes of two changes of `base`; `mark` stands above theirs in a conflict."""
    old, ours, others = (text.split("\n") for text in (base, mine, theirs))
    pieces: list[tuple[str, ...] | Clash] = []
    at, a, b = 0, 0, 0
    for start, mine_start, theirs_start, size in _common(old, ours, others):
        changed = _settled(
            Clash(tuple(old[at:start]), tuple(ours[a:mine_start]), tuple(others[b:theirs_start]))
        )
        pieces += [changed] if changed else []
        pieces += [tuple(old[start : start + size])] if size else []
        at, a, b = start + size, mine_start + size, theirs_start + size
    return Merged(tuple(pieces), mark)


def unsettled(text: str) -> tuple[int, ...]:
    """Return the lines of a text, from 1, on which a mark of a conflict still stands."""
    return tuple(number for number, line in enumerate(text.split("\n"), 1) if line.rstrip() in MARKS)


def _settled(clash: Clash) -> tuple[str, ...] | Clash:
    """Return what one alone changed, or both alike."""
    if clash.mine in {clash.base, clash.theirs}:
        return clash.theirs
    return clash.mine if clash.theirs == clash.base else clash


def _common(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs of lines that all three have: where each begins, and how long; at last the ends."""
    if max(len(base), len(mine), len(theirs)) > MOST_LINES:
        yield len(base), len(mine), len(theirs), 0
        return
    ours = SequenceMatcher(None, base, mine).get_matching_blocks()
    others = SequenceMatcher(None, base, theirs).get_matching_blocks()
    i = j = 0
    while i < len(ours) and j < len(others):
        first, second = ours[i], others[j]
        start = max(first.a, second.a)
        end = min(first.a + first.size, second.a + second.size)
        if start < end:
            yield start, first.b + start - first.a, second.b + start - second.a, end - start
        if first.a + first.size < second.a + second.size:
            i += 1
        else:
            j += 1
    yield len(base), len(mine), len(theirs), 0
