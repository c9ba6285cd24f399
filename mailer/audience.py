"""Who a send goes to: frozen once, in one transaction, counted twice.

Candidates are the list's members who have not left, or those of a segment. Each becomes one delivery: in a
batch, or excluded with the first reason that applies. Where they come from is a `Source`; corrections have
their own.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from mailer import variants
from mailer.database import execute, fetch, instant, one_snapshot
from mailer.faultpoints import reach
from mailer.models import Batch, Send
from mailer.models.editions import EVERYTHING
from mailer.rendering.values import Look
from mailer.tallies import known_links
from mailer.vocabulary import BatchState, SendKind, SendStatus
from subscribers.segments.keeping import Kept
from subscribers.segments.querying import where
from subscribers.vocabulary import NoStory

MOST_FREEZES = 5  # how often a freeze that collided is repeated before it is an error


class FreezeError(Exception):
    """The audience could not be frozen; nothing was written, and the message says what was in the way."""


@dataclass(frozen=True)
class Source:
    """Where candidates come from, as SQL: `count` counts them apart from the CTE `candidate` itself.

    `take` runs first, in the freeze's own transaction; '' for nothing. `bound` is what both are asked with
    beyond the frame.
    """

    count: str
    candidates: str
    take: str = ""
    bound: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Frozen:
    """What a freeze wrote."""

    candidates: int
    eligible: int
    batches: tuple[int, ...]


# Every way a reader of this list may get a letter: bits the edition carries, or everything.
AUDIENCE_KEYS = """
SELECT DISTINCT
  CASE WHEN subscription.everything THEN %(everything)s ELSE subscription.interests & %(carried)s END,
  subscriber.text_only,
  subscriber.tracked AND %(tracked)s
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status <> 'unsubscribed'
"""

# Counted apart from the insert that it is compared with.
COUNT_CANDIDATES = """
SELECT count(*) FROM subscription WHERE list_id = %(list)s AND status <> 'unsubscribed'
"""

# The same of a segment, whose conditions may ask for what is known of the person.
COUNT_SEGMENT = """
SELECT count(*) FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status <> 'unsubscribed' AND {conditions}
"""

# The letter of a reader's interests; a subscription, a subscriber and the frame stand around it.
JOIN_VARIANT = """
  LEFT JOIN variant_set
    ON variant_set.revision_id = %(revision)s
    AND variant_set.content_hash = %(content)s
    AND variant_set.interests = CASE
      WHEN subscription.everything THEN %(everything)s ELSE subscription.interests & %(carried)s END
    AND variant_set.text_only = subscriber.text_only
    AND variant_set.tracked = (subscriber.tracked AND %(tracked)s)
    AND variant_set.language = %(language)s
  LEFT JOIN variant ON variant.id = variant_set.variant_id
"""


# Whom a letter of their own brought this edition when they came, or may have (mailer.outgoing).
BROUGHT = """
SELECT letter.subscriber_id FROM letter
WHERE letter.kind = 'current' AND letter.state IN ('submitting', 'unknown', 'accepted')
  AND letter.occasion LIKE 'edition ' || CAST(%(edition)s AS text) || ' %%'
