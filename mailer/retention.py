"""Remove what has been kept long enough: from the timetable once a day, or by hand. Twice is harmless.

No figure of a report changes by it: those are counted from the first times that stand in each delivery, and
events are what these were taken from.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction

from mailer.accounts import tidying
from mailer.database import execute, fetch, instant
from mailer.models import EventBody
from mailer.models.editions import CAN_TELL
from subscribers import changes, keeping, keeping_requests, pausing
from subscribers.models import List

log = structlog.get_logger()

BY_ITSELF = "retention"  # who of ours, where nobody asked
# So many of the list's letters must have reached somebody meanwhile, or silence says nothing about them.
FEWEST_LETTERS = 3
_PEOPLE = 1_000
_ROWS = 5_000

# Who got letters of the list all that time, any of which could have told, and gave no sign. Opens that a
# machine made hide whether anybody read: then nobody can tell, and the reader stays.
FIND_INACTIVE = f"""
SELECT subscription.id FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status = 'active' AND subscription.id > %(after)s
  AND subscriber.tracked
  AND subscription.since < %(before)s AND subscription.changed_at < %(before)s
  AND (subscriber.last_opened_at IS NULL OR subscriber.last_opened_at < %(before)s)
  AND (subscriber.last_clicked_at IS NULL OR subscriber.last_clicked_at < %(before)s)
  AND NOT EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.subscriber_id = subscriber.id
      AND (delivery.machine_opened_at >= %(before)s OR delivery.machine_clicked_at >= %(before)s)
  )
  AND (
    SELECT count(*) FROM delivery
    JOIN send ON send.id = delivery.send_id
    JOIN edition ON edition.id = send.edition_id
    JOIN variant ON variant.id = delivery.variant_id
    LEFT JOIN batch ON batch.id = delivery.batch_id
    WHERE delivery.subscriber_id = subscriber.id AND edition.list_id = %(list)s
      AND send.kind <> 'test' AND send.frozen_at >= %(before)s
      AND {CAN_TELL}
      AND coalesce(delivery.state, batch.state) = 'accepted'
  ) >= %(fewest)s
ORDER BY subscription.id LIMIT %(most)s
"""

# By their numbers, which grow as they come: the oldest are found without an index of their own.
READ_OLDEST = """
SELECT max(id), sum(CASE WHEN received_at < %(before)s THEN 1 ELSE 0 END) FROM (
  SELECT id, received_at FROM {table} WHERE id > %(after)s ORDER BY id LIMIT %(most)s
) AS oldest
"""

REMOVE_OLD = """
DELETE FROM {table} WHERE id > %(after)s AND id <= %(last)s AND received_at < %(before)s{condition}
"""

COUNT_OLD = """
SELECT count(*) FROM {table} WHERE received_at < %(before)s{condition}
"""

EVENTS, BODIES = "event", EventBody._meta.db_table  # noqa: SLF001 - the documented way to a table's name
# What waits to be applied is no history yet.
CONDITIONS = {EVENTS: "", BODIES: " AND applied_at IS NOT NULL"}


@dataclass(frozen=True)
class OfList:
    """What became of one list's people; `blind`: it wants inactive people gone, but does not track."""

    list: str
    pauses_over: int
    sign_ups_removed: int
    inactive_ended: int
    blind: bool


@dataclass(frozen=True)
class Kept:
    """What was removed, or would be; `keep_events` None: events are kept for ever."""

    lists: tuple[OfList, ...]
    events: int
    webhook_bodies: int
    keep_events: int | None
    requests: int = 0  # from pages, that can lead to nothing any more


def keep(*, now: dt.datetime, by: str = BY_ITSELF, dry_run: bool = False) -> Kept:
    """Remove sign-ups that were never confirmed, inactive people and old events, as lists and settings say.

    Killed in the middle, it goes on the next time. A dry run counts, and changes nothing.
    """
    days = settings.CONFIGURATION.keep_events
    lists = tuple(_of_list(each, now=now, by=by, dry_run=dry_run) for each in List.objects.order_by("slug"))
    counts = {EVENTS: 0, BODIES: 0}
    if days is not None:
        before = now - dt.timedelta(days=days)
        line = changes.Growing(keeping.WHAT, by=by, at=now)
        for table in counts:
            counts[table] = _old(table, before, dry_run=dry_run, note=partial(_note, line, counts, table))
    asked = keeping_requests.forget_requests(now=now, dry_run=dry_run)
    kept = Kept(lists, counts[EVENTS], counts[BODIES], days, asked)
    if not dry_run:
        tidying.forget(now=now)
        log.info(
            "retention",
            sign_ups=sum(each.sign_ups_removed for each in lists),
            inactive=sum(each.inactive_ended for each in lists),
            events=kept.events,
            webhook_bodies=kept.webhook_bodies,
            requests=kept.requests,
        )
    return kept


def _of_list(newsletter: List, *, now: dt.datetime, by: str, dry_run: bool) -> OfList:
    if dry_run:
        pauses = pausing.due(newsletter, now=now).count()
        sign_ups = keeping.unconfirmed(newsletter, now=now).count()
    else:
        pauses = pausing.resume_due(newsletter, now=now)
        sign_ups = keeping.forget_unconfirmed(newsletter, by=by, now=now)
    inactive = _inactive(newsletter, now=now, by=by, dry_run=dry_run)
    blind = newsletter.keep_inactive_days is not None and not newsletter.tracked
    return OfList(newsletter.slug, pauses, sign_ups, inactive, blind)


def _inactive(newsletter: List, *, now: dt.datetime, by: str, dry_run: bool) -> int:
    """Take off the list who gave no sign for as long as it says; return how many."""
    if newsletter.keep_inactive_days is None or not newsletter.tracked:
        return 0
    frame = {
        "list": newsletter.pk,
        "before": instant(now - dt.timedelta(days=newsletter.keep_inactive_days)),
        "fewest": FEWEST_LETTERS,
        "most": _PEOPLE,
    }
    found = ended = after = 0
    while some := [number for (number,) in fetch(FIND_INACTIVE, frame | {"after": after})]:
        found, after = found + len(some), some[-1]
        if not dry_run:
            ended += keeping.end_inactive(newsletter, some, by=by, now=now)
    return found if dry_run else ended


def _old(table: str, before: dt.datetime, *, dry_run: bool, note: Callable[[int], None]) -> int:
    """Remove the rows of a table that came before that moment, in portions; return how many.

    `note` is told how many they are so far, in the transaction of each portion.
    """
    frame = {"before": instant(before), "most": _ROWS}
    words = {"table": table, "condition": CONDITIONS[table]}
    if dry_run:
        return int(fetch(COUNT_OLD.format(**words), frame)[0][0])
    removed = after = 0
    while True:
        last, old = fetch(READ_OLDEST.format(**words), frame | {"after": after})[0]
        if not old:
            return removed
        with transaction.atomic():
            removed += execute(REMOVE_OLD.format(**words), frame | {"after": after, "last": last})
            if removed:
                note(removed)
        after = last


def _note(line: changes.Growing, counts: dict[str, int], table: str, removed: int) -> None:
    counts[table] = removed
    line.write({"events_removed": counts[EVENTS], "webhook_bodies_removed": counts[BODIES]})
