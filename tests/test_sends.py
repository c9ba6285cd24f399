"""A send from schedule to settled."""

import dataclasses
import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import OperationalError
from pytest_django import Settings

from mailer import batches, doorbell, editions, events, reports, sends
from mailer.editions import EditionError
from mailer.models import Delivery, Edition, Send
from mailer.sends import SendError
from mailer.timetable import Instant, resolve
from subscribers.models import Letter, List
from tests.provider import Provider, Reply, provider, says
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, a_send, an_edition, batches_of, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(minutes=10)


@pytest.fixture
def sendgrid(settings: Settings) -> Iterator[Provider]:
    """A provider that accepts; a test may change its `reply`."""
    with provider(says(202, X_Message_Id="m1")) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION, sendgrid_api_key="SG.test", sendgrid_api_url=server.url
        )
        yield server


def deliver_all(send: Send, now: dt.datetime = NOW) -> None:
    for batch in batches_of(send):
        sends.deliver(batch.pk, now=now)
    send.refresh_from_db()


def test_a_send_goes_from_schedule_to_done_and_every_reader_is_accounted_for(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 5)
    send = a_frozen_send(owner)
    deliver_all(send)
    assert send.status == "done"
    assert Edition.objects.get().status == "done"
    assert reports.ledger(send).outcomes["accepted"] == 5
    assert reports.ledger(send).adds_up
    assert len(sendgrid.asked) == 1
    asked = orjson.loads(sendgrid.asked[0][2])
    ours = set(Delivery.objects.values_list("pk", flat=True))
    assert {int(person["custom_args"]["nl_delivery"]) for person in asked["personalizations"]} == ours


def test_ringing_twice_or_too_late_sends_nobody_a_second_copy(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_frozen_send(owner)
    for _ in range(3):
        deliver_all(send)
        sends.prepare(send.pk, now=NOW)
        sends.sweep(now=LATER)
    assert len(sendgrid.asked) == 1


def test_scheduling_approves_exactly_what_is_sent() -> None:
    owner = a_list()
    send = a_send(an_edition(owner))
    assert send.approval is not None
    assert send.approval.content_hash == send.content_hash
    assert send.approval.by == "ed"


def test_a_list_that_wants_a_second_person_is_not_scheduled_without_one() -> None:
    owner = a_list()
    owner.second_approval = True
    owner.save()
    edition = an_edition(owner)
    with pytest.raises(SendError, match="second person"):
        a_send(edition)
    with pytest.raises(EditionError, match="ed's own"):
        editions.approve(edition, by="ed", now=NOW)
    editions.approve(edition, by="chief", now=NOW)
    assert a_send(edition).approval.by == "chief"  # type: ignore[union-attr]  # a send has one


def test_each_schedule_consumes_an_approval() -> None:
    edition = an_edition(a_list())
    assert a_send(edition).approval_id != a_send(edition).approval_id


def test_what_changed_after_approval_is_not_sent() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    owner.postal_address = "Elsewhere"
    owner.save()
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "paused"
    assert "approve" in send.pause_reason
    assert not Delivery.objects.exists()


def test_a_list_without_a_postal_address_sends_nothing() -> None:
    owner = a_list()
    edition = an_edition(owner)
    owner.postal_address = " "
    owner.save()
    with pytest.raises(SendError, match="postal address"):
        sends.schedule(editions.find(edition.pk), Instant(NOW), by="ed", now=NOW)


def test_a_list_without_a_sender_sends_nothing() -> None:
    owner = a_list()
    edition = an_edition(owner)
    List.objects.update(sender_address="")
    with pytest.raises(SendError, match="no sender address"):
        sends.schedule(editions.find(edition.pk), Instant(NOW), by="ed", now=NOW)
    assert not Send.objects.exists()


def test_nothing_leaves_before_its_time() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner), at=LATER)
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "scheduled"
    sends.prepare(send.pk, now=LATER)
    send.refresh_from_db()
    assert send.status == "sending"


def test_a_time_that_has_passed_is_refused() -> None:
    with pytest.raises(SendError, match="has passed"):
        sends.schedule(an_edition(a_list()), resolve("2026-12-01 08:00", "UTC"), by="ed", now=NOW)
    assert not Send.objects.exists()


def test_an_hour_that_passed_while_nobody_was_there_asks_a_person() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    sends.prepare(send.pk, now=NOW + dt.timedelta(hours=7))
    send.refresh_from_db()
    assert send.status == "missed"
    assert not Delivery.objects.exists()


