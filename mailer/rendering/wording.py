"""The few lines of a letter that nobody wrote: standfirst, preheader, labels, signs, subject."""

import unicodedata
from collections.abc import Callable

from mailer.archive import addresses
from mailer.manuscript.document import Document, Story
from mailer.rendering.assemble import Assembly
from mailer.rendering.directions import isolated
from mailer.rendering.languages import Words
from mailer.rendering.values import InterestLook, Look

# Mail programs show about this many characters of a preheader.
PREHEADER = 110
# Arrows, shapes and dingbats; other signs are told by their category.
_SIGNS = ("\u2190", "\u2bff")
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")


def subject(document: Document) -> str:
    """Return the subject on one line; a line end in it would begin another header."""
    return " ".join((document.subject or document.title).split())


def signed(title: str) -> tuple[str, str]:
    """Split the emoji or arrow that leads a heading from its words; a heading of signs alone is words."""
    end = 0
    while end < len(title) and _is_sign(title[end]):
        end += 1
    words = title[end:].lstrip()
    return (title[:end], words) if words else ("", title)


def _is_sign(character: str) -> bool:
    return (
        unicodedata.category(character) == "So"
        or character in _JOINERS
        or _SIGNS[0] <= character <= _SIGNS[1]
        or _SKIN_TONES[0] <= character <= _SKIN_TONES[1]
    )


def labels(story: Story, interests: tuple[InterestLook, ...]) -> tuple[InterestLook, ...]:
    """Return those of the list's interests that the story has, in the list's order."""
    return tuple(interest for interest in interests if interest.slug in story.interests)


def standfirst(
    assembly: Assembly, words: Words, language: str, *, apart: Callable[[str, str], str] = isolated
) -> str:
    """Return what is inside, in one sentence that is true whatever the sections are called.

    `apart` writes a title so that it turns nothing around it, in a line of the letter's language.
    """
    sections = assembly.edition.sections
    stories = _stories(assembly, words)
    others = words.listed(
        [apart(signed(section.title)[1], language) for section in sections if not section.stories]
    )
    if not stories or not others:
        return _begun(words.only_sections.format(sections=stories or others)) if stories or others else ""
    have_stories = [bool(section.stories) for section in sections]
    stories_last = have_stories == sorted(have_stories)
    joined = words.after_sections if stories_last else words.with_sections
    return _begun(joined.format(stories=stories, sections=others))


def _begun(sentence: str) -> str:
    """Return a sentence with a capital where its language has them."""
    return sentence[:1].upper() + sentence[1:]


def _stories(assembly: Assembly, words: Words) -> str:
    full, others = len(assembly.edition.stories), len(assembly.elsewhere)
    forms = words.stories_for_you if assembly.for_you else words.stories
    more = words.more_in_full if assembly.elsewhere_in_full else words.more_in_brief
    counts = [words.count(forms, full)] if full else []
    if others:
        counts.append(words.count(more, others))
    return words.listed(counts)


def online(assembly: Assembly, look: Look) -> str:
    """Return where this very letter can be read online, '' for nowhere; it tells interests and no reader."""
    number = assembly.edition.number
    if not (look.archive and number):
        return ""
    chosen = [interest.slug for interest in assembly.for_you] if assembly.narrowed else None
    return f"{look.archive}{addresses.online(look.list_slug, number, chosen)}"


def preheader(assembly: Assembly, words: Words, language: str) -> str:
    """Return what an inbox shows after the subject: the editor's line, else as many headlines as fit."""
    edition = assembly.edition
    if edition.preheader:
        return edition.preheader
    line = ""
    for story in (*edition.stories, *assembly.elsewhere):
        longer = f"{line} · {story.title}" if line else story.title
        if line and len(longer) > PREHEADER:
            break
        line = longer
    return line or standfirst(assembly, words, language)
