"""All that is stored about one person, as they get it themselves (GDPR articles 15 and 20).

tests/test_portrait.py holds this to every column of every table: what is not in it has a reason there.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from mailer import correspondence
from mailer.erasing import names
from mailer.models import EventBody, Send, Tester
from mailer.vocabulary import SendKind
from subscribers import moving, people, suppressions
from subscribers.addresses import AddressError, address_key, mailbox, parse
from subscribers.erasing import Person
from subscribers.interests import Interests
from subscribers.models import Brake, Request, Subscriber
from subscribers.readdressing import former

# Which of our people did something is theirs to tell (GDPR article 15(4)).
_ONE_OF_US = "one of our people"


def of(person: Subscriber, *, at: dt.datetime) -> dict[str, Any]:
    """Return what is stored of a person at this moment, as JSON takes it; addresses in full."""
    addresses = tuple(dict.fromkeys((person.canonical, *former(person.pk))))
    keys = tuple(map(address_key, addresses))
    whose = Person(addresses, keys, person.pk)
    shown = people.show(person.address)
    del shown["suppression"]  # the widest of the suppressions below
    return shown | {
        "made_at": at,
        "former_addresses": list(addresses[1:]),
        "suppressions": [
            {
                "reason": row.reason,
                "list": row.list.slug if row.list else None,
                "since": row.at,
                "source": row.source,
                "lifted_at": row.lifted_at,
                "lifted_because": row.lifted_because,
            }
            for key in keys
            for row in suppressions.ever_of_address(key)
        ],
        "requests": list(map(_request, _requests(whose))),
        "changes": [
            line | {"who": line["who"] if line["who"] == moving.WHO else _ONE_OF_US}
            for line in shown["changes"]
        ],
        "letters": correspondence.letters(person.pk, addresses),
        "copies": correspondence.copies(person.pk, keys),
        "events_without_a_copy": correspondence.events_without_a_copy(keys),
        "test_lists": list(_test_lists(whose)),
        "tests_to_come": list(_tests_to_come(whose)),
        "reports_not_read_yet": list(_reports(whose)),
        "counted_against_floods": _counted((*keys, *(address_key(mailbox(one)) for one in addresses))),
    }


def _requests(whose: Person) -> Iterator[Request]:
    theirs = Q(address_key__in=whose.keys) | Q(subscriber=whose.subscriber)
    yield from Request.objects.filter(theirs).select_related("list").order_by("asked_at", "pk")


def _request(row: Request) -> dict[str, Any]:
    return {
        "what": row.kind,
        "list": row.list.slug,
        "address": row.address or None,
        "everything": row.everything,
        "interests": list(Interests.of(row.list).slugs(row.interests)),
        "counted": row.tracked,
        "current_edition": row.current,
        "language": row.language,
        "wording": row.wording,
        "network": row.network,
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "letter_at": row.written_at,
        "no_letter_because": row.kept_back,
        "used_at": row.used_at,
    }


def _test_lists(whose: Person) -> Iterator[dict[str, Any]]:
    """Yield the lists whose test letters go to an address of theirs."""
    rows = Tester.objects.filter(address_key__in=whose.keys).select_related("list").order_by("pk")
    for row in rows:
        yield {"list": row.list.slug, "address": row.address, "since": row.added_at}


def _tests_to_come(whose: Person) -> Iterator[dict[str, Any]]:
    """Yield the tests of editions that name an address of theirs and have not begun."""
    for send in Send.objects.filter(kind=SendKind.TEST, segment__isnull=False).order_by("pk"):
        for address in (send.segment or {}).get("addresses", []):
            if _canonical(address) in whose.addresses:
                yield {"edition": send.title, "to": address, "scheduled_at": send.scheduled_at}


def _reports(whose: Person) -> Iterator[dict[str, Any]]:
    """Yield what came from outside, names them, and was not taken apart into events: their part of it."""
    kept = EventBody.objects.filter(Q(applied_at=None) | ~Q(fault="")).exclude(body=b"")
    for number in kept.order_by("pk").values_list("pk", flat=True):
        body = EventBody.objects.filter(pk=number).first()
        if body is not None and names(bytes(body.body), whose):
            yield {"received_at": body.received_at, "says": _their_part(bytes(body.body), whose)}


def _their_part(body: bytes, whose: Person) -> list[Any] | None:
    """Return the items of a report that name them; None for one that nobody can read."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    items = told if isinstance(told, list) else [told]
    return [item for item in items if names(json.dumps(item, ensure_ascii=False).encode(), whose)]


def _counted(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return when letters were asked for that are limited, as long as that counts."""
    kinds = {
        f"{name} {key}": kind
        for name, kind in (
            ("letters to", "letters to"),
            ("links to", "links to"),
            ("letters to mailbox", "letters to"),
        )
        for key in keys
    }
    return [
        {
            "what": f"{kinds[row.name]} this address",
            "at": [dt.datetime.fromtimestamp(float(moment), dt.UTC) for moment in row.times],
            "kept_until": row.keep_until,
        }
        for row in Brake.objects.filter(name__in=kinds).order_by("name")
    ]


def _canonical(address: str) -> str:
    try:
        return parse(address).canonical
    except AddressError:
        return ""
