"""Decide what one letter says: an edition and a set of interests in, an assembly out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailer.manuscript.document import Document, Point, Section, Story
from mailer.rendering.theme import ordered, pull_outs
from mailer.rendering.values import InterestLook, Look, Reading

# How many stories a reader without any gets in full, where the list sends those.
TOP_STORIES = 3


@dataclass(frozen=True)
class Assembly:
    """What one letter says, and nothing else: equal assemblies make equal letters.

    `edition` holds what is in full; `elsewhere` the stories outside the reader's interests.
    """

    edition: Document
    # The chosen interests that the edition carries; empty where everything is in full.
    for_you: tuple[InterestLook, ...] = ()
    elsewhere: tuple[Story, ...] = ()
    elsewhere_in_full: bool = False
    # True where these readers do not get everything; if `for_you` is empty, it has nothing of theirs.
    narrowed: bool = False
    # Titles of the sections whose prose is set apart as a quiet pull-out.
    pull_outs: tuple[str, ...] = ()
    # False where the edition has stories and none of them is for these readers.
    has_story: bool = True


def carried(document: Document) -> tuple[str, ...]:
    """Return the slugs of the interests that stories and points carry, in order of appearance."""
    tags: list[str] = []
    for section in document.sections:
        tags += (slug for group in section.groups for point in group.points for slug in point.interests)
        tags += (slug for story in section.stories for slug in story.interests)
    return tuple(dict.fromkeys(tags))


def assemble(document: Document, look: Look, reading: Reading) -> Assembly:
    """Return what readers of `reading` get: untagged matter and their own in full, the rest as the list says.

    Readers whose interests cover all that the edition carries get everything, as those do who chose nothing.
    """
    document = replace(document, sections=ordered(document, look.theme))
    on_offer = {interest.slug for interest in look.interests}.intersection(carried(document))
    chosen = reading.interests
    if chosen is None or chosen >= on_offer:
        whole = _narrowed(document, lambda _: True, lambda _: True)
        return Assembly(whole, pull_outs=pull_outs(document, look.theme))

    def is_theirs(item: Story | Point) -> bool:
        return not item.interests or not chosen.isdisjoint(item.interests)

    stories = document.stories
    own = {id(story) for story in stories if is_theirs(story)}
    if not own and look.no_story == "top_stories":
        own = set(map(id, stories[:TOP_STORIES]))
    everything_shown = look.unchosen_stories == "full"
    edition = _narrowed(
        document, lambda story: id(story) in own, lambda point: everything_shown or is_theirs(point)
    )
    others = tuple(story for story in stories if id(story) not in own)
    return Assembly(
        edition,
        narrowed=True,
        for_you=tuple(interest for interest in look.interests if interest.slug in chosen & on_offer),
        elsewhere=() if look.unchosen_stories == "hidden" else others,
        elsewhere_in_full=everything_shown,
        pull_outs=pull_outs(document, look.theme),
        has_story=bool(own) or not stories or everything_shown,
    )


def _narrowed(
    document: Document, keeps_story: Callable[[Story], bool], keeps_point: Callable[[Point], bool]
) -> Document:
    """Return the document with what is kept; a heading with nothing beneath it goes too."""
    sections = (_narrowed_section(section, keeps_story, keeps_point) for section in document.sections)
    return replace(document, sections=tuple(section for section in sections if _says_something(section)))


def _narrowed_section(
    section: Section, keeps_story: Callable[[Story], bool], keeps_point: Callable[[Point], bool]
) -> Section:
    groups = (replace(group, points=tuple(filter(keeps_point, group.points))) for group in section.groups)
    return replace(
        section,
        groups=tuple(group for group in groups if group.points),
        stories=tuple(filter(keeps_story, section.stories)),
    )


def _says_something(section: Section) -> bool:
    return bool(section.prose or section.groups or section.stories)
