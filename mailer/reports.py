"""The ledger of a send, in numbers and line by line: computed from the rows, never counted along."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailer.database import fetch
from mailer.models import Send
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.models.editions import EVERYTHING
from subscribers.interests import Interests

# A batch's state, as the outcome of the readers who have none of their own.
OUTCOMES = {
    "pending": "pending",
    "claimed": "pending",
    "submitting": "in_flight",
    "accepted": "accepted",
    "unknown": "unknown",
    "not_confirmed": "not_confirmed",
    "cancelled": "cancelled",
}

OUTCOME_ORDER = (
    "accepted",
    "pending",
    "in_flight",
    "unknown",
    "excluded",
    "rejected",
    "cancelled",
    "not_confirmed",
)

# One statement, so that one moment is seen: the batches, the exceptions, and the count they must equal.
SUM_OUTCOMES = """
SELECT 'batch', state, NULL, sum(n) FROM batch WHERE send_id = %(send)s AND n > 0 GROUP BY state
UNION ALL
SELECT 'delivery', state, reason, count(*) FROM delivery
WHERE send_id = %(send)s AND state IS NOT NULL GROUP BY state, reason
UNION ALL
SELECT 'candidates', NULL, NULL, candidates FROM send WHERE id = %(send)s
"""

# Readers of all batches below one that was sent again, as far as those may have been taken.
SUM_TWICE = """
WITH RECURSIVE again AS (
  SELECT child.id, child.n, child.state
  FROM batch AS child JOIN batch AS parent ON parent.id = child.parent_id
  WHERE child.send_id = %(send)s AND parent.state = 'resent'
  UNION
  SELECT child.id, child.n, child.state FROM batch AS child JOIN again ON again.id = child.parent_id
)
SELECT coalesce(sum(n), 0) FROM again WHERE state IN ('accepted', 'unknown', 'submitting')
"""

COUNT_EVENTS = f"""
SELECT {", ".join(f"count({column})" for column in EVENT_COLUMNS.values())} FROM delivery WHERE send_id = %s
"""

SUM_VARIANTS = """
SELECT variant_id, count(*) FROM delivery WHERE send_id = %s AND variant_id IS NOT NULL GROUP BY variant_id
ORDER BY variant_id
"""

READ_SETS = """
SELECT variant_id, interests FROM variant_set
WHERE revision_id = %s AND content_hash = %s ORDER BY variant_id, interests
"""

READ_LEDGER = """
SELECT
  delivery.id, subscriber.address, coalesce(delivery.state, batch.state), delivery.reason,
  delivery.variant_id, delivery.batch_id, batch.attempt, attempt.message_id, {columns}
FROM delivery
LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
LEFT JOIN batch ON batch.id = delivery.batch_id
LEFT JOIN attempt ON attempt.id = batch.attempt
WHERE delivery.id > %s AND delivery.id <= %s AND +delivery.send_id = %s
ORDER BY delivery.id
"""

# A freeze writes its deliveries one after another; the plus above keeps to that order, page by page.
READ_SPAN = """
SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM delivery WHERE send_id = %s
"""

_PAGE = 5_000


@dataclass(frozen=True)
class Ledger:
    """The outcomes of a send's candidates; `None` candidates: the audience is not frozen yet."""

    candidates: int | None
    outcomes: dict[str, int]
    reasons: dict[str, int]

    @property
    def adds_up(self) -> bool:
        """Return whether every candidate has exactly one outcome (I2)."""
        return (self.candidates or 0) == sum(self.outcomes.values())


def ledger(send: Send) -> Ledger:
    """Return the sums of one moment, from the batches and the exceptions alone."""
    outcomes = dict.fromkeys(OUTCOME_ORDER, 0)
    reasons: dict[str, int] = {}
    candidates: int | None = None
    for source, state, reason, readers in fetch(SUM_OUTCOMES, {"send": send.pk}):
        if source == "candidates":
            candidates = readers
        elif source == "batch":
            outcomes[OUTCOMES[state]] += int(readers)
        else:
            outcomes[state] += int(readers)
            if state == "excluded":
                reasons[reason] = int(readers)
    return Ledger(candidates, outcomes, reasons)


def described(send: Send) -> dict[str, Any]:
    """Return the send in the shape of `sends show --json`."""
    sums = ledger(send)
    return {
        "id": send.pk,
        "edition": send.edition_id,
        "status": send.status,
        "scheduled_at": send.scheduled_at,
        "pause_reason": send.pause_reason or None,
        "candidates": sums.candidates or 0,
        **sums.outcomes,
        "possibly_twice": int(fetch(SUM_TWICE, {"send": send.pk})[0][0]),
        "excluded_reasons": sums.reasons,
        "events": events(send),
        "variants": variants(send),
    }


def listing() -> list[dict[str, Any]]:
    """Return the sends, newest first, in the shape of `sends ls --json`."""
    rows = []
    for send in Send.objects.select_related("edition").order_by("-pk"):
        sums = ledger(send)
        rows.append(
            {
                "id": send.pk,
                "edition": send.edition_id,
                "title": send.edition.title,
                "status": send.status,
                "scheduled_at": send.scheduled_at,
                "candidates": sums.candidates or 0,
                **{name: sums.outcomes[name] for name in ("accepted", "excluded", "unknown")},
            }
        )
    return rows


def events(send: Send) -> dict[str, int]:
    """Return how many copies had at least one event of each kind; machines apart from people."""
    counts = fetch(COUNT_EVENTS, [send.pk])[0]
    return {
        column.removesuffix("_at"): count
        for column, count in zip(EVENT_COLUMNS.values(), counts, strict=True)
    }


def variants(send: Send) -> list[dict[str, Any]]:
    """Return each variant's sets of interests and how many deliveries it has.

    An empty set is everything; `(none carried)` marks readers none of whose interests the edition carries.
    """
    interests = Interests.of(send.edition.list)
    sets: dict[int, list[list[str]]] = {}
    for variant, bits in fetch(READ_SETS, [send.revision_id, send.content_hash]):
        named = [] if bits == EVERYTHING else list(interests.slugs(bits)) or ["(none carried)"]
        sets.setdefault(variant, []).append(named)
    return [
        {"interest_sets": sets.get(variant, []), "deliveries": deliveries}
        for variant, deliveries in fetch(SUM_VARIANTS, [send.pk])
    ]


def lines(send: Send) -> Iterator[dict[str, Any]]:
    """Yield one line for each candidate: their outcome, the reason, the request, the events."""
    statement = READ_LEDGER.format(
        columns=", ".join(f"delivery.{column}" for column in EVENT_COLUMNS.values())
    )
    first, last = fetch(READ_SPAN, [send.pk])[0]
    for start in range(first - 1, last, _PAGE):
        for delivery, address, state, reason, variant, batch, attempt, message_id, *times in fetch(
            statement, [start, start + _PAGE, send.pk]
        ):
            yield {
                "delivery": delivery,
                "email": address,
                "outcome": OUTCOMES.get(state, state),
                "reason": reason,
                "variant": variant,
                "batch": batch,
                "attempt": str(attempt).replace("-", "") if attempt and state != "excluded" else None,
                "message_id": message_id or None,
                "events": {
                    column.removesuffix("_at"): _moment(at)
                    for column, at in zip(EVENT_COLUMNS.values(), times, strict=True)
                    if at is not None
                },
            }


def _moment(at: dt.datetime | str) -> dt.datetime:
    """Return an instant as both databases read it in raw SQL: SQLite as text in UTC."""
    return dt.datetime.fromisoformat(str(at)).replace(tzinfo=dt.UTC) if isinstance(at, str) else at
