"""Work without a broker: whatever is due is found in the rows, and done."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from mailer import doorbell, events, polling, reports, sends
from mailer.models import EventBody, Send
from mailer.timetable import Instant
from subscribers.models import Letter
from tests.provider import Provider, provider, says
from tests.stage import a_list, a_reader, an_edition, batches_of, readers
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nobody_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker answers."""
    monkeypatch.setattr(doorbell, "ring", lambda *_: False)


@pytest.fixture
def sendgrid(settings: Settings) -> Iterator[Provider]:
    """A provider that accepts."""
    with provider(says(202, X_Message_Id="m1")) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION, sendgrid_api_key="SG.test", sendgrid_api_url=server.url
        )
        yield server


@pytest.fixture
def send() -> Send:
    """A send that is due now, in two batches."""
    owner = a_list()
    readers(owner, 2, ["africa"])
    a_reader(owner, "ada@x.example")
    now = dt.datetime.now(dt.UTC)
    return sends.schedule(an_edition(owner), Instant(now), by="ed", now=now)


def test_turn_after_turn_a_send_is_prepared_delivered_and_told_of(send: Send, sendgrid: Provider) -> None:
    body = events.store(b"[]", now=dt.datetime.now(dt.UTC))
    never = threading.Event()
    assert polling.turn(never) == 2, "the send and the body"
    assert body is not None
    assert EventBody.objects.get(pk=body).applied_at is not None
    assert polling.turn(never) == 2, "two batches"
    send.refresh_from_db()
    assert send.status == "done"
    assert polling.turn(never) == 1, "the letter to the owner"
    assert Letter.objects.get().state == "accepted"
    assert polling.turn(never) == 0
    assert len(sendgrid.asked) == 3


def test_told_to_stop_it_begins_nothing_more(send: Send, sendgrid: Provider) -> None:
    polling.turn(threading.Event())
    stop, answer = threading.Event(), sendgrid.reply

    def stopping(handler: object) -> None:
        stop.set()
        answer(handler)  # type: ignore[arg-type]  # as the provider hands it over

    sendgrid.reply = stopping
    assert polling.turn(stop) == 1, "the batch under way is finished"
    assert sorted(batch.state for batch in batches_of(send)) == ["accepted", "pending"]
    assert len(sendgrid.asked) == 1


def test_one_piece_of_work_that_fails_does_not_hold_up_the_others(
    send: Send, sendgrid: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    polling.turn(threading.Event())
    bad, good = batches_of(send)

    def deliver(batch: int) -> None:
        if batch == bad.pk:
            raise RuntimeError("a bug")
        sends.deliver(batch, now=dt.datetime.now(dt.UTC))

    monkeypatch.setitem(polling.DO, "mailer.deliver", deliver)
    assert polling.turn(threading.Event()) == 1
    good.refresh_from_db()
    assert good.state == "accepted"
    assert len(sendgrid.asked) == 1


def test_a_database_that_was_away_is_waited_for(
    send: Send, sendgrid: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, failures = sends.work, [OperationalError("gone"), OSError("no room")]

    def failing_first(*, now: dt.datetime, most: int) -> dict[str, list[int]]:
        if failures:
            raise failures.pop()
        return work(now=now, most=most)

    monkeypatch.setattr(sends, "work", failing_first)
    stop = threading.Event()

    def poll() -> None:
        polling.poll(stop, idle=0.01)
        connection.close()  # this thread's own

    polled = threading.Thread(target=poll)
    polled.start()
    until(lambda: Send.objects.get(pk=send.pk).status == "done")
    stop.set()
    polled.join()
    assert reports.ledger(send).outcomes["accepted"] == 3
    assert len(sendgrid.asked) >= 2
