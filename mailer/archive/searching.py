"""Search over the stories of public editions: every word asked for stands in the title or the summary.

What is not shown is not found: only texts that everybody was sent last are looked through.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from markupsafe import Markup, escape

from mailer.archive.publishing import HEAD as HEAD_OF_TEXT
from mailer.archive.publishing import SHOWN_OF_LIST, Published, published
from mailer.archive.words import words
from mailer.database import fetch
from mailer.manuscript.characters import STRAY_CONTROL

LONGEST, MOST_TERMS = 100, 8
MOST_FOUND = 30
# Of a summary so many characters are shown around the first word that was found.
EXCERPT = 180
# What the database finds in a link's address is no hit; so many are looked at to have enough that are.
_CANDIDATES = 4 * MOST_FOUND

_ESCAPED = str.maketrans({character: f"!{character}" for character in "!%_"})
# Both databases fold ASCII; beyond it SQLite does not, and PostgreSQL as its locale has it.
_IS_LIKE = "lower(story.{column}) LIKE %s ESCAPE '!'"
_FIND = f"""
{SHOWN_OF_LIST}
SELECT story.id, story.position, story.title, story.summary, shown.edition_id, shown.revision_id
FROM shown JOIN story ON story.revision_id = shown.revision_id
WHERE {{conditions}}
ORDER BY shown.first_at DESC, shown.edition_id DESC, story.position LIMIT {_CANDIDATES}
"""
_HAS_INTEREST = """EXISTS (
  SELECT 1 FROM story_interest
  WHERE story_interest.story_id = story.id AND story_interest.interest_id = %s
)"""
_EDITIONS = f"""
{SHOWN_OF_LIST}
SELECT shown.edition_id, shown.revision_id, shown.first_at, shown.last_at, shown.over_at, shown.corrects,
  revision.text_hash, substr(revision.text, 1, {HEAD_OF_TEXT})
FROM shown JOIN revision ON revision.id = shown.revision_id WHERE shown.edition_id IN ({{places}})
"""


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
    terms = list(dict.fromkeys(query.split()))[:MOST_TERMS]
    conditions: list[str] = []
    values: list[object] = [list_id]
    for term in terms:
        condition, patterns = _condition(term)
        conditions.append(condition)
        values += patterns
    if interest is not None:
        conditions.append(_HAS_INTEREST)
        values.append(interest)
    rows = fetch(_FIND.format(conditions=" AND ".join(conditions)), values)
    seen = [re.compile(re.escape(term), re.IGNORECASE) for term in terms]
    hits = [row for row in rows if _says(seen, row[2], words(row[3]))]
    shown = hits[:MOST_FOUND]
    editions = _editions(list_id, {row[4] for row in shown})
    return Found(
        tuple(
            Hit(
                key,
                position,
                marked(title, seen),
                marked(excerpt(words(summary), seen), seen),
                editions[edition],
            )
            for key, position, title, summary, edition, _ in shown
            if edition in editions
        ),
        more=len(hits) > len(shown) or len(rows) == _CANDIDATES,
    )


def _condition(term: str) -> tuple[str, list[str]]:
    """Return the condition that a story has this word, and its values."""
    patterns = [f"%{spelled.translate(_ESCAPED)}%" for spelled in _spellings(term)]
    places = [_IS_LIKE.format(column=column) for column in ("title", "summary") for _ in patterns]
    return f"({' OR '.join(places)})", patterns * 2


def _spellings(term: str) -> list[str]:
    """Return a word in small letters, and beyond ASCII in capitals and with one: as it is really written."""
    spelled = [term.lower()]
    if not term.isascii():
        spelled += [_small_ascii(term.upper()), _small_ascii(term.capitalize()), _small_ascii(term)]
    return list(dict.fromkeys(spelled))


def _small_ascii(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def _says(terms: Sequence[re.Pattern[str]], *texts: str) -> bool:
    return all(any(term.search(text) for text in texts) for term in terms)


def _editions(list_id: int, numbers: set[int]) -> dict[int, Published]:
    if not numbers:
        return {}
    places = ", ".join(["%s"] * len(numbers))
    rows = fetch(_EDITIONS.format(places=places), [list_id, *numbers])
    return {row[0]: published(row) for row in rows}


def excerpt(text: str, terms: Sequence[re.Pattern[str]]) -> str:
    """Return the part of a text where the first of the words is, cut between words; else its beginning."""
    starts = [found.start() for term in terms if (found := term.search(text))]
    first = max(0, min(starts, default=0) - EXCERPT // 3)
    if first:
        space = text.find(" ", first, first + EXCERPT // 3)
        first = space + 1 if space >= 0 else first
    last = first + EXCERPT
    if last < len(text):
        space = text.rfind(" ", last - EXCERPT // 3, last)
        last = space if space >= 0 else last
    return f"{'… ' if first else ''}{text[first:last]}{' …' if last < len(text) else ''}"


def marked(text: str, terms: Sequence[re.Pattern[str]]) -> Markup:
    """Return text as HTML, with every place where one of the words stands in `<mark>`."""
    spans = sorted(found.span() for term in terms for found in term.finditer(text))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
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
