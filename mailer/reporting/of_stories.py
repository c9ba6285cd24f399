"""Which links were followed: by link, by story, by interest; a link of several stories counts for each."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailer.database import Row, fetch, marks
from mailer.models import Send
from mailer.rendering.addresses import address
from mailer.reporting.values import Count, InterestClicks, LinkClicks, StoryClicks
from mailer.tallies.links import OTHER, link_key
from mailer.tallies.reading import Sums
from mailer.vocabulary import Measure

# In the order of the text, and each story's interests in the list's; whatever they are called by now.
READ_STORIES = """
SELECT story.revision_id, story.id, story.title, story.url,
  interest.position, interest.number, interest.slug, interest.name
FROM story
LEFT JOIN story_interest ON story_interest.story_id = story.id
LEFT JOIN interest ON interest.id = story_interest.interest_id
WHERE story.revision_id IN ({marks})
ORDER BY story.revision_id, story.position, interest.position, interest.number
"""
READ_LINKS = "SELECT send_id, id, key, url FROM link WHERE send_id IN ({marks}) ORDER BY position, id"
UNMEASURED = Count(None, None)


class _Interest(NamedTuple):
    position: int
    number: int
    slug: str
    name: str


class _Link(NamedTuple):
    number: int
    key: str
    url: str


class _Story(NamedTuple):
    title: str
    url: str
    key: str  # what its link is known by in the letter; '' without one
    interests: list[_Interest]


@dataclass(frozen=True)
class ByStory:
    """The same clicks, by what was clicked."""

    links: tuple[LinkClicks, ...]
    stories: tuple[StoryClicks, ...]
    interests: tuple[InterestClicks, ...]


def of(send: Send, sums: Sums, *, counted: bool) -> ByStory:
    """Return the clicks of a send; `counted` False: nothing was measured, and every figure is None."""
    return of_several([send], {send.pk: sums}, {send.pk} if counted else set())[send.pk]


def of_several(
    sends: Sequence[Send], sums: Mapping[int, Sums], counted: Container[int]
) -> dict[int, ByStory]:
    """Return the clicks of several sends, by their numbers; of those not `counted` every figure is None."""
    stories = _stories({send.revision_id for send in sends})
    links: dict[int, list[_Link]] = defaultdict(list)
    for send_number, *link in _fetch(READ_LINKS, [send.pk for send in sends]):
        links[send_number].append(_Link(*link))
    return {
        send.pk: _by_story(
            stories[send.revision_id], links[send.pk], sums[send.pk], counted=send.pk in counted
        )
        for send in sends
    }


def _stories(revisions: Iterable[int]) -> dict[int, list[_Story]]:
    found: dict[int, dict[int, _Story]] = {number: {} for number in revisions}
    for revision, number, title, url, *interest in _fetch(READ_STORIES, list(found)):
        if number not in found[revision]:
            found[revision][number] = _Story(title, url, link_key(address(url)), [])
        if interest[0] is not None:
            found[revision][number].interests.append(_Interest(*interest))
    return {revision: list(stories.values()) for revision, stories in found.items()}


def _fetch(statement: str, numbers: Sequence[int]) -> list[Row]:
    return fetch(statement.format(marks=marks(numbers)), numbers) if numbers else []


def _by_story(stories: list[_Story], links: list[_Link], sums: Sums, *, counted: bool) -> ByStory:
    number_of = {link.key: link.number for link in links}
    titles = {number_of.get(story.key): story.title for story in reversed(stories)}

    def clicks(number: int | None) -> Count:
        if not counted or number is None:
            return UNMEASURED
        return Count(sums[Measure.LINK].get(number, 0), sums[Measure.MACHINE_LINK].get(number, 0))

    by_link = [
        LinkClicks(place, link.url, titles.get(link.number), clicks(link.number))
        for place, link in enumerate(links, 1)
    ]
    if counted and any(sums[measure].get(OTHER) for measure in (Measure.LINK, Measure.MACHINE_LINK)):
        by_link.append(LinkClicks(None, None, None, clicks(OTHER)))
    by_story = tuple(
        StoryClicks(
            story.title,
            story.url,
            tuple(interest.slug for interest in story.interests),
            clicks(number_of.get(story.key)),
        )
        for story in stories
    )
    return ByStory(tuple(by_link), by_story, _by_interest(stories, by_story))


def _by_interest(stories: list[_Story], clicked: tuple[StoryClicks, ...]) -> tuple[InterestClicks, ...]:
    """Add the links of each interest that the edition carries up, in the list's order.

    A link that several of its stories share is followed once.
    """
    links: dict[_Interest, dict[str, Count]] = defaultdict(dict)
    carried: dict[_Interest, int] = defaultdict(int)
    for story, clicks in zip(stories, clicked, strict=True):
        for interest in story.interests:
            carried[interest] += 1
            links[interest][story.key] = clicks.clicked
    return tuple(
        InterestClicks(each.slug, each.name, carried[each], together(list(links[each].values())))
        for each in sorted(carried)
    )


def together(counts: list[Count]) -> Count:
    """Return several counts as one; None where none of them was measured."""

    def added(parts: list[int | None]) -> int | None:
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    return Count(added([each.people for each in counts]), added([each.machines for each in counts]))
