"""What became of the sends of late, summed up by send: from their batches, exceptions and tallies."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Max, Q

from mailer.database import fetch, marks
from mailer.models import Send
from mailer.reports import OUTCOMES
from mailer.tallies import reading, untold
from mailer.thresholds import HELD_AGAINST, Limits, Told, limits
from mailer.vocabulary import OPEN, Measure, SendKind
from subscribers.moments import read as moment

# What a transport tells of a copy; what readers do with it is the reports' matter.
TOLD = (*HELD_AGAINST, Measure.DELIVERED, Measure.DEFERRED)
ASKED = (*TOLD, Measure.PROCESSED)  # which tells a service from a relay

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
    told: Told = field(default_factory=dict)
    over: bool = False

    @property
    def limits(self) -> Limits:
        """Return what was told of its copies that were accepted beside the limits."""
        accepted = sum(n for (_, outcome), n in self.outcomes.items() if outcome == "accepted")
        return limits(self.told, accepted=accepted)

    @property
    def transport(self) -> str:
        """Return by which transport most of it went; '' where no request was made."""
        by: Counter[str] = Counter()
        for (name, _), readers in self.outcomes.items():
            by[name] += readers if name else 0
        return max(by, key=lambda name: (by[name], name), default="")

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
    sends = Send.objects.filter(pk__in=numbers).select_related("edition__list").order_by("frozen_at", "pk")
    rows = list(sends)
    told = untold.told(rows, reading.totals_of(numbers, ASKED), untold.BY_ANY_TRANSPORT)
    found = {
        row.pk: Summed(row.pk, row.edition.list.slug, told=told[row.pk], over=row.status not in OPEN)
        for row in rows
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


def doubts() -> list[Doubt]:
    """Return all that is unknown now, by list and transport."""
    return [
        Doubt(slug, transport or "", int(readers), moment(since) if since else None)
        for slug, transport, readers, since in fetch(SUM_UNKNOWN)
    ]
