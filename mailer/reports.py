"""The ledger of a send, in numbers and line by line: computed from the rows, never counted along."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mailer.database import fetch, marks
from mailer.models import Attempt, Batch, Send
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.models.editions import EVERYTHING
from mailer.tallies import reading, untold
from mailer.tallies.counts import COPIES
from mailer.telling.known import AT_THE_REQUEST
from mailer.vocabulary import BatchState, SendKind, SendStatus
from subscribers.interests import Interests
from subscribers.moments import read as moment

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

# A send that was cancelled while a request was under way, as people see it until that is answered.
CANCELLING = "cancelling"

# One statement, so that one moment is seen: the batches, the exceptions, and the count they must equal.
SUM_OUTCOMES = """
SELECT 'batch', state, NULL, sum(n) FROM batch WHERE send_id = %(send)s AND n > 0 GROUP BY state
UNION ALL
SELECT 'delivery', state, reason, count(*) FROM delivery
WHERE send_id = %(send)s AND state IS NOT NULL GROUP BY state, reason
UNION ALL
SELECT 'candidates', NULL, NULL, candidates FROM send WHERE id = %(send)s
"""

# The same of several sends, without reasons.
SUM_SEVERAL = """
SELECT 'batch', send_id, state, sum(n) FROM batch WHERE send_id IN ({marks}) AND n > 0 GROUP BY send_id, state
UNION ALL
SELECT 'delivery', send_id, state, count(*) FROM delivery
WHERE send_id IN ({marks}) AND state IS NOT NULL GROUP BY send_id, state
UNION ALL
SELECT 'candidates', id, NULL, candidates FROM send WHERE id IN ({marks})
"""

# Readers of whom more than one request may have been taken, which only a decision to send again can cause.
# `again`: batches that were sent again and whose own request was not refused; proof may have closed them
# since, and so are batches of which SMTP kept nobody, but for those a child in doubt has the same attempt.
# `copies`: of how many of them a batch below has its readers. Its own request counts unless it was refused,
# and for as many readers as it had: who was left out of it may be called accepted later, by other proof.
_AGAIN = """
  SELECT batch.id FROM batch JOIN attempt ON attempt.id = batch.attempt
  WHERE batch.send_id = %(send)s AND batch.state IN ('resent', 'closed')
    AND (attempt.answer IS NULL OR attempt.answer IN ('accepted', 'unknown', 'partly'))
    AND (
      batch.state = 'resent'
      OR (
        batch.state = 'closed' AND attempt.abandoned_by <> '' AND NOT EXISTS (
          SELECT 1 FROM batch AS doubted
          WHERE doubted.parent_id = batch.id AND doubted.attempt = batch.attempt
        )
      )
    )
