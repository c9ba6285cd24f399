"""A rule of scripts: whether readers of the list's language can read each part at all."""

from collections.abc import Iterator

from mailer.manuscript.faults import quoted
from mailer.manuscript.plaintext import plain
from mailer.preflight.page import Place
from mailer.preflight.values import Found, Matter
from mailer.preflight.writing import expected, scripts
from mailer.rendering.wording import subject

_NAMES = {"CJK": "Chinese", "ETHIOPIC": "Ethiopic"}
_FEW = 3  # letters; a name or a sign of another script is no text in it


def unexpected(matter: Matter) -> Iterator[Found]:
    """Find parts without a word in a script of the list's language.

    A story in another script is meant where its title or its summary is in one that readers know, so only one
    that lacks both is found.
    """
    readable, document = expected(matter.look.language), matter.document
    parts: list[tuple[str, str, Place]] = [
        ("The subject", subject(document), matter.page.key("subject", "title")),
        ("The preheader", document.preheader, matter.page.key("preheader")),
        ("The title", document.title, matter.page.key("title")),
    ]
    for section in document.sections:
        words = f"{section.title} {_plain(section.prose)}"
        parts.append((quoted(section.title), words, matter.page.heading(section.line, section.title)))
        parts += [
            (
                quoted(story.title),
                f"{story.title} {_plain(story.summary)}",
                matter.page.heading(story.line, story.title),
            )
            for story in section.stories
        ]
        parts += [
            (quoted(point.text), _plain(point.text), matter.page.heading(point.line, point.text))
            for group in section.groups
            for point in group.points
        ]
    for what, words, place in parts:
        counts = scripts(words)
        known = sum(counts[script] for script in readable)
        if counts.total() > _FEW and known < _FEW:
            seen = _named(counts.most_common(1)[0][0])
            wanted = " or ".join(sorted(map(_named, readable)))
            said = (
                f"is in {seen} letters alone, and the list's readers read {wanted}: add words that they know"
            )
            yield Found(f"{what} {said}", place)


def _plain(markdown: str) -> str:
    return plain(markdown)[0]


def _named(script: str) -> str:
    return _NAMES.get(script, script.capitalize())
