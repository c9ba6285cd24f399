"""A ledger as one bar: where each part begins, how wide it is, and percentages that add up to 100.0.

Values in, values out. Numbers beside the bar stay exact; only widths give way, so that what is not nothing
is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# From what is certain to what is not there; the unknown stands where the eye ends.
ORDER = (
    "accepted",
    "in_flight",
    "pending",
    "unknown",
    "excluded",
    "rejected",
    "cancelled",
    "not_confirmed",
)
LEAST, LEAST_UNKNOWN, LEAST_UNKNOWN_IN_A_ROW = 0.5, 1.2, 1.4  # per cent of the bar
_HUNDREDTHS = 10_000  # of which a bar has
_TENTHS = 1_000  # of which a whole has, as people read it


@dataclass(frozen=True)
class Part:
    """One outcome: `x` and `width` are per cent of the bar, as SVG takes them."""

    name: str
    readers: int
    x: str
    width: str

    @property
    def words(self) -> str:
        """Return it for whoever hears the bar: “23,418 accepted”."""
        return f"{self.readers:,} {self.name.replace('_', ' ')}"


def bar(outcomes: Mapping[str, int], *, in_a_row: bool = False) -> tuple[Part, ...]:
    """Return the parts that are not nothing, side by side over the whole bar; none where nobody is.

    Each is at least half a per cent wide, the unknown 1.2 (in the row of a table 1.4), taken from the widest.
    """
    readers = {name: outcomes[name] for name in ORDER if outcomes.get(name)}
    unknown = LEAST_UNKNOWN_IN_A_ROW if in_a_row else LEAST_UNKNOWN
    least = {name: round((unknown if name == "unknown" else LEAST) * 100) for name in readers}
    exact = dict(zip(readers, _shares(list(readers.values()), _HUNDREDTHS), strict=True))
    widths = {name: max(width, least[name]) for name, width in exact.items()}
    if widths:
        widest = max(widths, key=lambda name: widths[name])
        widths[widest] -= sum(widths.values()) - _HUNDREDTHS
    parts, x = [], 0
    for name, width in widths.items():
        parts.append(Part(name, readers[name], f"{x / 100:.2f}", f"{width / 100:.2f}"))
        x += width
    return tuple(parts)


def percentages(readers: Mapping[str, int]) -> dict[str, str]:
    """Return per cent to one decimal, rounded by largest remainder so that they add up to 100.0."""
    shares = _shares(list(readers.values()), _TENTHS)
    return {name: f"{share / 10:.1f}" for name, share in zip(readers, shares, strict=True)}


def _shares(counts: list[int], whole: int) -> list[int]:
    """Divide a whole by these counts: rounded down, and the largest remainders get what is left."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    shares = [count * whole // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(counts[place] * whole % total), place))
    for place in by_remainder[: whole - sum(shares)]:
        shares[place] += 1
    return shares