"""

SUM_TWICE = f"""
WITH RECURSIVE again AS ({_AGAIN}),
below AS (
  SELECT batch.id, 1 AS copies FROM batch JOIN again ON again.id = batch.parent_id
  UNION
  SELECT batch.id, below.copies + CASE WHEN below.id IN (SELECT id FROM again) THEN 1 ELSE 0 END
  FROM batch JOIN below ON below.id = batch.parent_id
),
held AS (
  SELECT
    below.copies, attempt.n AS asked, count(*) AS everybody,
    sum(CASE WHEN delivery.state IS NULL OR delivery.state = 'accepted' THEN 1 ELSE 0 END) AS carried
  FROM (SELECT id, max(copies) AS copies FROM below GROUP BY id) AS below
  JOIN batch ON batch.id = below.id
  JOIN delivery ON delivery.batch_id = below.id
  LEFT JOIN attempt ON attempt.id = batch.attempt
    AND (attempt.answer IS NULL OR attempt.answer IN ('accepted', 'unknown', 'partly'))
  GROUP BY below.id, below.copies, attempt.n
)
SELECT coalesce(sum(
  CASE
    WHEN copies > 1 THEN everybody
    WHEN asked IS NULL THEN 0
    WHEN carried > asked THEN asked
    ELSE carried
  END
), 0) FROM held
"""

# Nothing was ever sent again of most sends, and then no copy need be looked at.
ASK_AGAIN = f"{_AGAIN} LIMIT 1"

# How many addresses the transport refused, by its own words about them.
COUNT_REJECTED = """
SELECT attempt.detail, count(*) FROM delivery
LEFT JOIN batch ON batch.id = delivery.batch_id
LEFT JOIN attempt ON attempt.id = batch.attempt
WHERE delivery.send_id = %s AND delivery.state = 'rejected'
GROUP BY attempt.detail ORDER BY count(*) DESC, attempt.detail
"""

# Of a corrected send: who certainly never got the first text, and whose request may have left. The first are
# the same readers before the correction takes them, and after.
COUNT_CORRECTED = """
SELECT batch.state = 'cancelled', count(*) FROM delivery JOIN batch ON batch.id = delivery.batch_id
WHERE batch.send_id = %(corrects)s AND (
  (batch.state = 'cancelled' AND (batch.replaced_by_id IS NULL OR batch.replaced_by_id = %(send)s)
    AND (delivery.state IS NULL OR delivery.state = 'cancelled'))
  OR (batch.state IN ('submitting', 'unknown') AND delivery.state IS NULL)
)
GROUP BY batch.state = 'cancelled'
"""

SUM_VARIANTS = """
SELECT variant.id, variant.hash, held.deliveries FROM variant
JOIN (
    SELECT variant_id, count(*) AS deliveries FROM delivery
    WHERE send_id = %s AND variant_id IS NOT NULL GROUP BY variant_id
) held ON held.variant_id = variant.id
ORDER BY variant.id
"""

# The same of those that were accepted alone, and no other exception is read.
SUM_ACCEPTED = """
SELECT send_id, sum(readers) FROM (
  SELECT send_id, n AS readers FROM batch WHERE send_id IN ({marks}) AND state = 'accepted'
  UNION ALL
  SELECT send_id, count(*) FROM delivery WHERE send_id IN ({marks}) AND state = 'accepted' GROUP BY send_id
) AS taken GROUP BY send_id
"""

READ_SETS = """
SELECT variant_id, interests FROM variant_set
WHERE revision_id = %s AND content_hash = %s ORDER BY variant_id, interests
"""

READ_LEDGER = """
SELECT
  delivery.id, coalesce(subscriber.address, nullif(delivery.test_address, '')),
  coalesce(delivery.state, batch.state), delivery.reason,
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


def ledgers(sends: Iterable[int]) -> dict[int, Ledger]:
    """Return the sums of several sends by their numbers, in one statement; reasons are left out."""
    numbers = list(sends)
    if not numbers:
        return {}
    outcomes = {number: dict.fromkeys(OUTCOME_ORDER, 0) for number in numbers}
    candidates: dict[int, int | None] = {}
    for source, number, state, readers in fetch(SUM_SEVERAL.format(marks=marks(numbers)), numbers * 3):
        if source == "candidates":
            candidates[number] = readers
        else:
            outcomes[number][OUTCOMES[state] if source == "batch" else state] += int(readers)
    return {number: Ledger(candidates.get(number), outcomes[number], {}) for number in numbers}


def accepted(sends: Collection[int]) -> dict[int, int]:
    """Return how many copies of several sends were accepted, by their numbers; none is left out as 0."""
    if not sends:
        return {}
    rows = fetch(SUM_ACCEPTED.format(marks=marks(sends)), [*sends] * 2)
    return {number: int(readers) for number, readers in rows}


def described(send: Send) -> dict[str, Any]:
    """Return the send in the shape of `sends show --json`."""
    sums = ledger(send)
    return {
        "id": send.pk,
        "edition": send.edition_id,
        "kind": send.kind,
        "corrects": send.corrects_id,
        "segment": (send.segment or {}).get("slug"),
        "status": status(send, sums),
        "scheduled_at": send.scheduled_at,
        "pause_reason": send.pause_reason or None,
        "candidates": sums.candidates or 0,
        **sums.outcomes,
        "possibly_twice": twice(send),
        "contradictions": Attempt.objects.filter(batch__send=send).exclude(contradicted_at=None).count(),
        "excluded_reasons": sums.reasons,
        "rejected_words": rejected(send) if sums.outcomes["rejected"] else [],
        "events": events(send),
        "variants": variants(send),
    }


def status(send: Send, sums: Ledger) -> str:
    """Return the send's status as people see it: cancelled only when nothing is in flight any more."""
    if send.status == SendStatus.CANCELLED and sums.outcomes["in_flight"]:
        return CANCELLING
    return send.status


