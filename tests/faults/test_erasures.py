"""Erasures while everything else goes on: nobody waits in a ring, nobody is written to, and the sums hold."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection

from mailer import batches, events, reports, sends
from mailer.models import Delivery, Send
from mailer.timetable import Instant
from subscribers import people, suppressions
from subscribers.addresses import address_key
from subscribers.amending import AmendError, Wish, amend
from subscribers.choosing import choose
from subscribers.erasing import erase
from subscribers.leaving import unsubscribe
from subscribers.lifting import LiftError, lift
from subscribers.models import Change, List, Subscriber, Suppression
from subscribers.vocabulary import Suppressed
from tests.stage import (
    EDITION,
    NOW,
    SENDGRID,
    a_frozen_send,
    a_list,
    a_reader,
    an_edition,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner() -> List:
    owner = a_list()
    for name in ("ada", "bo"):
        a_reader(owner, f"{name}@x.example")
    return owner


def test_a_request_under_way_goes_on_without_the_erased(canary: str, owner: List) -> None:
    """Erased between claim and fire, they are in no request, and the sums hold."""
    a_reader(owner, canary)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    erase(canary, by="ops", at=NOW)
    request = batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    assert request is not None
    assert request.readers == 2
    sums = reports.ledger(Send.objects.get(pk=send.pk))
    assert (sums.adds_up, sums.reasons) == (True, {"erased": 1})


def all_at_once(*workers: Iterable[Callable[[], object]]) -> list[Exception]:
    """Let each worker do its work beside the others; return what failed."""
    failed: list[Exception] = []

    def do(work: Iterable[Callable[[], object]]) -> None:
        try:
            for each in work:
                each()
        except Exception as error:  # noqa: BLE001 - whoever asked shows it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[work]) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    return failed


def test_whoever_writes_about_people_beside_their_erasure_waits_and_goes_on(owner: List) -> None:
    """Freezes, additions, choices, pauses, partings and lifts; what comes too late finds nobody."""
    addresses = [f"reader{n}@x.example" for n in range(10)]
    theirs = [a_reader(owner, address) for address in addresses]
    editions = [an_edition(owner, EDITION.replace(b"12-01", f"12-0{n}".encode())) for n in range(2, 5)]
    due = [sends.schedule(edition, Instant(NOW), by="ed", now=NOW) for edition in editions]

    def unless_gone(work: Callable[[], object]) -> Callable[[], None]:
        def do() -> None:
            with suppress(people.PersonError, AmendError, LiftError):
                work()

        return do

    def add(address: str, name: str) -> Callable[[], None]:
        return unless_gone(
            partial(people.add, owner, address, name=name, interests=["china"], consent="x", by="ops", at=NOW)
        )

    failed = all_at_once(
        [partial(sends.prepare, send.pk, now=NOW) for send in due],
        [add(address, "A") for address in addresses],
        [partial(choose, subscription, ["africa"], "page", NOW) for subscription in theirs],
        [partial(unsubscribe, subscription.pk, "one-click", NOW) for subscription in reversed(theirs)],
        [unless_gone(partial(amend, each, Wish(name="B"), how="x", by="ops", at=NOW)) for each in addresses],
        [
            work
            for address in addresses
            for key in [address_key(address)]
            for work in (
                partial(suppressions.by_hand, key, "said so", NOW, by="ops"),
                unless_gone(partial(lift, key, "said so", by="ops", at=NOW)),
            )
        ],
        [partial(erase, address, by="ops", at=NOW) for address in addresses],
    )
    assert failed == []
    assert not Subscriber.objects.filter(canonical__in=addresses).exists()
    assert list(Suppression.objects.values_list("reason", flat=True).distinct()) == ["erased"]
    for send in due:
        assert reports.ledger(Send.objects.get(pk=send.pk)).adds_up


def test_many_are_erased_while_a_send_is_under_way(owner: List) -> None:
    """On either database nobody waits for another in a ring: requests, events, erasures, all at once."""
    addresses = [f"reader{n}@x.example" for n in range(12)]
    for address in addresses:
        a_reader(owner, address)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    request = fired(batch)
    copies = {address: delivery_of(send, address) for address in addresses}
    bodies = [
        events.store(
            body_of(
                *(
                    an_event(kind, copies[address], request.attempt, at=place, email=address)
                    for place, address in enumerate(addresses[turn:] + addresses[:turn])
                )
            ),
            now=NOW,
        )
        for turn, kind in enumerate(["open", "click", "unsubscribe", "bounce"])
    ]
    workers: list[list[Callable[[], object]]] = [
        [partial(events.apply, body or 0, now=NOW) for body in bodies],
        [partial(erase, address, by="ops", at=NOW) for address in addresses[:8]],
        [partial(erase, address, by="eva", at=NOW) for address in reversed(addresses[4:])],
    ]
    assert all_at_once(*workers) == []
    assert Subscriber.objects.filter(canonical__in=addresses).count() == 0
    assert Suppression.objects.filter(reason=Suppressed.ERASED).count() == 12
    assert Delivery.objects.filter(send=send, subscriber=None).count() == 12
    for body in bodies:
        events.apply(body or 0, now=NOW)
    assert not Change.objects.exclude(what__in=["subscribers erase", "lists add"]).exclude(before={}).exists()
