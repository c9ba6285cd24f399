"""Nothing of a pasted text is lost: which of its lines a document does not hold."""

from collections.abc import Iterator, Sequence

from mailer.manuscript.document import Document
from mailer.manuscript.lines import Line


def missing(lines: Sequence[Line], document: Document) -> list[Line]:
    """Return the lines whose letters and figures do not stand in the document, in a row."""
    held = "\n".join(map(_letters, _texts(document)))
    return [line for line in lines if _letters(line.label + line.text) not in held]


def _texts(document: Document) -> Iterator[str]:
    """Yield each text of the document; what may have come from one line stays in one."""
    yield document.title
    yield document.subtitle
    for section in document.sections:
        yield section.title
        yield section.prose
        for group in section.groups:
            yield group.title
            yield from (point.text + "".join(point.interests) for point in group.points)
        for story in section.stories:
            yield story.title + story.url + "".join(story.interests)
            yield story.url
            yield story.summary


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
