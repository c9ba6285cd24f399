"""Two at once, on connections of their own: the rows decide, whoever comes first."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from mailer import batches, events, reports, sends
from mailer.batches import firing
from mailer.models import Batch, Delivery, Event, EventBody, Send
from mailer.transports.answers import NotAccepted, Unknown
from subscribers.leaving import unsubscribe
from subscribers.models import Suppression
from tests.provider import Provider, provider, says
from tests.stage import (
    NOW,
    SENDGRID,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    an_event,
    batches_of,
    body_of,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(hours=2)


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[Any]]]:
    """Run something in a thread with a connection of its own."""
    with ThreadPoolExecutor(8) as pool:

        def run(work: Callable[..., Any], *arguments: object, **named: object) -> Future[Any]:
            def alone() -> object:
                try:
                    return work(*arguments, **named)
                finally:
                    connection.close()

            return pool.submit(alone)

        yield run


@pytest.fixture
def sendgrid(settings: Settings) -> Iterator[Provider]:
    with provider(says(202, X_Message_Id="m1")) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION, sendgrid_api_key="SG.test", sendgrid_api_url=server.url
        )
        yield server


class Firing:
    """A worker stopped in T2, its locks held, its readers not yet read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        read = firing._readers

        def wait_and_read(batch: Batch) -> Any:  # noqa: ANN401 - as it is
            self.reached.set()
            assert self.go_on.wait(30)
            return read(batch)

        monkeypatch.setattr(firing, "_readers", wait_and_read)


def a_claimed_batch(count: int = 3) -> tuple[Batch, Any]:
    owner = a_list()
    readers(owner, count)
    (batch,) = batches_of(a_frozen_send(owner))
    return batch, batches.claim(batch.pk, now=NOW, lease=60)


