"""Read how a send stands, for whoever watches it: a dozen statements, none over its deliveries one by one.

What touches deliveries reads the exceptions' index only; all else is of batches and their attempts, a
thousand of which are a million readers.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Min, Q, Sum, When

from mailer import doubts, reports
from mailer.database import fetch
from mailer.doubts import Doubt
from mailer.models import Attempt, Batch, Send, Transport
from mailer.models.editions import EVERYTHING
from mailer.reports import Ledger
from mailer.transports.chosen import transport_of
from mailer.vocabulary import AnswerKind, BatchState, SendKind, SendStatus
from mailer.watching.left import WINDOW, Course, Left, left
from mailer.watching.minutes import Asked, Deed, Entry, minutes
from subscribers.models import Change, Interest

MOST_ENTRIES = 10
# Nothing of it changes any more, but by late proof, which a reload shows.
OVER = (SendStatus.DONE, SendStatus.DONE_WITH_GAPS)
RUNNING = (SendStatus.PREPARING, SendStatus.SENDING, SendStatus.SETTLING)
TAKEN = (AnswerKind.ACCEPTED, AnswerKind.PARTLY)
_BEAT = 15  # seconds after which a running send is worth a look even if no row changed: time goes by

STAMP = """
SELECT state, count(*), sum(n), max(fired_at) FROM batch WHERE send_id = %s GROUP BY state ORDER BY state
"""


@dataclass(frozen=True)
class Pulse:
    """What the requests of a send came to: the first one's moment, and what is out of order."""

    first: dt.datetime | None
    contradictions: int
    decided: int


@dataclass(frozen=True)
class Standing:
    """A send at one moment."""

    send: Send
    status: str
    sums: Ledger
    left: Left
    pulse: Pulse
    limit: int | None  # readers a minute that the settings allow; None: no limit is set
    twice: int
    rejected: list[dict[str, Any]]
    doubts: list[Doubt]
    entries: list[Entry]
    corrections: list[Send]
    to_correct: int  # readers whose letter certainly never left, of a send that was cancelled

    @property
    def over(self) -> bool:
        """Return whether it has ended: nothing of it moves by itself any more."""
        return over(self.send)


def over(send: Send) -> bool:
    """Return whether a send has ended."""
    return send.status in OVER or (send.status == SendStatus.CANCELLED and send.finished_at is not None)


def stamp(send: Send, *, now: dt.datetime) -> str:
    """Return what names a state of a send: as long as it is the same, a page about it shows nothing new.

    Two statements: whatever changes deliveries changes their batch too, in the same transaction.
    """
    seen = [send.status, send.pause_reason, send.scheduled_at, send.frozen_at, send.finished_at]
    seen += fetch(STAMP, [send.pk])
    if not over(send):
        seen.append(int(now.timestamp()) // _BEAT)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def standing(send: Send, *, now: dt.datetime, most: int = MOST_ENTRIES) -> Standing:
    """Return how the send stands now; `most` is how many of its last minutes' entries."""
    sums = reports.ledger(send)
    pulse, accepted, since = _pulse(send, now)
    transport = transport_of(settings.CONFIGURATION).name
    course = Course(
        now=now,
        pending=sums.outcomes["pending"],
        in_flight=sums.outcomes["in_flight"],
        accepted=accepted,
        since=max(since, now - WINDOW) if since else None,
        held=_held(send, transport, now),
    )
    rates = settings.CONFIGURATION.rates.buckets(transport, now)
    return Standing(
        send=send,
        status=reports.status(send, sums),
        sums=sums,
        left=left(course),
        pulse=pulse,
        limit=round(min(bucket.rate for bucket in rates) * 60) if rates else None,
        twice=reports.twice(send) if pulse.decided else 0,
        rejected=reports.rejected(send) if sums.outcomes["rejected"] else [],
        doubts=doubts.doubts(send, wait=settings.CONFIGURATION.timings.unknown_wait)
        if sums.outcomes["unknown"]
        else [],
        entries=_minutes(send, most),
        corrections=list(send.corrections.exclude(kind=SendKind.TEST).order_by("pk")),
        to_correct=_to_correct(send),
    )


def _pulse(send: Send, now: dt.datetime) -> tuple[Pulse, int, dt.datetime | None]:
    """Return what all requests came to, and of the last ten minutes how many were accepted since when."""
    lately = Q(settled_at__gt=now - WINDOW, answer__in=TAKEN)
    found = Attempt.objects.filter(batch__send=send).aggregate(
        first=Min("fired_at"),
        contradictions=Count("contradicted_at"),
        decided=Count(Case(When(~Q(abandoned_by=""), then=F("pk")))),
        accepted=Sum("n", filter=lately),
        since=Min("fired_at", filter=lately),
    )
    pulse = Pulse(found["first"], found["contradictions"], found["decided"])
    return pulse, found["accepted"] or 0, found["since"]


def _held(send: Send, transport: str, now: dt.datetime) -> str:
    """Return why nothing of it leaves now, '' where it does."""
    match SendStatus(send.status):
        case SendStatus.PAUSED:
            return "it is paused"
        case SendStatus.SCHEDULED | SendStatus.PREPARING:
            return "it has not begun"
        case SendStatus.MISSED:
            return "its hour has passed, and nobody has said what to do"
        case SendStatus.CANCELLED:
            return "it is being cancelled"
    waits = Transport.objects.filter(pk=transport, not_before__gt=now).first()
    if waits is None or waits.not_before is None:
        return ""
    return f"the transport asked to wait until {waits.not_before.astimezone(dt.UTC):%H:%M:%S} UTC"


def _minutes(send: Send, most: int) -> list[Entry]:
    requests = Attempt.objects.filter(batch__send=send).order_by("-fired_at").select_related("batch")[:most]
    whose = variant_names(send)
    asked = [
        Asked(
            batch=request.batch_id,
            readers=request.n,
            of=whose.get(request.batch.variant_id, ""),
            fired_at=request.fired_at,
            answer=AnswerKind(request.answer) if request.answer else None,
            settled_at=request.settled_at,
            settled_by=request.settled_by,
            detail=request.detail,
        )
        for request in requests
    ]
    lines = Change.objects.filter(
        list=send.edition.list_id, subject=f"send {send.pk}", at__gte=send.created_at
    ).order_by("-pk")[:most]
    deeds = [Deed(line.at, line.who, line.what, str(line.after.get("reason") or "")) for line in lines]
    return minutes(asked, deeds, most=most)


def variant_names(send: Send) -> dict[int, str]:
    """Return whose letter each variant of a send is, by the names of their interests: “China · Russia”."""
    names = dict(Interest.objects.filter(list=send.edition.list_id).values_list("number", "name"))
    found: dict[int, str] = {}
    for variant, bits in fetch(reports.READ_SETS, [send.revision_id, send.content_hash]):
        if bits == EVERYTHING or variant in found:
            found.setdefault(variant, "everything")
            continue
        chosen = [name for number, name in names.items() if bits >> number & 1]
        found[variant] = " · ".join(chosen) or "other interests"
    return found


def _to_correct(send: Send) -> int:
    """Return how many readers of cancelled batches no correction has taken."""
    if send.status != SendStatus.CANCELLED:
        return 0
    left_over = Batch.objects.filter(send=send, state=BatchState.CANCELLED, replaced_by=None)
    return left_over.aggregate(readers=Sum("n"))["readers"] or 0
