"""What is sown, decided beforehand and without a database."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from mailer.seeding.course import Course, course
from mailer.seeding.errors import SeedError
from mailer.seeding.members import Members

MOST_LISTS = 12  # each writes at another hour of the day
MOST_LETTERS = 100  # deliveries a subscriber: two years of a weekly
MOST_PEOPLE = 100_000_000
LONGEST_WORD = 40  # characters


@dataclass(frozen=True)
class Wish:
    """What was asked for: the same wish at the same moment is the same rows, in any database."""

    word: str
    subscribers: int
    deliveries: int
    lists: int

    def check(self) -> None:
        """Raise SeedError where this cannot be made."""
        if not (self.word.replace("-", "").isalnum() and len(self.word) <= LONGEST_WORD):
            raise SeedError(
                f"The seed must be a word of at most {LONGEST_WORD} letters, digits and hyphens,"
                f" not {self.word!r}"
            )
        if not 1 <= self.subscribers <= MOST_PEOPLE:
            raise SeedError(f"From 1 to {MOST_PEOPLE:,} subscribers can be made, not {self.subscribers:,}")
        if not 1 <= self.lists <= min(MOST_LISTS, self.subscribers):
            raise SeedError(
                f"From 1 to {MOST_LISTS} lists can be made, no more than subscribers, and not {self.lists:,}"
            )
        most = MOST_LETTERS * self.subscribers
        if not 0 <= self.deliveries <= most:
            raise SeedError(
                f"{self.subscribers:,} subscribers can have had at most {most:,} letters,"
                f" {MOST_LETTERS} each, and not {self.deliveries:,}"
            )


@dataclass(frozen=True, order=True)
class Issue:
    """One edition: the `number`-th of the list at `place`, sent at `at` (unix seconds)."""

    at: int
    place: int
    number: int
    candidates: int


@dataclass(frozen=True)
class Plan:
    """A wish at a moment (unix seconds), the end of all that has been."""

    wish: Wish
    at: int

    @cached_property
    def members(self) -> Members:
        """Return who is on which list."""
        return Members(self.wish.word, self.wish.lists)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Return the past of each list, which has its share of the deliveries by its size."""
        people, deliveries = self.wish.subscribers, self.wish.deliveries
        sizes = [self.members.count(place, people) for place in range(self.wish.lists)]
        bounds = [deliveries * size // max(sum(sizes), 1) for size in accumulate(sizes, initial=0)]
        return tuple(
            course(place, people, high - low, self.members, end=self.at)
            for place, (low, high) in enumerate(pairwise(bounds))
        )

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """Return all editions in the order they left."""
        return tuple(
            sorted(
                Issue(at, each.place, number, candidates)
                for each in self.courses
                for number, (at, candidates) in enumerate(zip(each.times, each.candidates, strict=True), 1)
            )
        )
