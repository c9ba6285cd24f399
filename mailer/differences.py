"""How two texts differ, line by line, and within a line word by word: values in, values out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

AROUND = 3  # lines that stay the same, shown before and after a change
# Of more, which no edition has, only that they differ is told.
MOST_LINES = 20_000
# Lines less alike than this are two lines, not one that was changed.
_ALIKE = 0.4
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words of a line, and whether they are in this text alone."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """A line as it was and as it is, with its numbers from 1; None where it is in one text alone."""

    old: int | None
    new: int | None
    was: tuple[Piece, ...] = ()
    now: tuple[Piece, ...] = ()

    @property
    def same(self) -> bool:
        """Return whether both texts have it."""
        return self.old is not None and self.new is not None and self.was == self.now


@dataclass(frozen=True)
class Gap:
    """Lines that are the same in both, and not shown."""

    lines: int


@lru_cache(maxsize=512)
def counted(old: str, new: str) -> tuple[int, int]:
    """Return how many lines the new text has that the old had not, and the other way round."""
    was, now = old.split("\n"), new.split("\n")
    added = removed = 0
    for kind, a, b, c, d in _steps(was, now):
        if kind != "equal":
            removed += b - a
            added += d - c
    return added, removed


def rows(old: str, new: str, *, around: int = AROUND) -> Iterator[Row | Gap]:
    """Yield the lines that differ, each beside what it was, with some lines around them."""
    was, now = old.split("\n"), new.split("\n")
    steps = _steps(was, now)
    for place, (kind, a, b, c, d) in enumerate(steps):
        if kind != "equal":
            yield from _changed(was, now, a, b, c, d)
            continue
        head = around if place else 0
        tail = around if place + 1 < len(steps) else 0
        if b - a <= head + tail + 1:
            yield from _kept(was, a, b, c)
            continue
        yield from _kept(was, a, a + head, c)
        yield Gap(b - a - head - tail)
        yield from _kept(was, b - tail, b, d - tail)


def _steps(was: Sequence[str], now: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if was == now:
        return [("equal", 0, len(was), 0, len(now))]
    if max(len(was), len(now)) > MOST_LINES:
        return [("replace", 0, len(was), 0, len(now))]
    return list(SequenceMatcher(None, was, now).get_opcodes())


def _kept(was: Sequence[str], start: int, end: int, new: int) -> Iterator[Row]:
    for place in range(start, end):
        line = (Piece(was[place]),)
        yield Row(place + 1, new + place - start + 1, line, line)


def _changed(was: Sequence[str], now: Sequence[str], a: int, b: int, c: int, d: int) -> Iterator[Row]:
    """Yield changed lines; those that are alike, taken in order, stand beside one another."""
    both = min(b - a, d - c)
    for place in range(both):
        before, after = _words(was[a + place], now[c + place])
        if before is None or after is None:
            yield Row(a + place + 1, None, was=(Piece(was[a + place], changed=True),))
            yield Row(None, c + place + 1, now=(Piece(now[c + place], changed=True),))
        else:
            yield Row(a + place + 1, c + place + 1, before, after)
    for place in range(a + both, b):
        yield Row(place + 1, None, was=(Piece(was[place], changed=True),))
    for place in range(c + both, d):
        yield Row(None, place + 1, now=(Piece(now[place], changed=True),))


def _words(was: str, now: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | tuple[None, None]:
    """Return two lines in pieces of words, those marked that differ; None where they are hardly alike."""
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    matcher = SequenceMatcher(None, old, new)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        return None, None
    before, after = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        if a < b:
            before.append(Piece("".join(old[a:b]), kind != "equal"))
        if c < d:
            after.append(Piece("".join(new[c:d]), kind != "equal"))
    return tuple(before), tuple(after)
