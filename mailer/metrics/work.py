"""What is due, since when, and when work of each kind was last done; due is what `mailer health` calls so."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet

from mailer import progress, pulse
from mailer.metrics.families import SWEEP
from mailer.models import Batch, EventBody, Glimpse, Send
from mailer.vocabulary import SendStatus
from subscribers.models import Letter

# Glimpses are counted up to so many: whoever has more is behind, and need not know by how much.
MOST_GLIMPSES = 100_000
# Of rows that have no index by their time, the newest so many are looked at.
NEWEST, NEWEST_SENDS = 1_000, 10


@dataclass(frozen=True)
class Due:
    """Work of one kind that is due, of one list ('': of none)."""

    work: str
    list: str
    number: int
    since: dt.datetime


def due(*, now: dt.datetime) -> list[Due]:
    """Return what is due."""
    return [
        *_of("send", progress.sends(now=now), "edition__list__slug"),
        *_of("batch", progress.batches(now=now), "send__edition__list__slug"),
        *_of("silent_request", progress.silent(now=now), "send__edition__list__slug"),
        *_of("letter", progress.letters(now=now), "list__slug"),
        *_together("event_body", progress.bodies()),
        *_together(
            "glimpse", Glimpse.objects.annotate(since=F("at")).order_by("pk").values("since")[:MOST_GLIMPSES]
        ),
    ]


# Kinds of work that are about a list, and those that are about none.
OF_LISTS = ("send", "batch", "silent_request", "letter")
OF_NONE = ("event_body", "glimpse")


def done() -> dict[str, dt.datetime]:
    """Return when work of each kind was last done; a kind that never was is not there."""
    frozen = Send.objects.exclude(frozen_at=None)
    newest = {
        *frozen.order_by("-pk").values_list("pk", flat=True)[:NEWEST_SENDS],
        *frozen.filter(status=SendStatus.SENDING).values_list("pk", flat=True),
    }
    letters, bodies = Letter.objects.order_by("-pk")[:NEWEST], EventBody.objects.order_by("-pk")[:NEWEST]
    found = {
        "send": Send.objects.filter(pk__in=newest).aggregate(at=Max("frozen_at"))["at"],
        "batch": Batch.objects.filter(send__in=newest).aggregate(at=Max("fired_at"))["at"],
        "letter": letters.aggregate(at=Max("fired_at"))["at"],
        "event_body": bodies.aggregate(at=Max("applied_at"))["at"],
        SWEEP: pulse.last_sweep(),
    }
    return {work: at for work, at in found.items() if at is not None}


def _of(work: str, waiting: QuerySet[Any], slug: str) -> list[Due]:
    rows = waiting.order_by().values(slug).annotate(number=Count("pk"), oldest=Min("since"))
    return [Due(work, row[slug], row["number"], row["oldest"]) for row in rows]


def _together(work: str, waiting: QuerySet[Any]) -> list[Due]:
    found = waiting.aggregate(number=Count("*"), oldest=Min("since"))
    return [Due(work, "", found["number"], found["oldest"])] if found["number"] else []
