"""Rules of stories: what each should have, and whether readers had it before."""

from collections.abc import Iterator

from mailer.manuscript.document import Story
from mailer.manuscript.faults import quoted
from mailer.preflight.addresses import alike
from mailer.preflight.page import Place
from mailer.preflight.values import Earlier, Found, Matter


def without_link(matter: Matter) -> Iterator[Found]:
    """Find stories that lead nowhere."""
    for story in matter.document.stories:
        if not story.url:
            said = "has no link, so readers cannot go on to it: write ## [Title](https://…)"
            yield Found(f"{quoted(story.title)} {said}", _place(matter, story))


def without_summary(matter: Matter) -> Iterator[Found]:
    """Find stories of which there is a headline alone."""
    for story in matter.document.stories:
        if not any(map(str.isalnum, story.summary)):
            said = "has no summary: say in a sentence or two what happened, beneath its heading"
            yield Found(f"{quoted(story.title)} {said}", _place(matter, story))


def without_interest(matter: Matter) -> Iterator[Found]:
    """Find stories that everyone gets; where all are so, one finding says it."""
    stories = matter.document.stories
    untagged = [story for story in stories if not story.interests]
    slugs = ", ".join(interest.slug for interest in matter.look.interests)
    if not untagged or not slugs:
        return
    if len(untagged) == len(stories) > 1:
        said = f"None of the {len(stories)} stories names an interest, so everyone gets all of them"
        yield Found(f"{said}: write {{…}} after their headings ({slugs})", _place(matter, stories[0]))
        return
    for story in untagged:
        said = f"names no interest, so everyone gets it: if that is not meant, add {{…}} ({slugs})"
        yield Found(f"{quoted(story.title)} {said}", _place(matter, story))


def twice(matter: Matter) -> Iterator[Found]:
    """Find stories that stand in two sections; in one section they cannot (the manuscript refuses that)."""
    first: dict[str, Story] = {}
    for story in matter.document.stories:
        before = first.setdefault(_key(story.title), story)
        if before is not story:
            said = f"has the title of the story on line {before.line}: keep one of them"
            yield Found(f"{quoted(story.title)} {said}", _place(matter, story))


def again(matter: Matter) -> Iterator[Found]:
    """Find stories that the list's last editions had, by their link or their title."""
    links = {alike(story.url): story for story in reversed(matter.earlier) if story.url}
    titles = {_key(story.title): story for story in reversed(matter.earlier)}
    for story in matter.document.stories:
        before = links.get(alike(story.url)) if story.url else None
        same = "link" if before else "title"
        before = before or titles.get(_key(story.title))
        if before:
            said = f"has the {same} of a story in {_named(before)}: leave it out, or say what is new"
            yield Found(f"{quoted(story.title)} {said}", _place(matter, story))


def _place(matter: Matter, story: Story) -> Place:
    return matter.page.heading(story.line, story.title)


def _key(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))


def _named(story: Earlier) -> str:
    date = f" of {story.date}" if story.date else ""
    return f"edition {story.edition}{date}, which was sent"
