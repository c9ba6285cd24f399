"""Rules of interests: whether those who chose one get anything for it."""

from collections.abc import Iterator

from mailer.manuscript.faults import quoted
from mailer.preflight.values import Found, Matter
from mailer.rendering.values import InterestLook


def without_story(matter: Matter) -> Iterator[Found]:
    """Find interests that readers chose and no story names."""
    for interest, readers, stories in _chosen(matter):
        if stories == 0:
            yield Found(
                f"No story is for {interest.name}, which {_people(readers)} chose"
                f"{_nothing_else(matter, interest, readers)}: give one {{{interest.slug}}}, if there is any"
            )


def with_one_story(matter: Matter) -> Iterator[Found]:
    """Find interests that readers chose and one story alone names."""
    for interest, readers, stories in _chosen(matter):
        if stories == 1:
            said = f"Only one story is for {interest.name}, which {_people(readers)} chose"
            story = next(each for each in matter.document.stories if interest.slug in each.interests)
            advice = f"see whether {{{interest.slug}}} belongs to others too"
            yield Found(f"{said}: {advice}", matter.page.heading(story.line, story.title))


def retired(matter: Matter) -> Iterator[Found]:
    """Find stories and points that name an interest which the list does not offer any more."""
    offered = {interest.slug for interest in matter.look.interests}
    document = matter.document
    points = (point for section in document.sections for group in section.groups for point in group.points)
    items = [(story.line, story.interests) for story in document.stories]
    items += [(point.line, point.interests) for point in points]
    for line, named in sorted(items):
        for slug in named:
            if slug not in offered:
                said = f"{quoted(slug)} is not offered any more, so nobody gets this for it"
                yield Found(f"{said}: name another interest, or none", matter.page.heading(line, slug))


def _chosen(matter: Matter) -> Iterator[tuple[InterestLook, int, int]]:
    """Yield the interests that anybody chose, with how many did and how many stories name it.

    An edition without stories is a letter to everyone; one whose stories name no interest has its own rule.
    """
    stories = matter.document.stories
    if not any(story.interests for story in stories):
        return
    for interest in matter.look.interests:
        readers = sum(number for chosen, number in matter.readers.items() if interest.slug in chosen)
        if readers:
            yield interest, readers, sum(interest.slug in story.interests for story in stories)


def _nothing_else(matter: Matter, interest: InterestLook, chosen_by: int) -> str:
    """Return what becomes of those for whom there is no story at all."""
    carried = {slug for story in matter.document.stories for slug in story.interests}
    idle = {chosen: n for chosen, n in matter.readers.items() if chosen.isdisjoint(carried)}
    readers = sum(number for chosen, number in idle.items() if interest.slug in chosen)
    if not readers:
        return ""
    if any(not story.interests for story in matter.document.stories):
        get = "only what is for everyone"
    elif matter.look.unchosen_stories == "full":
        get = "all the others"
    else:
        get = "the top stories" if matter.look.no_story == "top_stories" else "no letter"
    who = "all of whom" if readers == chosen_by else f"{readers:,} of whom"
    return f", who gets {get}" if chosen_by == 1 else f", {who} {'gets' if readers == 1 else 'get'} {get}"


def _people(number: int) -> str:
    return f"{number:,} {'reader' if number == 1 else 'readers'}"
