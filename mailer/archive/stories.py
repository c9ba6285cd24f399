"""Stories of public editions as the list page names them: titles and interests, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.database import Row, fetch

_TITLES = """
SELECT story.revision_id, story.position, story.title, story_interest.interest_id
FROM story LEFT JOIN story_interest ON story_interest.story_id = story.id
WHERE story.revision_id IN ({places}) ORDER BY story.revision_id, story.position
"""
_INTERESTS = "SELECT story_id, interest_id FROM story_interest WHERE story_id IN ({places})"


@dataclass(frozen=True)
class Titled:
    """A story's title, its place in the edition from 0, and the keys of its interests."""

    position: int
    title: str
    interests: frozenset[int]


def titles(revisions: Iterable[int]) -> dict[int, list[Titled]]:
    """Return the stories of each revision in the editor's order."""
    numbers = sorted(set(revisions))
    found: dict[int, dict[int, Titled]] = {number: {} for number in numbers}
    for revision, position, title, interest in _fetched(_TITLES, numbers):
        known = found[revision].get(position, Titled(position, title, frozenset()))
        more = frozenset() if interest is None else frozenset({interest})
        found[revision][position] = Titled(position, title, known.interests | more)
    return {number: list(stories.values()) for number, stories in found.items()}


def interests_of(stories: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return the keys of the interests of each story (its key)."""
    numbers = sorted(set(stories))
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for story, interest in _fetched(_INTERESTS, numbers):
        found[story].add(interest)
    return {number: frozenset(interests) for number, interests in found.items()}


def _fetched(statement: str, numbers: list[int]) -> list[Row]:
    if not numbers:
        return []
    return fetch(statement.format(places=", ".join(["%s"] * len(numbers))), numbers)