"""


def reasons(key: str, subscriber: str, counted: str = "TRUE") -> str:
    """Return the WHENs of the first reason against a candidate, in the protocol's order.

    `key` and `subscriber` are the columns that say who it is. Copies of the edition that another send holds,
    whatever became of them, stand in the way where `counted` is true of `other`.
    """
    other = f"""
        SELECT 1 FROM delivery AS other
        WHERE other.edition_id = %(edition)s AND {counted}
          AND NOT (other.state IN ('excluded', 'cancelled') AND other.state IS NOT NULL)"""
    return f"""
      WHEN EXISTS (
        SELECT 1 FROM suppression
        WHERE suppression.address_key = {key} AND suppression.lifted_at IS NULL
          AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
      ) THEN 'suppressed'
      WHEN subscription.status = 'paused' THEN 'paused'
      WHEN subscription.status = 'pending' THEN 'unconfirmed'
      WHEN NOT variant.has_story AND %(skip)s THEN 'no_story'
      WHEN EXISTS ({other} AND other.address_key = {key})
        OR EXISTS ({other} AND other.subscriber_id = {subscriber})
        OR {subscriber} IN ({BROUGHT}) THEN 'already_has_this_edition'"""


def members(conditions: str = "TRUE") -> str:
    """Return the CTE of a list's people: each candidate, their variant and the first reason against them."""
    return f"""
candidate AS (
  SELECT
    subscriber.id AS subscriber_id,
    subscriber.address_key AS address_key,
    variant.id AS variant_id,
    CASE {reasons("subscriber.address_key", "subscriber.id")}
    END AS reason
  FROM subscription
  JOIN subscriber ON subscriber.id = subscription.subscriber_id
{JOIN_VARIANT}  WHERE subscription.list_id = %(list)s AND subscription.status <> 'unsubscribed'
    AND {conditions}
)
"""


CANDIDATES = members()

COUNT_ELIGIBLE = """
WITH {candidates}
SELECT variant_id, count(*) FROM candidate WHERE reason IS NULL GROUP BY variant_id ORDER BY variant_id
"""

# One insert for all: the reader's place within the variant decides the batch. Variant and place are one
# number, since a join by two conditions of which one is computed compares every reader with every batch
# of the variant. A reader whose variant was not rendered in time has neither batch nor state, which the
# table refuses: then all is repeated.
INSERT_DELIVERIES = """
WITH {candidates},
placed AS (
  SELECT candidate.*,
    CASE WHEN reason IS NULL THEN variant_id * 1000000 + (
      ROW_NUMBER() OVER (PARTITION BY variant_id, reason ORDER BY subscriber_id) - 1
    ) / %(size)s END AS place
  FROM candidate
),
cut AS (
  SELECT id,
    variant_id * 1000000 + ROW_NUMBER() OVER (PARTITION BY variant_id ORDER BY id) - 1 AS place
  FROM batch WHERE send_id = %(send)s
)
INSERT INTO delivery
  (send_id, edition_id, subscriber_id, address_key, test_address, variant_id, batch_id, state, reason)
SELECT
  %(send)s, %(edition)s, placed.subscriber_id, placed.address_key, '',
  CASE WHEN placed.reason IS NULL THEN placed.variant_id END,
  cut.id,
  CASE WHEN placed.reason IS NOT NULL THEN 'excluded' END,
  placed.reason
FROM placed
LEFT JOIN cut ON cut.place = placed.place
ORDER BY cut.id, placed.subscriber_id
"""

WHOLE_LIST = Source(COUNT_CANDIDATES, CANDIDATES)

COUNT_BATCHES = """
SELECT batch.id, batch.n, count(delivery.id)
FROM batch LEFT JOIN delivery ON delivery.batch_id = batch.id
WHERE batch.send_id = %(send)s GROUP BY batch.id, batch.n ORDER BY batch.id
"""

COUNT_EXCLUDED = """
SELECT count(*) FROM delivery WHERE send_id = %(send)s AND state = 'excluded'
"""

# The winner of several freezes is the one that still finds the send preparing (I12).
START_SENDING = """
UPDATE send
SET status = %(sending)s, candidates = %(candidates)s, frozen_at = %(now)s, useful_until = %(useful)s
WHERE id = %(send)s AND status = %(preparing)s
"""


