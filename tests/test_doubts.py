"""What is known of a send's unknown batches."""

import datetime as dt

import pytest

from mailer import batches, events
from mailer.doubts import described, doubts
from mailer.models import Batch, Delivery, Send
from mailer.transports.answers import Unknown
from tests.stage import (
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

WAIT = 1800.0
LATER = NOW + dt.timedelta(minutes=1)


def of(send: Send, n: int) -> Batch:
    return next(batch for batch in batches_of(send) if batch.n == n)


@pytest.fixture
def send() -> Send:
    """A send of two batches: two readers whose request met a 502, and ada, who waits."""
    owner = a_list()
    readers(owner, 2, ["africa"])
    a_reader(owner, "ada@x.example")
    made = a_frozen_send(owner)
    batch = of(made, 2)
    request = fired(batch)
    batches.settle(batch.pk, request.attempt, Unknown("Bad Gateway", 502), now=NOW)
    return made


def heard(kind: str, copy: Delivery, attempt: object, at: dt.datetime) -> None:
    number = events.store(body_of(an_event(kind, copy, attempt)), now=at)  # type: ignore[arg-type]  # a UUID
    assert number is not None
    events.apply(number, now=at)


def test_a_doubt_says_what_was_said_and_when_it_may_be_decided(send: Send) -> None:
    (doubt,) = doubts(send, wait=WAIT)
    assert (doubt.readers, doubt.proved, doubt.status, doubt.said) == (2, 0, 502, "Bad Gateway")
    assert (doubt.transport, doubt.fired_at, doubt.heard_at) == ("sendgrid", NOW, None)
    at = NOW + dt.timedelta(seconds=WAIT)
    assert doubt.decidable_at == at
    assert not doubt.decidable(at)
    assert doubt.decidable(at + dt.timedelta(seconds=1))
    assert described(doubt, now=NOW)["decidable"] is False


def test_what_may_be_decided_is_what_a_decision_takes(send: Send) -> None:
    (doubt,) = doubts(send, wait=WAIT)
    for seconds in (-1, 0, 1):
        now = doubt.decidable_at + dt.timedelta(seconds=seconds)
        assert bool(batches.unknown(send.pk, now=now, wait=WAIT)) is doubt.decidable(now)


def test_events_of_other_requests_show_that_they_do_arrive(send: Send) -> None:
    other = fired(of(send, 1))
    heard("processed", delivery_of(send, "ada@x.example"), other.attempt, LATER)
    (doubt,) = doubts(send, wait=WAIT)
    assert doubt.heard_at == LATER


def test_events_that_came_before_it_left_show_nothing(send: Send) -> None:
    other = fired(of(send, 1))
    heard("processed", delivery_of(send, "ada@x.example"), other.attempt, NOW - dt.timedelta(minutes=1))
    (doubt,) = doubts(send, wait=WAIT)
    assert doubt.heard_at is None


def test_copies_that_were_told_of_are_no_longer_in_doubt(send: Send) -> None:
    """After a 5xx one event proves its own copy only."""
    batch = of(send, 2)
    heard("delivered", delivery_of(send, "reader0@x.example"), batch.attempt, LATER)
    (doubt,) = doubts(send, wait=WAIT)
    assert (doubt.readers, doubt.proved, doubt.heard_at) == (1, 1, None)


def test_where_nothing_is_unknown_there_is_no_doubt() -> None:
    owner = a_list()
    readers(owner, 1)
    assert doubts(a_frozen_send(owner), wait=WAIT) == []
