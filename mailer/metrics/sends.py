"""What became of the sends of late, summed up by send: from their batches, exceptions and tallies."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Max, Q

from mailer.database import fetch, marks
from mailer.models import Send
from mailer.reports import OUTCOMES
from mailer.tallies import reading
from mailer.thresholds import RETURNED, Sums
from mailer.vocabulary import OPEN, Measure, SendKind
from subscribers.moments import read as moment

# What a transport tells of a copy; what readers do with it is the reports' matter.
TOLD = (*RETURNED, Measure.DELIVERED, Measure.DEFERRED, Measure.COMPLAINED, Measure.UNSUBSCRIBED)

# One statement, so that one moment is seen, and candidates are what all outcomes add up to. Who was excluded
# is counted while a send is under way; of one that is over they are whoever is left. Sixty thousand of a
# million readers, counted each time for each send of a month, would be most of what a scrape takes.
SUM_OUTCOMES = """
SELECT 'batch', batch.send_id, attempt.transport, batch.state, sum(batch.n)
FROM batch LEFT JOIN attempt ON attempt.id = batch.attempt
WHERE batch.send_id IN ({marks}) AND batch.n > 0
GROUP BY batch.send_id, attempt.transport, batch.state
UNION ALL
SELECT 'delivery', send_id, NULL, state, count(*) FROM delivery
WHERE send_id IN ({marks}) AND state IN ('accepted', 'rejected', 'cancelled', 'not_confirmed')
GROUP BY send_id, state
UNION ALL
SELECT 'delivery', send_id, NULL, state, count(*) FROM delivery
WHERE send_id IN ({under_way}) AND state = 'excluded' GROUP BY send_id, state
UNION ALL
SELECT 'candidates', id, NULL, NULL, candidates FROM send WHERE id IN ({marks})
"""

SUM_UNKNOWN = """
SELECT list.slug, attempt.transport, sum(batch.n), min(batch.fired_at)
FROM batch
JOIN send ON send.id = batch.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
LEFT JOIN attempt ON attempt.id = batch.attempt
WHERE batch.state = 'unknown' AND batch.n > 0 AND send.kind <> 'test'
GROUP BY list.slug, attempt.transport
"""


@dataclass
class Summed:
    """One send: its outcomes by transport ('' where no request was made), and what came of its copies."""

    number: int
    list: str
    candidates: int = 0
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    came: dict[str, int] | None = None
    over: bool = False

    @property
    def sums(self) -> Sums:
        """Return what became of its copies that were accepted."""
        accepted = sum(n for (_, outcome), n in self.outcomes.items() if outcome == "accepted")
        return Sums(accepted, self.came)

    @property
    def unaccounted(self) -> int:
        """Return how many candidates have no outcome; less than none where some have two (I2)."""
        return self.candidates - sum(self.outcomes.values())


@dataclass(frozen=True)
class Doubt:
    """What is unknown of a list by one transport, and since when."""

    list: str
    transport: str
    readers: int
    since: dt.datetime | None


def lately(*, now: dt.datetime, days: int) -> tuple[list[Summed], set[int]]:
    """Return sends that are frozen and open, or were frozen so many days ago at most; and each list's last.

    The second value is the numbers of those that are not only there for being their list's last.
    """
    frozen = Send.objects.exclude(kind=SendKind.TEST).exclude(frozen_at=None)
    since = now - dt.timedelta(days=days)
    rows = frozen.filter(Q(frozen_at__gte=since) | Q(status__in=OPEN)).values_list("pk", flat=True)
    recent = set(rows)
    last = frozen.order_by().values("edition__list").annotate(last=Max("pk")).values_list("last", flat=True)
    return summed(recent.union(last)), recent


def summed(numbers: Collection[int]) -> list[Summed]:
    """Return the sums of these sends, the oldest first."""
    if not numbers:
        return []
    rows = Send.objects.filter(pk__in=numbers).order_by("frozen_at", "pk")
    came = told(numbers)
    found = {
        number: Summed(number, slug, came=came.get(number, {}) if tallied else None, over=status not in OPEN)
        for number, slug, tallied, status in rows.values_list(
            "pk", "edition__list__slug", "tallied", "status"
        )
    }
    # 0 is no send's number.
    under_way = [number for number, send in found.items() if not send.over] or [0]
    statement = SUM_OUTCOMES.format(marks=marks(numbers), under_way=marks(under_way))
    bound = [*numbers, *numbers, *under_way, *numbers]
    for source, number, transport, state, readers in fetch(statement, bound):
        send = found[number]
        if source == "candidates":
            send.candidates = int(readers or 0)
        else:
            key = (transport or "", OUTCOMES[state] if source == "batch" else state)
            send.outcomes[key] = send.outcomes.get(key, 0) + int(readers)
    for send in found.values():
        if send.over and send.unaccounted > 0:
            send.outcomes["", "excluded"] = send.unaccounted
    return list(found.values())


def told(numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """Return what was told of the copies of these sends, as far as it is counted and is not 0."""
    totals = reading.totals_of(numbers, TOLD)
    return {number: {each.value: n for each, n in came.items() if n} for number, came in totals.items()}


def doubts() -> list[Doubt]:
    """Return all that is unknown now, by list and transport."""
    return [
        Doubt(slug, transport or "", int(readers), moment(since) if since else None)
        for slug, transport, readers, since in fetch(SUM_UNKNOWN)
    ]
