"""What a person's page says of them: values in, words out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mailer.charts import drawing
from mailer.telling.words import EVENTS, REASONS
from mailer.vocabulary import EventKind, Reason
from subscribers.lifting import WHY
from subscribers.models import Subscriber, Subscription
from subscribers.vocabulary import Status, Suppressed
from subscribers.wording import differences, evidence

# What happened to a copy, the gravest first: one word in a table.
_GRAVEST = (
    *(EventKind.COMPLAINED, EventKind.UNSUBSCRIBED, EventKind.BOUNCED, EventKind.DROPPED, EventKind.BLOCKED),
    *(EventKind.CLICKED, EventKind.OPENED, EventKind.DELIVERED, EventKind.DEFERRED, EventKind.PROCESSED),
)


@dataclass(frozen=True)
class Interest:
    """One interest of a list as the form offers it."""

    slug: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """What a person chose of a list they are on, and what they could choose; `colours` by slug."""

    list: str
    name: str
    status: str
    everything: bool
    interests: tuple[Interest, ...]
    colours: dict[str, int]
    since: dt.datetime
    paused_until: dt.datetime | None

    @property
    def chosen(self) -> tuple[Interest, ...]:
        """Return the interests they have, the retired among them too."""
        return tuple(interest for interest in self.interests if interest.chosen)


def choices(person: Subscriber) -> list[Choice]:
    """Return what a person chose, list by list."""
    theirs = Subscription.objects.filter(subscriber=person).select_related("list")
    return [_choice(row) for row in theirs.prefetch_related("list__interests").order_by("list__slug")]


def _choice(row: Subscription) -> Choice:
    interests = list(row.list.interests.all())
    return Choice(
        list=row.list.slug,
        name=row.list.name,
        status=row.status,
        everything=row.everything,
        interests=tuple(
            Interest(one.slug, one.name, bool(row.interests >> one.number & 1))
            for one in interests
            if one.retired_at is None or row.interests >> one.number & 1
        ),
        colours={one.slug: drawing.colour(place) for place, one in enumerate(interests)},
        since=row.since,
        paused_until=row.paused_until,
    )


def lead(shown: dict[str, Any]) -> str:
    """Return how things stand with a person, in one sentence."""
    name = shown["name"] or "This person"
    barred = shown["suppression"]
    if barred and barred["everywhere"]:
        return f"{name} gets nothing: {WHY[Suppressed(barred['reason'])]}."
    by_status: dict[str, list[str]] = {}
    for row in shown["subscriptions"]:
        by_status.setdefault(row["status"], []).append(row["list"])
    words = {
        Status.ACTIVE: "reads",
        Status.PAUSED: "has paused",
        Status.PENDING: "has not confirmed yet",
        Status.UNSUBSCRIBED: "has left",
    }
    parts = [f"{word} {_and(by_status[status])}" for status, word in words.items() if status in by_status]
    but = f", but must not be written to by {_and(barred['lists'])}" if barred else ""
    return f"{name} {_and(parts) or 'is on no list'}{but}."


def lines(consents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of evidence, the newest first, each with what it says of the change."""
    return [line | {"what": evidence(line["detail"])} for line in reversed(list(consents))]


def changed(line: dict[str, Any]) -> str:
    """Return what a line of the audit log says was changed."""
    return "; ".join(differences(line["before"], line["after"]))


def became(copy: dict[str, Any]) -> str:
    """Return what became of a copy, as far as anything came back: "they opened it"; '' for nothing."""
    known = next((kind for kind in _GRAVEST if kind.value in copy["first"]), None)
    return EVENTS[known] if known else ""


def because(copy: dict[str, Any]) -> str:
    """Return why a copy did not leave; '' where it did, or nobody said."""
    return REASONS[Reason(copy["reason"])] if copy["reason"] else ""


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
