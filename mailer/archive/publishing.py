"""Which editions are public, and in what text: what everybody on a public list was sent, as it was sent last.

An edition comes in with its first send to everybody that is over. A correction brings the corrected text, if
the send that it corrects went to everybody. Sends to a segment, tests, and what was cancelled show nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mailer.database import fetch
from mailer.manuscript.characters import with_plain_line_ends
from mailer.manuscript.frontmatter import FENCE, read_front_matter
from subscribers.moments import read as moment

PAGE = 20
# Far more than a title, a subtitle and a date have.
HEAD = 4_000

# Batches of which letters left, or may have.
_LEFT = "('accepted', 'submitting', 'unknown', 'not_confirmed')"
_SOME_LEFT = f"""EXISTS (
  SELECT 1 FROM batch WHERE batch.send_id = everybody.id AND batch.state IN {_LEFT}
)"""
_ANOTHER = """(
  SELECT earlier.text_hash <> later.text_hash FROM revision AS earlier, revision AS later
  WHERE earlier.id = everybody.had AND later.id = everybody.revision_id
)"""
# Sends to everybody and their corrections, at any depth; `had`: the text of the letters that left before, the
# last of them if there was more than one, which `mixed` says.
_EVERYBODY = f"""
WITH RECURSIVE everybody AS (
  SELECT send.id, send.edition_id, send.revision_id, send.status, send.scheduled_at, send.finished_at,
    send.scheduled_at AS first_at, CAST(NULL AS bigint) AS had, FALSE AS mixed
  FROM edition JOIN send ON send.edition_id = edition.id
  WHERE {{which}} AND send.kind = 'send' AND send.segment IS NULL
  UNION ALL
  SELECT send.id, send.edition_id, send.revision_id, send.status, send.scheduled_at, send.finished_at,
    everybody.first_at,
    CASE WHEN {_SOME_LEFT} THEN everybody.revision_id ELSE everybody.had END,
    everybody.mixed OR ({_SOME_LEFT} AND everybody.had IS NOT NULL AND {_ANOTHER})
  FROM everybody JOIN send ON send.corrects_id = everybody.id
  WHERE send.kind = 'correction'
)
"""
# Whether letters of another text had left.
_CORRECTS = f"(everybody.mixed OR (everybody.had IS NOT NULL AND {_ANOTHER})) AS corrects"
# Each edition once, with the last of its sends that are over.
_SHOWN = f"""
{_EVERYBODY}, sent AS (
  SELECT edition_id, revision_id, scheduled_at AS last_at, {_CORRECTS},
    min(first_at) OVER (PARTITION BY edition_id) AS first_at,
    max(coalesce(finished_at, scheduled_at)) OVER (PARTITION BY edition_id) AS over_at,
    row_number() OVER (PARTITION BY edition_id ORDER BY scheduled_at DESC, id DESC) AS place
  FROM everybody WHERE status IN ('done', 'done_with_gaps')
), shown AS (SELECT * FROM sent WHERE place = 1)
"""
SHOWN_OF_LIST = _SHOWN.format(which="edition.list_id = %s")
COLUMNS = f"""
  shown.edition_id, shown.revision_id, shown.first_at, shown.last_at, shown.over_at, shown.corrects,
  revision.text_hash, substr(revision.text, 1, {HEAD})
"""
HAS_INTEREST = """EXISTS (
  SELECT 1 FROM story JOIN story_interest ON story_interest.story_id = story.id
  WHERE story.revision_id = shown.revision_id AND story_interest.interest_id = %s
)"""
_OLDER = """(shown.first_at, shown.edition_id) < (
  SELECT mark.first_at, mark.edition_id FROM shown AS mark WHERE mark.edition_id = %s
)"""

_PAGE_OF_LIST = f"""
{SHOWN_OF_LIST}
SELECT {COLUMNS} FROM shown JOIN revision ON revision.id = shown.revision_id
WHERE {{conditions}} ORDER BY shown.first_at DESC, shown.edition_id DESC LIMIT %s
"""

_ONE = f"""
{SHOWN_OF_LIST}, turned AS (
  SELECT shown.*, lag(edition_id) OVER turn AS older_id, lag(first_at) OVER turn AS older_at,
    lag(revision_id) OVER turn AS older_revision, lead(edition_id) OVER turn AS newer_id,
    lead(first_at) OVER turn AS newer_at, lead(revision_id) OVER turn AS newer_revision
  FROM shown WINDOW turn AS (ORDER BY first_at, edition_id)
)
SELECT {COLUMNS}, older_id, older_at, substr(older.text, 1, {HEAD}),
  newer_id, newer_at, substr(newer.text, 1, {HEAD})
FROM turned AS shown JOIN revision ON revision.id = shown.revision_id
LEFT JOIN revision AS older ON older.id = older_revision
LEFT JOIN revision AS newer ON newer.id = newer_revision
WHERE shown.edition_id = %s
"""

# Of a send that is under way: its letters link here from the moment they arrive.
_UNDER_WAY = f"""
{_EVERYBODY.format(which="edition.list_id = %s AND edition.id = %s")}
SELECT everybody.edition_id, everybody.revision_id, first_at, scheduled_at, scheduled_at, {_CORRECTS},
  revision.text_hash, substr(revision.text, 1, {HEAD})
