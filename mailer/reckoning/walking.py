"""What somebody's story tells of each day: walked back from how they stand now. Values in, values out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailer.models.editions import EVERYTHING
from subscribers.vocabulary import Status

LIST = 1 << 63  # beside the bits of interests, which end at 62
_ON_THE_LIST = frozenset({Status.ACTIVE, Status.PAUSED})


@dataclass(frozen=True)
class Standing:
    """How somebody stands on a list at some moment.

    `chosen` is EVERYTHING or bits, `bars` how many suppressions keep letters from them.
    """

    status: str
    chosen: int
    bars: int = 0

    def reads(self, interests: int) -> int:
        """Return what they are on: the list and, of these bits, what they get; 0 for who is not on it.

        Who pauses is on it: they will be back, and nobody has lost them.
        """
        return self._of(interests) if self.status in _ON_THE_LIST and self.bars <= 0 else 0

    def gets(self, interests: int) -> int:
        """Return the same of those whom the next edition reaches."""
        return self._of(interests) if self.status == Status.ACTIVE and self.bars <= 0 else 0

    def _of(self, interests: int) -> int:
        return LIST | (interests if self.chosen == EVERYTHING else interests & self.chosen)


@dataclass(frozen=True)
class Mark:
    """One thing that happened on a day, by what was before it; None: the same. `bars` is how many came."""

    day: int
    status: str | None = None
    chosen: int | None = None
    bars: int = 0

    def undone(self, after: Standing) -> Standing:
        """Return how somebody stood before it."""
        return replace(
            after,
            status=after.status if self.status is None else self.status,
            chosen=after.chosen if self.chosen is None else self.chosen,
            bars=after.bars - self.bars,
        )


@dataclass(frozen=True)
class Story:
    """Many people who stand alike, and to whom the same happened on the same days, in this order."""

    now: Standing
    marks: tuple[Mark, ...]
    people: int


@dataclass
class Course:
    """Sums of one interest, or of the list: how many are active now, and what each day's marks changed."""

    active: int
    gained: list[int] = field(repr=False)  # of those who are active, came less went
    joined: list[int] = field(repr=False)
    left: list[int] = field(repr=False)

    @classmethod
    def of(cls, days: int) -> "Course":
        """Return one of nobody, for so many days and what came after them."""
        return cls(0, [0] * (days + 1), [0] * (days + 1), [0] * (days + 1))

    def active_at_the_end_of(self, day: int) -> int:
        """Return how many were active when that day ended."""
        return self.active - sum(self.gained[day + 1 :])


def walk(courses: dict[int, Course], story: Story) -> None:
    """Add a story to the sums, by their bits: LIST, and those of the interests that are counted."""
    interests = sum(bit for bit in courses if bit != LIST)
    after = story.now
    for bit in bits(after.gets(interests)):
        courses[bit].active += story.people
    for mark in reversed(story.marks):
        before = mark.undone(after)
        was, became = before.reads(interests), after.reads(interests)
        for bit in bits(became & ~was):
            courses[bit].joined[mark.day] += story.people
        for bit in bits(was & ~became):
            courses[bit].left[mark.day] += story.people
        was, became = before.gets(interests), after.gets(interests)
        for bit in bits(became & ~was):
            courses[bit].gained[mark.day] += story.people
        for bit in bits(was & ~became):
            courses[bit].gained[mark.day] -= story.people
        after = before


def bits(number: int) -> Iterator[int]:
    """Yield each bit of a number, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest
        number ^= lowest
