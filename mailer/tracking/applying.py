"""What was noted, applied as the events it is: in bulk, each once, in any order."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from mailer import events
from mailer.database import fetch, locking
from mailer.models import Delivery, Glimpse
from mailer.tallies.links import CANARY
from mailer.tracking.noting import links_of
from mailer.tracking.rewriting import canary
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Told
from subscribers.moments import read as moment

SOURCE = "own"
MOST = 2_000  # in one transaction

# Whoever applies beside us takes others, and nobody waits.
TAKE = """
DELETE FROM glimpse
WHERE id IN (SELECT id FROM glimpse WHERE id <= %s ORDER BY id LIMIT %s{lock})
RETURNING delivery_ref, link, machine, agent, at
"""

Row = tuple[int, int | None, bool, int, dt.datetime | str]


def waiting() -> list[int]:
    """Return the number of the newest that waits to be applied, or nothing."""
    newest = Glimpse.objects.aggregate(newest=Max("pk"))["newest"]
    return [] if newest is None else [newest]


def apply_until(newest: int, *, now: dt.datetime) -> int:
    """Apply all that was noted up to a number, and return how much that was."""
    done = 0
    while taken := apply(now=now, newest=newest):
        done += taken
    return done


def apply(*, now: dt.datetime, most: int = MOST, newest: int = 2**63 - 1) -> int:
    """Apply the oldest `most` that wait, in one transaction; return how many were taken.

    About a copy that is gone meanwhile there is nothing to say, and nothing is kept.
    """
    with transaction.atomic():
        rows = fetch(TAKE.format(lock=locking("UPDATE SKIP LOCKED")), [newest, most])
        if rows:
            events.take(_told(rows), source=SOURCE, now=now)
    return len(rows)


def _told(rows: Iterable[Row]) -> list[Told]:
    """Put what was noted into the words of events."""
    found = list(rows)
    copies = Delivery.objects.filter(pk__in={row[0] for row in found}, variant__isnull=False)
    links = {
        delivery: links_of(variant, written)
        for delivery, variant, written in copies.values_list("pk", "variant", "variant__hash")
    }
    return [
        Told(
            kind=EventKind.OPENED if place is None else EventKind.CLICKED,
            at=moment(at),
            address="",
            delivery=delivery,
            link="" if place is None else _address(links[delivery], place),
            machine=bool(machine),
            agent=agent,
            proven=True,
        )
        for delivery, place, machine, agent, at in found
        if delivery in links
    ]


def _address(links: tuple[str, ...], place: int) -> str:
    """Return where a link leads; the one that no person sees has one address for all readers."""
    return canary(settings.CONFIGURATION.base_url) if place == CANARY else links[place]
