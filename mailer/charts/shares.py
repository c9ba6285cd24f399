"""Parts of a whole, as people read them and as a bar shows them.

Figures stay exact; percentages add up to 100.0 by largest remainder, and only widths give way, so that what
is not nothing is seen.
"""

from collections.abc import Mapping, Sequence
from itertools import count

from mailer.charts.drawing import SPACE

_TENTHS = 1_000  # of which a whole has, as people read it


def divided(counts: Sequence[int], whole: int) -> list[int]:
    """Divide a whole by these counts: rounded down, and the largest remainders get what is left."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    shares = [count * whole // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(counts[place] * whole % total), place))
    for place in by_remainder[: whole - sum(shares)]:
        shares[place] += 1
    return shares


def widths(counts: Sequence[int], least: Sequence[int], whole: int) -> list[int]:
    """Divide a width by these counts, each that is not nothing at least so wide, taken from the widest.

    The whole has to be as wide as what is asked for at least.
    """
    wide = [
        max(width, low) if count else 0
        for width, low, count in zip(divided(counts, whole), least, counts, strict=True)
    ]
    excess = sum(wide) - whole if any(counts) else 0
    for place in sorted(range(len(wide)), key=lambda place: (-wide[place], place)):
        taken = min(excess, wide[place] - least[place]) if excess > 0 and wide[place] else 0
        wide[place] -= taken
        excess -= taken
    return wide


def percentages(counts: Mapping[str, int]) -> dict[str, str]:
    """Return per cent to one decimal, rounded by largest remainder so that they add up to 100.0."""
    shares = divided(list(counts.values()), _TENTHS)
    return {name: f"{share / 10:.1f}" for name, share in zip(counts, shares, strict=True)}


def share(part: int, whole: int) -> str:
    """Return one part by itself in per cent: “37.0 %”, “0.93 %”, “0.022 %”; “–” of nothing.

    What is not nothing never reads as nothing: below one per cent it has two figures that count.
    """
    if not whole:
        return "–"
    digits = 1
    if 0 < 100 * part < whole:
        digits = next(digits for digits in count(2) if part * 10 ** (digits + 1) >= whole)
    return f"{100 * part / whole:,.{digits}f}{SPACE}%" if part else f"0{SPACE}%"
