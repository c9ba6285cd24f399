"""The health of a worker is its progress, not its process: what is due must be taken.

A process may live and do nothing; and with nothing to do, nothing is wrong.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, Min, Q, QuerySet, When
from django.db.models.functions import Coalesce

from mailer.models import Attempt, Batch, EventBody, Send
from mailer.vocabulary import BatchState, SendStatus
from subscribers.models import Letter
from subscribers.vocabulary import OutboxState

PATIENCE = 120.0  # seconds that something may be due while nothing of its kind is taken


@dataclass(frozen=True)
class Due:
    """One kind of work that is due: how much, since when, and whether any of it was taken lately."""

    one: str
    several: str
    number: int
    since: dt.datetime
    taken: bool

    def fault(self, now: dt.datetime, patience: float) -> str:
        """Return what is wrong, in one sentence, or '' where it is being taken or not late."""
        if self.taken or now - self.since <= dt.timedelta(seconds=patience):
            return ""
        what = f"1 {self.one} has" if self.number == 1 else f"{self.number:,} {self.several} have"
        since = f"{self.since.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"{what} been due since {since}, and none was taken in the last {patience:g} s"


@dataclass(frozen=True)
class Health:
    """What is due at one moment, and what is wrong with that."""

    due: tuple[Due, ...]
    faults: tuple[str, ...]

    def described(self) -> dict[str, Any]:
        """Return it in the shape of `health --json`."""
        due = [
            {"what": each.several, "number": each.number, "since": each.since, "taken_lately": each.taken}
            for each in self.due
        ]
        return {"healthy": not self.faults, "due": due, "faults": list(self.faults)}


def health(*, now: dt.datetime, patience: float = PATIENCE) -> Health:
    """Return what is due now, and what of it has been so for more than `patience` seconds untouched."""
    lately = now - dt.timedelta(seconds=patience)
    claimed = Batch.objects.filter(state__in=[BatchState.CLAIMED, BatchState.SUBMITTING], lease_until__gt=now)
    due = tuple(
        filter(
            None,
            (
                _due("send", "sends", sends(now=now), Send.objects.filter(frozen_at__gt=lately)),
                _due(
                    "batch", "batches", batches(now=now), claimed, Attempt.objects.filter(fired_at__gt=lately)
                ),
                _due("silent request", "silent requests", silent(now=now)),
                _due(
                    "webhook body",
                    "webhook bodies",
                    bodies(),
                    EventBody.objects.filter(applied_at__gt=lately),
                ),
                _due("letter", "letters", letters(now=now), Letter.objects.filter(fired_at__gt=lately)),
            ),
        )
    )
    return Health(due, tuple(filter(None, (each.fault(now, patience) for each in due))))


def sends(*, now: dt.datetime) -> QuerySet[Send]:
    """Return sends whose hour has come, each with its `since`; one that is frozen is due no longer."""
    waiting = Send.objects.filter(
        status__in=[SendStatus.SCHEDULED, SendStatus.PREPARING], scheduled_at__lte=now
    )
    return waiting.annotate(since=F("scheduled_at"))


def batches(*, now: dt.datetime) -> QuerySet[Batch]:
    """Return batches that may be claimed, or whose claim is over, each with its `since`.

    Some had to wait for their time.
    """
    waiting = Batch.objects.filter(
        Q(state=BatchState.PENDING) & (Q(not_before=None) | Q(not_before__lte=now))
        | Q(state=BatchState.CLAIMED, lease_until__lte=now),
        send__status=SendStatus.SENDING,
    )
    # A send that was paused is due again from the moment it was resumed, which gave it a new life.
    begun = F("send__useful_until") - dt.timedelta(seconds=settings.CONFIGURATION.timings.useful_life)
    # Not from one that is yet to come: the setting has changed since.
    known = Case(When(Q(begun__lte=now), then=F("begun")), default=F("send__frozen_at"))
    since = Coalesce("lease_until", "not_before", known, "send__scheduled_at")
    return waiting.annotate(begun=ExpressionWrapper(begun, DateTimeField())).annotate(since=since)


def silent(*, now: dt.datetime) -> QuerySet[Batch]:
    """Return requests that nobody can be waiting for any more, and that no sweep has called unknown."""
    timings = settings.CONFIGURATION.timings
    longest = dt.timedelta(seconds=timings.lease + timings.answer_timeout)
    over = Q(lease_until__lt=now) | Q(lease_until=None)
    waiting = Batch.objects.filter(over, state=BatchState.SUBMITTING, fired_at__lt=now - longest)
    return waiting.annotate(since=F("fired_at"))


def bodies() -> QuerySet[EventBody]:
    """Return webhook bodies that nobody has applied, each with its `since`."""
    return EventBody.objects.filter(applied_at=None).annotate(since=F("received_at"))


def letters(*, now: dt.datetime) -> QuerySet[Letter]:
    """Return letters to one person that may be claimed, each with its `since`."""
    waiting = Letter.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        state=OutboxState.PENDING,
        list__isnull=False,
    )
    return waiting.annotate(since=Coalesce("not_before", "created_at"))


def _due(one: str, several: str, waiting: QuerySet[Any], *taken: QuerySet[Any]) -> Due | None:
    """Return what waits, of which each has its `since`; None where nothing does."""
    found = waiting.aggregate(number=Count("pk"), oldest=Min("since"))
    if not found["number"]:
        return None
    return Due(one, several, found["number"], found["oldest"], any(rows.exists() for rows in taken))
