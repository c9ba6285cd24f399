"""A `Document` becomes canonical Markdown: what `reading` reads as the same document."""

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.frontmatter import FENCE, KEYS, in_quotes
from mailer.manuscript.headline import escaped, is_points


def write(document: Document) -> str:
    """Return the edition as text: one blank line before each heading, one line feed at the end."""
    values = {
        "list": document.list,
        "title": document.title,
        "subtitle": document.subtitle,
        "date": document.date.isoformat() if document.date else "",
        "subject": document.subject,
        "preheader": document.preheader,
    }
    head = [FENCE, *(f"{key}: {in_quotes(values[key])}" for key in KEYS if values[key]), FENCE]
    passages = [passage for section in document.sections for passage in _section(section)]
    return "\n".join(head) + "\n" + "\n\n".join(passages) + ("\n" if passages else "")


def _section(section: Section) -> list[str]:
    return [
        _passage(f"# {escaped(section.title)}", section.prose),
        *(_group(group) for group in section.groups),
        *(_story(story) for story in section.stories),
    ]


def _group(group: Group) -> str:
    return _passage(f"## {escaped(group.title)}", "\n".join(_point(point) for point in group.points))


def _point(point: Point) -> str:
    return f"- {point.text}{_tags(point.interests)}"


def _story(story: Story) -> str:
    title = escaped(story.title)
    heading = f"[{title}]({story.url})" if story.url else title
    # Without a word to tell it from a group, braces that name nobody say that it is a story.
    alike = not story.url and not story.interests and is_points(story.summary.split("\n"))
    return _passage(f"## {heading}{' {}' if alike else _tags(story.interests)}", story.summary)


def _tags(interests: tuple[str, ...]) -> str:
    return f" {{{', '.join(interests)}}}" if interests else ""


def _passage(heading: str, body: str) -> str:
    return f"{heading}\n{body}" if body else heading
