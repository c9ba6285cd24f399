"""Words beside the ends of lines: each as near to its own as it can be, and none on another."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], *, apart: float, top: float, bottom: float) -> list[float]:
    """Return places in the order of those wanted, at least so far apart and not outside top and bottom.

    What would touch stands together around the middle of what it wants, so that it moves least. Where all
    cannot be so far apart they share the room.
    """
    if len(wanted) > 1:
        apart = min(apart, (bottom - top) / (len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    groups: list[list[float]] = []  # of each the places wanted, less what stands between them and the first
    for number, place in enumerate(order):
        groups.append([wanted[place] - number * apart])
        while len(groups) > 1 and _middle(groups[-2]) >= _middle(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    levels = [_middle(group) for group in groups for _ in group]
    lowest = bottom - max(len(wanted) - 1, 0) * apart
    found = [0.0] * len(wanted)
    for number, (place, level) in enumerate(zip(order, levels, strict=True)):
        found[place] = min(max(level, top), lowest) + number * apart
    return found


def _middle(group: Sequence[float]) -> float:
    return sum(group) / len(group)
