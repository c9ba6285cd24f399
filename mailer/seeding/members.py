"""Who is on which list: a pattern that repeats, so that members are counted without being made."""

from bisect import bisect_left
from itertools import accumulate

from mailer.seeding import chance

# The pattern's length; a multiple of all numbers from 1 to 10, and so of the parts below.
PERIOD = 2_520
_SHUFFLE = 1_181  # shares no factor with it
_ON_TWO_LISTS = PERIOD // 4  # people of each period
# One person in so many, counted from the number beside it, so that even few people have one of each.
_PAUSED, _LEFT_BEFORE = (45, 3), (36, 4)
_BOUNCED_BEFORE, _COMPLAINED_BEFORE, _BARRED_BEFORE = (180, 5), (840, 6), (504, 7)


class Members:
    """People, numbered from 1 in the order they come, on `lists` lists, each smaller than the one before."""

    def __init__(self, word: str, lists: int) -> None:
        """Draw the pattern by the seed's word."""
        weights = [1 / place for place in range(1, lists + 1)]
        bounds = [PERIOD * part / sum(weights) for part in accumulate(weights)]
        first, second = chance.salt(word, "lists"), chance.salt(word, "second lists")
        self._of: list[tuple[int, ...]] = []
        for number in range(PERIOD):
            place = min(bisect_left(bounds, (number * _SHUFFLE + first) % PERIOD + 1), lists - 1)
            two = lists > 1 and (number * _SHUFFLE + second) % PERIOD < _ON_TWO_LISTS
            self._of.append((place, (place + 1) % lists) if two else (place,))
        self._sums = [
            list(accumulate((self.stays(number, place) for number in range(1, PERIOD + 1)), initial=0))
            for place in range(lists)
        ]

    def lists_of(self, number: int) -> tuple[int, ...]:
        """Return the places of a person's lists, one or two."""
        return self._of[number % PERIOD]

    def stays(self, number: int, place: int) -> bool:
        """Return whether a person is on a list, and had not left it before its first edition."""
        return place in self.lists_of(number) and not self.left_before(number, place)

    def left_before(self, number: int, place: int) -> bool:
        """Return whether a person had left this list, one of theirs, before its first edition."""
        return _is(number, _LEFT_BEFORE) and self.lists_of(number)[0] == place

    def count(self, place: int, upto: int) -> int:
        """Return how many of the people 1 to `upto` stay on a list."""
        sums = self._sums[place]
        return upto // PERIOD * sums[-1] + sums[upto % PERIOD]

    def reach(self, place: int, wanted: int) -> int:
        """Return the first number up to which `wanted` people, one at least, stay on a list."""
        sums = self._sums[place]
        periods = (wanted - 1) // sums[-1]
        return periods * PERIOD + bisect_left(sums, wanted - periods * sums[-1])


def paused(number: int) -> bool:
    """Return whether a person wants no letters at present."""
    return _is(number, _PAUSED)


def bounced(number: int) -> bool:
    """Return whether a letter to a person bounced before any edition."""
    return _is(number, _BOUNCED_BEFORE)


def complained(number: int) -> bool:
    """Return whether a person complained of a letter before any edition."""
    return _is(number, _COMPLAINED_BEFORE)


def barred(number: int) -> bool:
    """Return whether somebody suppressed a person's address by hand before any edition."""
    return _is(number, _BARRED_BEFORE)


def suppressed(number: int) -> bool:
    """Return whether a person was suppressed before any edition."""
    return bounced(number) or complained(number) or barred(number)


def _is(number: int, part: tuple[int, int]) -> bool:
    every, beginning = part
    return number % every == beginning