def test_a_cancel_commits_wholly_before_or_wholly_after_the_point_of_no_return(
    beside: Callable[..., Future[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5: while T2 holds the send, the cancel waits; it is shown only once the batch is in flight."""
    batch, attempt = a_claimed_batch()
    firing = Firing(monkeypatch)
    fired = beside(batches.fire, batch.pk, attempt, SENDGRID, now=NOW)
    assert firing.reached.wait(30)
    cancelled = beside(Send.objects.filter(pk=batch.send_id).update, status="cancelled")
    with pytest.raises(TimeoutError):
        cancelled.result(0.3)
    firing.go_on.set()
    assert fired.result(30) is not None
    assert cancelled.result(30) == 1
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is None


def test_a_cancel_that_came_first_fires_nothing(beside: Callable[..., Future[Any]]) -> None:
    batch, attempt = a_claimed_batch()
    beside(Send.objects.filter(pk=batch.send_id).update, status="cancelled").result(30)
    assert beside(batches.fire, batch.pk, attempt, SENDGRID, now=NOW).result(30) is None


def test_who_leaves_before_the_readers_are_read_is_left_out(
    beside: Callable[..., Future[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I4. On SQLite the leaving waits for T2; on PostgreSQL it need not, and T2 sees it."""
    batch, attempt = a_claimed_batch()
    firing = Firing(monkeypatch)
    fired = beside(batches.fire, batch.pk, attempt, SENDGRID, now=NOW)
    assert firing.reached.wait(30)
    delivery = Delivery.objects.order_by("pk").select_related("subscriber").first()
    assert delivery is not None
    assert delivery.subscriber is not None
    subscription = delivery.subscriber.subscriptions.get().pk
    left = beside(unsubscribe, subscription, "one-click", NOW)
    if connection.vendor == "postgresql":
        assert left.result(30)
    firing.go_on.set()
    assert fired.result(30).readers == (2 if connection.vendor == "postgresql" else 3)
    assert left.result(30)
    assert reports.ledger(batch.send).adds_up


def test_eight_workers_for_one_batch_make_one_request(
    beside: Callable[..., Future[Any]], sendgrid: Provider
) -> None:
    owner = a_list()
    readers(owner, 5)
    (batch,) = batches_of(a_frozen_send(owner))
    for work in [beside(sends.deliver, batch.pk, now=NOW) for _ in range(8)]:
        work.result(60)
    assert len(sendgrid.asked) == 1
    batch.refresh_from_db()
    assert batch.state == "accepted"


def test_two_sends_of_an_edition_frozen_at_once_write_to_nobody_twice(
    beside: Callable[..., Future[Any]],
) -> None:
    """And each of them is frozen once, however many ask (I12)."""
    owner = a_list()
    readers(owner, 40)
    edition = an_edition(owner)
    both = [a_send(edition), a_send(edition)]
    for work in [beside(sends.prepare, send.pk, now=NOW) for send in both * 3]:
        work.result(60)
    held = [delivery.address_key for delivery in Delivery.objects.filter(state=None)]
    assert len(held) == len(set(held)) == 40
    assert Delivery.objects.count() == 80
    for send in both:
        assert reports.ledger(sends.find(send.pk)).adds_up


def test_bodies_about_the_same_readers_in_opposite_order_never_wait_for_each_other_in_a_ring(
    beside: Callable[..., Future[Any]],
) -> None:
    owner = a_list()
    for n in range(30):
        a_reader(owner, f"reader{n}@x.example")
    (batch,) = batches_of(a_frozen_send(owner))
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    copies = list(Delivery.objects.order_by("pk"))
    numbers = []
    for kind, order in (
        ("bounce", copies),
        ("spamreport", copies[::-1]),
        ("open", copies),
        ("click", copies[::-1]),
    ):
        told = [an_event(kind, copy, attempt, at=n) for n, copy in enumerate(order)]
        numbers.append(events.store(body_of(*told), now=NOW))
    for work in [beside(events.apply, number, now=NOW) for number in numbers * 2]:
        work.result(60)
    assert not EventBody.objects.filter(applied_at=None).exists()
    assert Event.objects.count() == 120
    assert Suppression.objects.count() == 60


def test_proof_of_the_first_copy_waits_for_the_second_ones_point_of_no_return(
    beside: Callable[..., Future[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And for whom it leaves in a batch beside it: nobody is lost, counted twice, or waited for in a ring."""
    batch, attempt = a_claimed_batch()
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    batches.settle(batch.pk, attempt, Unknown("no answer"), now=NOW)
    assert batches.resend(batch.pk, by="ann", now=LATER, wait=1800) == 3
    again = Batch.objects.get(parent=batch)
    second = batches.claim(again.pk, now=LATER, lease=60)
    firing = Firing(monkeypatch)
    one = batches.Limits(1, {})
    fired = beside(batches.fire, again.pk, second, SENDGRID, now=LATER, limits=one)
    assert firing.reached.wait(30)
    proved = beside(batches.prove, {attempt: set()}, now=LATER)
    with pytest.raises(TimeoutError):
        proved.result(0.3)
    firing.go_on.set()
    assert fired.result(30).readers == 1
    proved.result(30)
    assert reports.ledger(batch.send).outcomes["accepted"] == 3
    assert reports.ledger(batch.send).adds_up
    again.refresh_from_db()
    assert (again.state, again.n, again.attempt) == ("submitting", 0, second)
    assert batches.due(now=LATER, most=9) == []


def test_a_send_is_not_called_settling_while_a_refusal_gives_readers_back(
    beside: Callable[..., Future[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would wait for ever: nothing is claimed of a send that is settling."""
    batch, attempt = a_claimed_batch()
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    batches.doubt(now=LATER, after=120)
    reached, go_on = threading.Event(), threading.Event()

    def wait_before_the_commit(point: str) -> None:
        if point == "settle.before_commit":
            reached.set()
            assert go_on.wait(30)

    monkeypatch.setattr("mailer.faultpoints._pull", wait_before_the_commit)
    refused = beside(batches.settle, batch.pk, attempt, NotAccepted("held up"), now=LATER)
    assert reached.wait(30)
    finished = beside(sends.finish, batch.send_id, now=LATER)
    if connection.vendor == "postgresql":
        with pytest.raises(TimeoutError):
            finished.result(0.3)
    go_on.set()
    assert refused.result(30)
    finished.result(30)
    assert Send.objects.get().status == "sending"
    assert batches.due(now=LATER + dt.timedelta(minutes=1), most=9) == [batch.pk]
