"""Search over the stories of public editions: every word asked for stands in the title or the summary.

What is not shown is not found: only texts that everybody was sent last are looked through. They are looked
through as a reader sees them, without Markdown; a process reads a text once, since a revision never changes.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice

from markupsafe import Markup, escape

from mailer.archive.publishing import COLUMNS, SHOWN_OF_LIST, Published, published
from mailer.archive.words import words
from mailer.database import fetch
from mailer.manuscript.characters import STRAY_CONTROL

LONGEST, MOST_TERMS = 100, 8
MOST_FOUND = 30
# The newest of a list that are looked through: forty years of a weekly one.
MOST_EDITIONS = 2_000
# Of a summary so many characters are shown around the first word that was found.
EXCERPT = 180
# Texts whose words are kept, some 15 KB each, and how many are read by one statement.
_KEPT, _AT_ONCE = 2 * MOST_EDITIONS, 100

# Signs that are typed as one and set as another; what nobody sees is left out.
_ALIKE = {ord(sign): "'" for sign in "‘’ʼ"} | {ord(sign): "-" for sign in "\u2010\u2011"}
_ALIKE |= dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"), "")

_TEXTS = f"""
{SHOWN_OF_LIST}
SELECT shown.revision_id, revision.text_hash FROM shown JOIN revision ON revision.id = shown.revision_id
ORDER BY shown.first_at DESC, shown.edition_id DESC LIMIT {MOST_EDITIONS}
"""
_STORIES = """
SELECT revision_id, position, title, summary FROM story
WHERE revision_id IN ({places}) ORDER BY revision_id, position
"""
_OF_INTEREST = f"""
{SHOWN_OF_LIST}
SELECT story.revision_id, story.position FROM shown JOIN story ON story.revision_id = shown.revision_id
JOIN story_interest ON story_interest.story_id = story.id WHERE story_interest.interest_id = %s
"""
_HITS = f"""
{SHOWN_OF_LIST}
SELECT story.id, story.position, story.title, story.summary, {COLUMNS}
FROM shown JOIN revision ON revision.id = shown.revision_id JOIN story ON story.revision_id = revision.id
WHERE (story.revision_id, story.position) IN (VALUES {{places}})
ORDER BY shown.first_at DESC, shown.edition_id DESC, story.position
"""

# A text by its revision and hash, a story by its revision and place, and what each story says, folded.
_Text = tuple[int, str]
_Place = tuple[int, int]
_Stories = tuple[tuple[int, str], ...]
_kept: dict[_Text, _Stories] = {}


@dataclass(frozen=True)
class Hit:
    """A story that was found, the words asked for in bold; `story` is its key."""

    story: int
    position: int
    title: Markup
    excerpt: Markup
    edition: Published


@dataclass(frozen=True)
class Found:
    """The newest hits, and whether there are more."""

    hits: tuple[Hit, ...]
    more: bool


def asked(text: str) -> str:
    """Return what a visitor typed as it is looked for and shown again: one line of at most 100 characters."""
    spaced = STRAY_CONTROL.sub(" ", text[: 8 * LONGEST])
    return " ".join(unicodedata.normalize("NFC", spaced).split())[:LONGEST].strip()


def search(list_id: int, query: str, *, interest: int | None = None) -> Found:
    """Return the stories of a list that have every word of `query` (from `asked`), newest first."""
    terms = tuple(filter(None, dict.fromkeys(map(folded, query.split()))))[:MOST_TERMS]
    if not terms:
        return Found((), more=False)
    found = _matching(fetch(_TEXTS, [list_id]), terms)
    if interest is not None and (first := next(found, None)):
        theirs = set(fetch(_OF_INTEREST, [list_id, interest]))
        found = (place for place in chain([first], found) if place in theirs)
    hits = list(islice(found, MOST_FOUND + 1))
    return Found(tuple(_hits(list_id, hits[:MOST_FOUND], terms)), more=len(hits) > MOST_FOUND)


def folded(text: str) -> str:
    """Return text so that what reads the same is the same: capitals, accents and signs however written."""
    return unicodedata.normalize("NFC", text).translate(_ALIKE).casefold()


def _matching(texts: Sequence[_Text], terms: Sequence[str]) -> Iterator[_Place]:
    """Yield the stories of texts that have every term."""
    for start in range(0, len(texts), _AT_ONCE):
        portion = texts[start : start + _AT_ONCE]
        said = _read(portion)
        for text in portion:
            for position, story in said[text]:
                if all(term in story for term in terms):
                    yield text[0], position


def _read(texts: Iterable[_Text]) -> dict[_Text, _Stories]:
    """Return what the stories of each text say; those that were not read yet are, by one statement."""
    said = {text: kept for text in texts if (kept := _kept.get(text)) is not None}
    missing = {text[0]: text for text in texts if text not in said}
    if missing:
        stories: dict[int, list[tuple[int, str]]] = {revision: [] for revision in missing}
        for revision, position, title, summary in fetch(
            _STORIES.format(places=", ".join(["%s"] * len(missing))), list(missing)
        ):
            stories[revision].append((position, folded(f"{title}\n{words(summary)}")))
        read = {text: tuple(stories[revision]) for revision, text in missing.items()}
        _kept.update(read)
        for oldest in list(islice(_kept, max(0, len(_kept) - _KEPT))):
            _kept.pop(oldest, None)
        said |= read
    return said


def _hits(list_id: int, places: Sequence[_Place], terms: Sequence[str]) -> Iterator[Hit]:
    if not places:
        return
    pairs = ", ".join(["(%s, %s)"] * len(places))
    rows = fetch(_HITS.format(places=pairs), [list_id, *(key for place in places for key in place)])
    editions = {edition: published(row) for edition, row in {row[4]: row[4:] for row in rows}.items()}
    for story, position, title, summary, edition, *_ in rows:
        part = excerpt(words(summary), terms)
        yield Hit(story, position, marked(title, terms), marked(part, terms), editions[edition])


def excerpt(text: str, terms: Sequence[str]) -> str:
    """Return the part of a text where the first of the (folded) words is, cut between words, or its start."""
    text = unicodedata.normalize("NFC", text)
    spans = _spans(text, terms)
    first = max(0, spans[0][0] - EXCERPT // 3) if spans else 0
    if first:
        space = text.find(" ", first, first + EXCERPT // 3)
        first = space + 1 if space >= 0 else first
    last = first + EXCERPT
    if last < len(text):
        space = text.rfind(" ", last - EXCERPT // 3, last)
        last = space if space >= 0 else last
    return f"{'… ' if first else ''}{text[first:last]}{' …' if last < len(text) else ''}"


def marked(text: str, terms: Sequence[str]) -> Markup:
    """Return text as HTML, with every place where one of the (folded) words stands in `<mark>`."""
    text = unicodedata.normalize("NFC", text)
    joined: list[tuple[int, int]] = []
    for start, end in _spans(text, terms):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    parts: list[Markup] = []
    at = 0
    for start, end in joined:
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return reduce(lambda whole, part: whole + part, parts, Markup()) + escape(text[at:])


def _spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the (folded) terms stand in a text, first to last; one letter may be folded to two."""
    parts = [folded(character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    whole, spans = "".join(parts), []
    for term in terms:
        start = whole.find(term)
        while start >= 0:
            end = start + len(term)
            spans.append((places[start], places[end - 1] + 1))
            start = whole.find(term, end)
    return sorted(spans)
