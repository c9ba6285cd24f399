"""Which sets of interests preflight and the matrix render: all where they are few, else the most read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

# Up to so many interests all sets are rendered (16); beyond, each alone and those that most readers have.
ALL_SETS_OF, MOST_SETS = 4, 40


@dataclass(frozen=True)
class Group:
    """Active readers who chose the same, and get it in the same manner.

    `interests` are slugs, those of retired interests among them; None is everything.
    """

    interests: frozenset[str] | None
    readers: int
    text_only: bool = False
    tracked: bool = True


def sets(order: list[str], readers: Mapping[frozenset[str], int]) -> Iterable[tuple[str, ...]]:
    """Return the sets of interests to look at, each in the list's order and once.

    `order` are the interests that the edition carries. Where any of `readers` chose none of these, the empty
    set may be among what is returned.
    """
    carried: dict[tuple[str, ...], int] = {}
    for chosen, number in readers.items():
        some = tuple(slug for slug in order if slug in chosen)
        carried[some] = carried.get(some, 0) + number
    if len(order) <= ALL_SETS_OF:
        few = [chosen for size in range(1, len(order) + 1) for chosen in combinations(order, size)]
        return [*few, ()] if () in carried else few
    common = sorted(carried, key=lambda some: (-carried[some], some))[:MOST_SETS]
    return dict.fromkeys([*((slug,) for slug in order), *common])
