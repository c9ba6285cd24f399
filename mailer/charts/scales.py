"""A scale that people can read: round steps, far enough apart that their figures do not touch."""

from collections.abc import Iterator
from itertools import count


def steps() -> Iterator[int]:
    """Return what a scale may count by: 1, 2, 5, 10, 20, 50 and so on."""
    return (digit * 10**zeros for zeros in count() for digit in (1, 2, 5))


def step(most: int, *, room: int, apart: int) -> int:
    """Return the least step whose lines stand `apart` pixels from each other; `most` takes `room` of them."""
    return next(each for each in steps() if each * room >= apart * max(most, 1))


def floor(least: int, most: int) -> int:
    """Return where a scale of lines begins: at nothing, or near the least where all are far from it.

    It begins at a round number, and spans a twentieth of the most at least, so that a few readers do not look
    like a flood. Whoever draws it says so, since heights then compare nothing any more.
    """
    span = max(most - least, most // 20)
    if span >= least:
        return 0
    by = next(each for each in steps() if each * 8 >= span)
    return max((most - span - span // 4) // by * by, 0)
