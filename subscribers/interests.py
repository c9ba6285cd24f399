"""A list's interests as bits of a number, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from subscribers.errors import SubscribersError
from subscribers.models import List

EVERYTHING = "everything"


class UnknownInterestError(SubscribersError):
    """A slug that is none of the list's interests."""

    def __init__(self, slug: str, newsletter: str, known: Iterable[str]) -> None:
        """Name the interests there are."""
        self.slug = slug
        there = ", ".join(known) or "it has none"
        super().__init__(f"“{slug}” is no interest of {newsletter}: {there}")


@dataclass(frozen=True)
class Interests:
    """One list's interests as they stood when they were read, in the list's order."""

    newsletter: str
    numbers: dict[str, int]
    retired: frozenset[str]

    @classmethod
    def of(cls, newsletter: List) -> "Interests":
        """Read the interests of a list."""
        interests = newsletter.interests.all()
        return cls(
            newsletter=newsletter.slug,
            numbers={interest.slug: interest.number for interest in interests},
            retired=frozenset(one.slug for one in interests if one.retired_at is not None),
        )

    @property
    def offered(self) -> tuple[str, ...]:
        """Return the slugs that one can choose."""
        return tuple(slug for slug in self.numbers if slug not in self.retired)

    def bits(self, slugs: Iterable[str]) -> int:
        """Return the bits of interests that one can choose. Raises UnknownInterestError."""
        bits = 0
        for slug in slugs:
            if slug not in self.numbers or slug in self.retired:
                raise UnknownInterestError(slug, self.newsletter, self.offered)
            bits |= 1 << self.numbers[slug]
        return bits

    def slugs(self, bits: int) -> tuple[str, ...]:
        """Return the slugs of these bits, the retired among them too."""
        return tuple(self._chosen(bits))

    def told(self, bits: int, *, everything: bool) -> list[str] | str:
        """Return a choice as evidence has it: slugs in the order of the alphabet, or "everything"."""
        return EVERYTHING if everything else sorted(self._chosen(bits))

    def _chosen(self, bits: int) -> Iterator[str]:
        for slug, number in self.numbers.items():
            if bits >> number & 1:
                yield slug


def former_slugs(newsletter: List) -> dict[str, str]:
    """Return the slugs that interests of a list had before, each with the one it has now."""
    return {old: interest.slug for interest in newsletter.interests.all() for old in interest.former}
