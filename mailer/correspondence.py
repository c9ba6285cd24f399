"""What one person was sent: over all editions how many copies had which outcome, and each of them."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Q

from mailer.database import fetch
from mailer.models import Event, Link, MailDomain, Trace
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.reports import OUTCOME_ORDER, OUTCOMES
from mailer.tallies.links import CANARY, OTHER
from mailer.tallies.reasons import said
from mailer.telling.known import AT_THE_REQUEST
from mailer.vocabulary import Measure
from subscribers import moments
from subscribers.addresses import address_key, parse
from subscribers.models import Letter

COUNT_OUTCOMES = """
SELECT coalesce(delivery.state, batch.state), count(*)
FROM delivery
JOIN send ON send.id = delivery.send_id
LEFT JOIN batch ON batch.id = delivery.batch_id
WHERE send.kind <> 'test'
  AND delivery.subscriber_id = (SELECT id FROM subscriber WHERE address_key = %s)
GROUP BY coalesce(delivery.state, batch.state)
"""

# Copies by the person, and tests by the address, which may be that of one who is no subscriber.
READ_COPIES = f"""
SELECT
  delivery.id, list.slug, send.title, edition.date, send.kind, send.scheduled_at,
  coalesce(delivery.state, batch.state), delivery.reason, delivery.test_address,
  variant.subject, variant.text_only, variant.tracked, variant.language,
  attempt.fired_at, attempt.message_id,
  CASE WHEN delivery.state = 'rejected' THEN attempt.detail ELSE '' END,
  {", ".join(f"delivery.{column}" for column in EVENT_COLUMNS.values())}
FROM delivery
JOIN send ON send.id = delivery.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
LEFT JOIN variant ON variant.id = delivery.variant_id
LEFT JOIN batch ON batch.id = delivery.batch_id
LEFT JOIN attempt ON attempt.id = batch.attempt
WHERE {{whose}}
ORDER BY delivery.id
"""

# One page of them, by the index on the person.
READ_NEWEST = f"""
SELECT
  delivery.id, delivery.send_id, send.edition_id, send.title, send.kind, send.scheduled_at, list.slug,
  coalesce(delivery.state, batch.state), delivery.reason,
  {", ".join(f"delivery.{column}" for column in EVENT_COLUMNS.values())}
FROM delivery
JOIN send ON send.id = delivery.send_id
JOIN edition ON edition.id = send.edition_id
JOIN list ON list.id = edition.list_id
LEFT JOIN batch ON batch.id = delivery.batch_id
WHERE delivery.subscriber_id = %(subscriber)s AND delivery.id < %(before)s
ORDER BY delivery.id DESC LIMIT %(limit)s
"""
_NEWEST = 2**63 - 1  # above every number

_MANY = 1_000  # of one statement
OF_NO_LETTER = {OTHER: "a link that the letter does not have", CANARY: "the link that no person sees"}


def outcomes(address: str) -> dict[str, int]:
    """Return how many copies of the person who has this address had which outcome; none of a stranger.

    Raises AddressError.
    """
    counts: dict[str, int] = {}
    for state, copies in fetch(COUNT_OUTCOMES, [address_key(parse(address).canonical)]):
        outcome = str(OUTCOMES.get(state, state))
        counts[outcome] = counts.get(outcome, 0) + copies
    return {name: counts[name] for name in OUTCOME_ORDER if name in counts}


def newest(subscriber: int, *, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
    """Return a person's copies, the newest first, at most `limit`, those before the delivery `before`.

    Each is `delivery, send, edition, title, kind, scheduled_at, list, outcome, reason, first`, where `first`
    has the earliest event of each kind by its name ("machine_opened").
    """
    bound = {"subscriber": subscriber, "before": min(before or _NEWEST, _NEWEST), "limit": limit}
    return [
        {
            "delivery": number,
            "send": send,
            "edition": edition,
            "title": title,
            "kind": kind,
            "scheduled_at": moments.read(scheduled_at),
            "list": newsletter,
            "outcome": str(OUTCOMES.get(state, state)),
            "reason": reason,
            "first": _first(times),
        }
        for number, send, edition, title, kind, scheduled_at, newsletter, state, reason, *times in fetch(
            READ_NEWEST, bound
        )
    ]


def copies(subscriber: int, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return each copy of an edition that a person was meant to get, with its outcome and all that came back.

    `keys` are the hashes of the addresses that they have and had: tests went by those alone.
    """
    marks = ", ".join(["%s"] * len(keys))
    theirs = fetch(READ_COPIES.format(whose="delivery.subscriber_id = %s"), [subscriber])
    tests = fetch(
        READ_COPIES.format(
            whose="send.kind = 'test' AND delivery.subscriber_id IS NULL"
            f" AND delivery.address_key IN ({marks})"
        ),
        keys,
    )
    rows = sorted([*theirs, *tests])
    told: dict[int, list[dict[str, Any]]] = {}
    for event in _events_of([row[0] for row in rows]):
        told.setdefault(event.delivery_ref, []).append(_event(event))
    counted: dict[int, list[dict[str, Any]]] = {}
    for delivery, trace in _counted([row[0] for row in rows]):
        counted.setdefault(delivery, []).append(trace)
    return [_copy(row, told.get(row[0], []), counted.get(row[0], [])) for row in rows]


