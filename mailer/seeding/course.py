"""One list's past: which editions it had, how far each reached, who came when and who left with which.

An edition goes to everybody on its list up to a number, its reach, who has not left; so its candidates are
counted without anybody being made, and any number of deliveries is met exactly: whole editions from the
newest backwards, then one more, the first, which reaches just as many as are still wanting.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil

from mailer.seeding import members
from mailer.seeding.members import Members

NEWEST_REACH = 0.99  # of the members; the others have come since
FIRST_REACH, GROWTH = 0.4, 16  # of those, and editions in which half of the others came
# One reader in so many leaves with each edition; a prime that members.PERIOD does not share.
LEAVING = 997
_SPREAD = 619
_GATHER = pow(_SPREAD, -1, LEAVING)
FEW = 50  # members, of whom all might leave one by one: none does

HOUR, DAY = 3_600, 86_400  # seconds
NEWEST = 3  # days ago
LONGEST_GAP, HISTORY = 28, 1_000  # days between two editions, and between the first and the last
COMING, BEFORE = 1_461, 365  # days in which people came, of which so many before the first edition


@dataclass(frozen=True)
class Course:
    """One list's editions, the first one first: how far each reached, and when it left (unix seconds).

    With each of the last `losing` of them some readers left.
    """

    place: int
    members: Members = field(repr=False)
    people: int  # on any list
    begin: int
    end: int
    reaches: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    candidates: tuple[int, ...] = ()
    losing: int = 0

    @property
    def first(self) -> int:
        """Return when its first edition left; where it has none, the end."""
        return self.times[0] if self.times else self.end

    def since(self, number: int) -> int:
        """Return when a person came: after one edition, and before the first that reached them."""
        place = bisect_left(self.reaches, number)
        low = self.reaches[place - 1] if place else 0
        high = self.reaches[place] if place < len(self.reaches) else self.people
        start = self.times[place - 1] if place else self.begin
        return start + 1 + (self.reached(number) - start - 2) * (number - low) // (high - low + 1)

    def reached(self, number: int) -> int:
        """Return when the first edition that reached a person left; where none did, the end."""
        place = bisect_left(self.reaches, number)
        return self.times[place] if place < len(self.times) else self.end

    def lost(self, number: int) -> int | None:
        """Return when the edition left with which a member left; None for one who is still there."""
        back = (number - 1 - self.place) * _GATHER % LEAVING
        if back >= self.losing or number > self.reaches[-2 - back]:
            return None
        return self.times[-1 - back] if _may_leave(self.members, number, self.place) else None

    def is_new(self, number: int) -> bool:
        """Return whether a person came after the last edition but one."""
        return number > (self.reaches[-2] if len(self.reaches) > 1 else 0)


def course(place: int, people: int, wanted: int, everybody: Members, *, end: int) -> Course:
    """Return the past of the list at `place` until `end`, with `wanted` deliveries in all."""
    size = everybody.count(place, people)
    reaches: list[int] = []  # the newest first, until the end
    left: list[int] = []
    total = 0
    while wanted and (back := len(reaches)) < LEAVING:
        reach = everybody.reach(place, _size(size, back))
        leaving = _leaving(everybody, place, reach, back - 1) if back and size >= FEW else 0
        # Who leaves with the edition that now has one before it is missing in all after it.
        grown = total + everybody.count(place, reach) - leaving * (back - 1)
        if grown > wanted:
            break
        total = grown
        reaches.append(reach)
        left += [leaving] if back else []
    missing = [0, *accumulate(reversed(left), initial=0)]
    reaches.reverse()
    candidates = [everybody.count(place, reach) - gone for reach, gone in zip(reaches, missing, strict=False)]
    if wanted > total:
        reaches.insert(0, everybody.reach(place, wanted - total))
        candidates.insert(0, wanted - total)
    times = _times(place, len(reaches), end)
    return Course(
        place=place,
        members=everybody,
        people=people,
        begin=min(end - COMING * DAY, (times or (end,))[0] - BEFORE * DAY),
        end=end,
        reaches=tuple(reaches),
        times=times,
        candidates=tuple(candidates),
        losing=len(left) if size >= FEW else 0,
    )


def _times(place: int, count: int, end: int) -> tuple[int, ...]:
    """Return when `count` editions left, the first one first: no two lists write within two hours."""
    gap = min(max(HISTORY // max(count, 1), 1), LONGEST_GAP) * DAY
    newest = end - end % DAY - (NEWEST + place % 4) * DAY + (7 + 2 * place) % 24 * HOUR
    return tuple(newest - gap * back for back in reversed(range(count)))


def _size(size: int, back: int) -> int:
    """Return how many members an edition reached, `back` before the newest."""
    return ceil(size * NEWEST_REACH * (FIRST_REACH + (1 - FIRST_REACH) * GROWTH / (GROWTH + back)))


def _leaving(everybody: Members, place: int, reach: int, back: int) -> int:
    """Return how many left with an edition, `back` before the newest; `reach` is of the one before it."""
    start = (1 + place + back * _SPREAD) % LEAVING
    return sum(_may_leave(everybody, number, place) for number in range(start or LEAVING, reach + 1, LEAVING))


def _may_leave(everybody: Members, number: int, place: int) -> bool:
    """Return whether a person gets the editions of a list, so that one can be the last."""
    holds_still = members.paused(number) or members.suppressed(number)
    return everybody.stays(number, place) and not holds_still
