"""What lists offer on their pages: lists and interests, made into objects once and remembered.

One statement reads the rows, every time; as long as they say the same, what was made of them holds. So
nothing is ever stale, and a page does not pay for building the same objects for each of its visitors.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from subscribers.interests import Interests
from subscribers.models import Interest, List

_ROWS = """
    SELECT list.*, interest.* FROM list LEFT JOIN interest ON interest.list_id = list.id
    WHERE {which} ORDER BY list.name, list.id, interest.position, interest.number
"""
_PUBLIC = _ROWS.format(which="list.public")
_NAMED = _ROWS.format(which="list.public AND list.slug = %s")
_NUMBERED = _ROWS.format(which="list.id = %s")

# Of so many different answers what was made is kept; an installation has a few lists.
_MOST = 256
_Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, eq=False)
class Offer:
    """A list and all its interests in order, the retired too. Shared by many requests: never change it."""

    list: List
    interests: tuple[Interest, ...]

    @cached_property
    def offered(self) -> tuple[Interest, ...]:
        """Return the interests that one can choose."""
        return tuple(interest for interest in self.interests if interest.retired_at is None)

    @cached_property
    def known(self) -> Interests:
        """Return the interests by slug and bit."""
        return Interests.of(self.list)


_made: dict[_Rows, tuple[Offer, ...]] = {}


def public() -> tuple[Offer, ...]:
    """Return what is open to the public, by name."""
    return _offers(_PUBLIC)


def named(slug: str) -> Offer | None:
    """Return what a list that is open to the public offers; None where there is none of that slug."""
    return next(iter(_offers(_NAMED, slug)), None)


def of(list_id: int) -> Offer | None:
    """Return what the list with this number offers, open to the public or not."""
    return next(iter(_offers(_NUMBERED, list_id)), None)


def _offers(sql: str, *asked: str | int) -> tuple[Offer, ...]:
    rows = _read(sql, asked)
    if (known := _made.get(rows)) is not None:
        return known
    numbers = dict.fromkeys(row[0] for row in rows)  # a list's own number is its first column
    lists = List.objects.prefetch_related("interests").in_bulk(numbers)
    made = tuple(
        Offer(found, tuple(found.interests.all())) for number in numbers if (found := lists.get(number))
    )
    # Changed between the two looks, it would be remembered under what it was.
    if _read(sql, asked) == rows:
        if len(_made) >= _MOST:
            _made.clear()
        _made[rows] = made
    return made


def _read(sql: str, asked: tuple[str | int, ...]) -> _Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return tuple(cursor.fetchall())