def freeze(
    send: Send,
    look: Look,
    *,
    size: int,
    now: dt.datetime,
    useful_life: float,
    source: Source | None = None,
) -> Frozen | None:
    """Freeze the audience of a preparing send into batches of at most `size`; None if another did.

    `look` is the one that was approved. Without a `source` the candidates are those of the send's segment as
    of `now`, or the whole list.

    Collisions (a reader's choice changed meanwhile, another freeze of the edition) roll everything
    back and repeat it whole. Raises FreezeError after five of them.
    """
    source = source or source_of(send, now=now)
    frame = {**frame_of(send, look, size=size, now=now, useful_life=useful_life), **source.bound}
    for _ in range(MOST_FREEZES):
        keys = {
            (int(bits), bool(text_only), bool(tracked))
            for bits, text_only, tracked in fetch(AUDIENCE_KEYS, frame)
        }
        variants.make(send.revision, look, send.content_hash, keys, now=now)
        try:
            with transaction.atomic():
                one_snapshot()
                frozen = _write(frame, source)
                reach("freeze.before_commit")
            reach("freeze.after_commit")
        except (IntegrityError, OperationalError) as error:
            collision = error
        else:
            return frozen
    raise FreezeError(
        f"Send {send.pk}: readers changed faster than they could be counted; it is tried again soon"
    ) from collision


def source_of(send: Send, *, now: dt.datetime) -> Source:
    """Return where the candidates of a send come from: the segment it was scheduled for, or the whole list.

    The conditions are those of then, what they are relative to is `now`. Raises SegmentError.
    """
    if send.segment is None or send.kind != SendKind.SEND:
        return WHOLE_LIST
    kept = Kept.of(send.segment)
    asked = where(kept.condition, kept.as_of(send.edition.list, now))
    return Source(
        count=COUNT_SEGMENT.format(conditions=asked.sql),
        # A planner that takes several conditions to rule out nearly everybody compares each reader with every
        # batch. Of a CASE it knows nothing, and expects half of the list.
        candidates=members(f"CASE WHEN {asked.sql} THEN TRUE ELSE FALSE END"),
        bound=asked.parameters,
    )


def frame_of(send: Send, look: Look, *, size: int, now: dt.datetime, useful_life: float) -> dict[str, Any]:
    """Return what the statements above are asked with."""
    return {
        "send": send.pk,
        "edition": send.edition_id,
        "list": send.edition.list_id,
        "corrects": send.corrects_id,
        "revision": send.revision_id,
        "content": send.content_hash,
        "carried": variants.carried_bits(send.revision),
        "everything": EVERYTHING,
        "tracked": send.edition.list.tracked,
        "skip": look.no_story == NoStory.SKIP,
        "language": look.language,
        "size": size,
        "now": instant(now),
        "useful": instant(now + dt.timedelta(seconds=useful_life)),
        "preparing": SendStatus.PREPARING.value,
        "sending": SendStatus.SENDING.value,
    }


def _write(frame: dict[str, Any], source: Source) -> Frozen | None:
    """Write batches and deliveries in the transaction that is open, and check every sum."""
    if source.take:
        execute(source.take, frame)
    candidates: int = fetch(source.count, frame)[0][0]
    if not execute(START_SENDING, frame | {"candidates": candidates}):
        transaction.set_rollback(True)  # somebody else got there first: nothing is taken either
        return None
    eligible = fetch(COUNT_ELIGIBLE.format(candidates=source.candidates), frame)
    Batch.objects.bulk_create(
        Batch(send_id=frame["send"], variant_id=variant, state=BatchState.PENDING, n=n)
        for variant, total in eligible
        for n in _cuts(total, frame["size"])
    )
    execute(INSERT_DELIVERIES.format(candidates=source.candidates), frame)
    batches = fetch(COUNT_BATCHES, frame)
    excluded: int = fetch(COUNT_EXCLUDED, frame)[0][0]
    readers = sum(found for _, _, found in batches)
    if any(n != found for _, n, found in batches) or candidates != readers + excluded:
        raise IntegrityError(f"{candidates} candidates, but {readers} in batches and {excluded} excluded")
    known_links.write(frame["send"])  # so that a link nobody has followed is told of as that
    return Frozen(candidates, readers, tuple(batch for batch, _, _ in batches))


def _cuts(total: int, size: int) -> list[int]:
    """Return the sizes of the batches for `total` readers: all `size`, and the rest."""
    return [min(size, total - size * place) for place in range(math.ceil(total / size))]