def statuses(sends: Iterable[Send]) -> dict[int, str]:
    """Return the same of several sends, by their numbers, without their sums."""
    known = {send.pk: str(send.status) for send in sends}
    cancelled = [number for number, said in known.items() if said == SendStatus.CANCELLED]
    in_flight = Batch.objects.filter(send__in=cancelled, state=BatchState.SUBMITTING, n__gt=0)
    return known | dict.fromkeys(in_flight.values_list("send", flat=True), CANCELLING)


def twice(send: Send) -> int:
    """Return how many readers may have it twice, by a decision to send again."""
    if not fetch(ASK_AGAIN, {"send": send.pk}):
        return 0
    return int(fetch(SUM_TWICE, {"send": send.pk})[0][0])


def rejected(send: Send) -> list[dict[str, Any]]:
    """Return what the transport said of the addresses it refused, and of how many it said so."""
    return [{"words": words or "", "readers": readers} for words, readers in fetch(COUNT_REJECTED, [send.pk])]


@dataclass(frozen=True)
class Corrected:
    """Whom a correction takes, and who may have the first text and is left in peace."""

    taken: int
    in_doubt: int


def corrected(correction: Send) -> Corrected:
    """Return how far a correction reaches; those who left or were suppressed since count too."""
    counts = fetch(COUNT_CORRECTED, {"send": correction.pk, "corrects": correction.corrects_id})
    readers = {bool(cancelled): n for cancelled, n in counts}
    return Corrected(readers.get(True, 0), readers.get(False, 0))


def listing(*, limit: int = 50, before: int | None = None, tests: bool = False) -> list[dict[str, Any]]:
    """Return at most `limit` sends, newest first, in the shape of `sends ls --json`.

    `before` is the number of a send: older ones only. Tests are left out unless `tests`.
    """
    found = Send.objects.select_related("edition").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    if not tests:
        found = found.exclude(kind=SendKind.TEST)
    shown = list(found[:limit])
    sums = ledgers(send.pk for send in shown)
    return [
        {
            "id": send.pk,
            "edition": send.edition_id,
            "title": send.title,
            "status": status(send, sums[send.pk]),
            "scheduled_at": send.scheduled_at,
            "candidates": sums[send.pk].candidates or 0,
            **{name: sums[send.pk].outcomes[name] for name in ("accepted", "excluded", "unknown")},
            "kind": send.kind,
        }
        for send in shown
    ]


def events(send: Send) -> dict[str, int | None]:
    """Return how many copies had at least one event of each kind, machines apart from people.

    None: not measured, as in the send's report.
    """
    totals = reading.totals_of([send.pk], COPIES)
    told = untold.told([send], totals, untold.BY_ANY_TRANSPORT)[send.pk]
    unread = frozenset() if untold.counted([send.pk]) else untold.BY_READERS
    return {measure.value: None if measure in unread else n for measure, n in told.items()}


def variants(send: Send) -> list[dict[str, Any]]:
    """Return each variant's number, hash, sets of interests, and how many deliveries it has.

    The hash is SHA-256 of subject, HTML and text, as X-Content-SHA256 in the letter's head says it.
    An empty set is everything; `(none carried)` marks readers none of whose interests the edition carries.
    """
    interests = Interests.of(send.edition.list)
    sets: dict[int, list[list[str]]] = {}
    for variant, bits in fetch(READ_SETS, [send.revision_id, send.content_hash]):
        named = [] if bits == EVERYTHING else list(interests.slugs(bits)) or ["(none carried)"]
        sets.setdefault(variant, []).append(named)
    return [
        {
            "variant": variant,
            "sha256": content,
            "interest_sets": sets.get(variant, []),
            "deliveries": deliveries,
        }
        for variant, content, deliveries in fetch(SUM_VARIANTS, [send.pk])
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
            carried = reason not in AT_THE_REQUEST
            yield {
                "delivery": delivery,
                "email": address,
                "outcome": OUTCOMES.get(state, state),
                "reason": reason,
                "variant": variant,
                "batch": batch,
                "attempt": str(attempt).replace("-", "") if attempt and carried else None,
                "message_id": message_id if message_id and carried else None,
                "events": {
                    column.removesuffix("_at"): moment(at)
                    for column, at in zip(EVENT_COLUMNS.values(), times, strict=True)
                    if at is not None
                },
            }