def test_a_worker_that_died_while_preparing_loses_nothing() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    Send.objects.update(status="preparing")
    sends.prepare(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "sending"


def test_a_worker_that_died_while_preparing_and_came_back_a_month_later_asks_a_person() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    Send.objects.update(status="preparing")
    sends.prepare(send.pk, now=NOW + dt.timedelta(days=30))
    send.refresh_from_db()
    assert send.status == "missed"


@pytest.mark.parametrize(
    ("reply", "status", "outcome"),
    [
        (says(401, b'{"errors":[{"message":"bad key","field":null}]}'), "paused", "pending"),
        (says(400, b'{"errors":[{"message":"bad subject","field":"subject"}]}'), "paused", "pending"),
        (says(200), "paused", "pending"),
        (says(302, Location="http://127.0.0.1:9/"), "paused", "pending"),
        (says(429, X_RateLimit_Reset="0"), "sending", "pending"),
        (says(500), "settling", "unknown"),
        (says(503, b"<html>"), "settling", "unknown"),
        (says(418), "settling", "unknown"),
    ],
)
def test_no_answer_but_202_is_called_accepted(
    sendgrid: Provider, reply: Reply, status: str, outcome: str
) -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    sendgrid.reply = reply
    deliver_all(send)
    assert send.status == status
    assert reports.ledger(send).outcomes[outcome] == 3
    assert reports.ledger(send).adds_up


def test_unknown_is_held_through_every_sweep_and_never_called_done(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    sendgrid.reply = says(500)
    deliver_all(send)
    for hours in range(1, 24):
        sends.sweep(now=NOW + dt.timedelta(hours=hours))
        deliver_all(send, now=NOW + dt.timedelta(hours=hours))
        assert send.status == "settling"
    assert len(sendgrid.asked) == 1
    sends.sweep(now=NOW + dt.timedelta(hours=25))
    send.refresh_from_db()
    assert send.status == "done_with_gaps"
    assert reports.ledger(send).outcomes["not_confirmed"] == 3


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the doorbell was rung for; nobody ever comes."""
    heard: list[tuple[str, int]] = []

    def ring(task: str, *numbers: int) -> bool:
        heard.extend((task, number) for number in numbers)
        return False

    monkeypatch.setattr(doorbell, "ring", ring)
    return heard


def test_a_sweep_rings_again_for_whatever_was_lost(rung: list[tuple[str, int]], sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_send(an_edition(owner))
    assert rung == [("mailer.prepare", send.pk)]
    rung.clear()
    sends.sweep(now=NOW)
    assert rung == [("mailer.prepare", send.pk)]
    sends.prepare(send.pk, now=NOW)
    (batch,) = batches_of(send)
    rung.clear()
    sends.sweep(now=NOW)
    assert rung == [("mailer.deliver", batch.pk)]
    body = events.store(b"[]", now=NOW)
    deliver_all(send)
    rung.clear()
    sends.sweep(now=NOW)
    assert rung == [("mailer.apply_events", body), ("mailer.letter", Letter.objects.get().pk)]
    assert send.status == "done"
    assert len(sendgrid.asked) == 1


def test_a_sweep_frees_what_a_dead_worker_held(rung: list[tuple[str, int]]) -> None:
    owner = a_list()
    readers(owner, 3)
    (batch,) = batches_of(a_frozen_send(owner))
    assert batches.claim(batch.pk, now=NOW, lease=60) is not None
    rung.clear()
    sends.sweep(now=NOW + dt.timedelta(seconds=59))
    assert rung == []
    sends.sweep(now=NOW + dt.timedelta(seconds=61))
    assert rung == [("mailer.deliver", batch.pk)]


def test_a_sweep_calls_unknown_what_was_never_answered() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    sends.sweep(now=NOW + dt.timedelta(seconds=121))
    send.refresh_from_db()
    assert send.status == "settling"
    assert reports.ledger(send).outcomes["unknown"] == 3


def test_late_proof_closes_the_gaps_of_a_send_that_was_done_with_them(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    sendgrid.reply = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    deliver_all(send)
    sends.sweep(now=NOW + dt.timedelta(hours=25))
    (batch,) = batches_of(send)
    assert batch.attempt is not None
    batches.prove({batch.attempt: set()}, now=NOW)
    sends.sweep(now=NOW + dt.timedelta(hours=26))
    send.refresh_from_db()
    assert send.status == "done"
    assert reports.ledger(send).outcomes["accepted"] == 3


def test_an_edition_is_done_when_its_last_send_is(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 2)
    edition = an_edition(owner)
    first, later = a_send(edition), a_send(edition, at=LATER)
    sends.prepare(first.pk, now=NOW)
    deliver_all(first)
    assert first.status == "done"
    edition.refresh_from_db()
    assert edition.status != "done"
    sends.prepare(later.pk, now=LATER)
    edition.refresh_from_db()
    assert edition.status == "done"
    assert len(sendgrid.asked) == 1


def test_a_send_whose_audience_was_never_frozen_is_never_called_done() -> None:
    send = a_send(an_edition(a_list()))
    Send.objects.update(status="sending")
    sends.finish(send.pk, now=NOW)
    send.refresh_from_db()
    assert send.status == "sending"


def test_an_answer_in_hand_outlasts_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, sendgrid: Provider
) -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_frozen_send(owner)
    settle, failures = batches.settle, [OperationalError("gone"), OperationalError("still gone")]

    def failing_first(*arguments: Any, **named: Any) -> bool:  # noqa: ANN401 - as it was called
        if failures:
            raise failures.pop()
        return settle(*arguments, **named)

    monkeypatch.setattr(batches, "settle", failing_first)
    deliver_all(send)
    assert send.status == "done"
    assert len(sendgrid.asked) == 1


def test_a_send_that_is_not_there_says_where_to_look() -> None:
    with pytest.raises(SendError, match="mailer sends ls"):
        sends.find(404)
