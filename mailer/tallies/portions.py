"""Many rows, so many at once: a statement takes no more, and memory neither."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

_MANY = 10_000


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items in lists of so many."""
    rest = iter(items)
    while some := list(islice(rest, _MANY)):
        yield some