def events_without_a_copy(keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return what came back about these addresses without saying about which copy."""
    found = Event.objects.filter(delivery_ref=0, address_key__in=keys)
    return [_event(event) for event in found.order_by("at", "pk")]


def letters(subscriber: int, addresses: Collection[str]) -> list[dict[str, Any]]:
    """Return the letters to this person alone, and those to an address of theirs before they were anybody."""
    theirs = Q(subscriber=subscriber)
    for address in addresses:
        theirs |= Q(address__iexact=address)
    return [
        {
            "kind": letter.kind,
            "list": letter.list.slug if letter.list else None,
            "to": letter.address or None,
            "language": letter.language,
            "holds": letter.values,
            "written_at": letter.created_at,
            "state": letter.state,
            "left_at": letter.fired_at,
            "transport_said": letter.answer,
            "message_id": letter.message_id,
        }
        for letter in Letter.objects.filter(theirs).select_related("list").order_by("pk")
    ]


def _events_of(deliveries: Sequence[int]) -> Iterator[Event]:
    for start in range(0, len(deliveries), _MANY):
        part = deliveries[start : start + _MANY]
        yield from Event.objects.filter(delivery_ref__in=part).order_by("at", "pk")


def _counted(deliveries: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what each copy counts for beyond its row: links, reasons, domains, each at its earliest."""
    for start in range(0, len(deliveries), _MANY):
        part = deliveries[start : start + _MANY]
        found = list(Trace.objects.filter(delivery__in=part).order_by("at", "pk"))
        urls = dict(Link.objects.filter(pk__in={each.key for each in found}).values_list("pk", "url"))
        names = dict(MailDomain.objects.filter(pk__in={each.key for each in found}).values_list("pk", "name"))
        for each in found:
            which: str | None
            if each.measure == Measure.LINK:
                which = urls.get(each.key) or OF_NO_LETTER.get(each.key)
            elif each.measure.endswith("_reason"):
                which = said(each.key)
            else:
                which = names.get(each.key)
            yield (
                each.delivery_id,
                {"what": each.measure, "which": which, "by_a_machine": each.machine, "at": each.at},
            )


def _event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "at": event.at,
        "link": event.link or None,
        "by_a_machine": event.machine,
        "detail": event.detail,
        "received_at": event.received_at,
    }


def _copy(row: Sequence[Any], told: list[dict[str, Any]], counted: list[dict[str, Any]]) -> dict[str, Any]:
    _, newsletter, title, day, kind, scheduled_at, state, reason, test_address, *rest = row
    subject, text_only, tracked, language, left_at, message_id, said, *times = rest
    carried = left_at is not None and reason not in AT_THE_REQUEST
    return {
        "list": newsletter,
        "edition": title,
        "date": str(day) if day else None,
        "kind": kind,
        "to": test_address or None,
        "scheduled_at": moments.read(scheduled_at),
        "outcome": str(OUTCOMES.get(state, state)),
        "reason": reason,
        "letter": subject
        and {
            "subject": subject,
            "language": language,
            "text_only": bool(text_only),
            "counted": bool(tracked),
        },
        "left_at": moments.read(left_at) if carried else None,
        "message_id": (message_id or None) if carried else None,
        "transport_said": said or "",
        "first": _first(times),
        "events": told,
        "counted_for": counted,
    }


def _first(times: Sequence[Any]) -> dict[str, dt.datetime]:
    """Return when each kind of event came first, by the name of its column without the ending."""
    return {
        column.removesuffix("_at"): moments.read(at)
        for column, at in zip(EVENT_COLUMNS.values(), times, strict=True)
        if at is not None
    }