FROM everybody JOIN revision ON revision.id = everybody.revision_id
WHERE status IN ('sending', 'paused', 'settling')
  AND {_SOME_LEFT}
ORDER BY scheduled_at DESC, everybody.id DESC LIMIT 1
"""

# The texts of one edition in the order they were sent, those of which nothing left among them.
_TEXTS = f"""
{_EVERYBODY.format(which="edition.id = %s")}
SELECT everybody.revision_id, everybody.scheduled_at, revision.text_hash, {_SOME_LEFT}
FROM everybody JOIN revision ON revision.id = everybody.revision_id
ORDER BY everybody.scheduled_at, everybody.id
"""

_EVERY_LIST = f"""
{_SHOWN.format(which="edition.list_id IN (SELECT id FROM list WHERE public)")}
SELECT list.slug, shown.edition_id, shown.last_at FROM shown
JOIN edition ON edition.id = shown.edition_id JOIN list ON list.id = edition.list_id
ORDER BY shown.first_at DESC, shown.edition_id DESC LIMIT %s
"""


# What a list and its interests are called, and how its editions are set out.
_CURATED = """
SELECT max(at) FROM change
WHERE list_id = %s AND (what LIKE 'lists %%' OR what LIKE 'interests %%' OR what LIKE 'themes %%')
"""


@dataclass(frozen=True)
class Head:
    """What an edition is called."""

    title: str
    subtitle: str = ""
    date: dt.date | None = None


@dataclass(frozen=True)
class Published:
    """An edition as everybody may read it: the revision, when it came out first, and when that text did.

    `over` is when that was over, `corrected` whether letters of an earlier text had left; what is not
    `listed` is under way still, and only its letters lead to it.
    """

    edition: int
    revision: int
    first: dt.datetime
    last: dt.datetime
    over: dt.datetime
    corrected: bool
    text_hash: str
    head: Head
    listed: bool = True

    @property
    def date(self) -> dt.date:
        """Return its own date, else the day it was sent (UTC)."""
        return self.head.date or self.first.date()


@dataclass(frozen=True)
class Beside:
    """The edition before or after one."""

    edition: int
    date: dt.date


@dataclass(frozen=True)
class Open:
    """An edition and its neighbours in time."""

    shown: Published
    older: Beside | None = None
    newer: Beside | None = None


@dataclass(frozen=True)
class Text:
    """A text that was sent of an edition; `left`: letters of it left, or may have."""

    revision: int
    text_hash: str
    at: dt.datetime
    left: bool


def page(
    list_id: int, *, before: int | None = None, interest: int | None = None, most: int
) -> list[Published]:
    """Return the newest editions, those older than `before`, or with a story of an interest (its key)."""
    conditions, values = ["TRUE"], [list_id]
    for condition, value in ((_OLDER, before), (HAS_INTEREST, interest)):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    rows = fetch(_PAGE_OF_LIST.format(conditions=" AND ".join(conditions)), [*values, most])
    return [published(row) for row in rows]


def one(list_id: int, edition: int) -> Open | None:
    """Return an edition of the list as the public may see it; None where it may not, whatever the reason."""
    rows = fetch(_ONE, [list_id, edition])
    if rows:
        [row] = rows
        return Open(published(row[:8]), _beside(row[8:11]), _beside(row[11:14]))
    rows = fetch(_UNDER_WAY, [list_id, edition])
    return Open(published(rows[0], listed=False)) if rows else None


def texts(edition: int) -> list[Text]:
    """Return the texts that were sent of an edition, first to last."""
    rows = fetch(_TEXTS, [edition])
    return [Text(revision, text_hash, moment(at), bool(left)) for revision, at, text_hash, left in rows]


def everywhere(most: int) -> list[tuple[str, int, dt.datetime]]:
    """Return list, number and last change of the newest editions of all public lists."""
    return [(slug, edition, moment(at)) for slug, edition, at in fetch(_EVERY_LIST, [most])]


def curated(list_id: int) -> dt.datetime | None:
    """Return when somebody of ours changed the list, its interests or its theme last; None for never."""
    [[at]] = fetch(_CURATED, [list_id])
    return moment(at) if at else None


def published(row: Sequence[Any], *, listed: bool = True) -> Published:
    """Return an edition from a row of the statements here."""
    edition, revision, first, last, over, corrected, text_hash, text = row
    return Published(
        edition=edition,
        revision=revision,
        first=moment(first),
        last=moment(last),
        over=moment(over),
        corrected=bool(corrected),
        text_hash=text_hash,
        head=head_of(text),
        listed=listed,
    )


def head_of(text: str) -> Head:
    """Return what the head of an edition's text says; the text may be cut off after it, or in it."""
    lines = [*with_plain_line_ends(text).split("\n"), FENCE]
    head = read_front_matter(lines, [])
    return Head(head.values.get("title", ""), head.values.get("subtitle", ""), head.date)


def _beside(row: Sequence[Any]) -> Beside | None:
    edition, first, text = row
    return Beside(edition, head_of(text).date or moment(first).date()) if edition else None
