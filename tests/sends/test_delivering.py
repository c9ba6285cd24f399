"""One batch on its way: paid for, claimed, fired, offered and settled, whatever fails in between."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from mailer import batches, faultpoints, journal, sends
from mailer.batches import firing
from mailer.environment import Timings
from mailer.models import Batch, Transport
from mailer.rates import Rates
from mailer.sends import delivering
from subscribers.models import Letter
from tests.provider import Provider, says
from tests.sends.cast import LATER, a_send_in, deliver, deliver_all, mailed, shown
from tests.stage import NOW, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


class PulledError(Exception):
    """A plug was pulled."""


def at(point: str, error: Exception) -> None:
    """Have `error` raised as `point` is reached."""

    def pull(reached: str) -> None:
        if reached == point:
            raise error

    faultpoints.arm(pull)


@pytest.fixture(autouse=True)
def _unplugged() -> Any:  # noqa: ANN401 - a fixture
    yield
    faultpoints.arm(None)
    delivering._in_hand.answers.clear()


def test_what_was_lost_at_the_commit_of_the_point_of_no_return_is_offered_again(
    sendgrid: Provider,
) -> None:
    """The commit is done and its confirmation is lost: nothing was sent, and that is known for certain."""
    send = a_send_in(1)
    (batch,) = batches_of(send)
    at("fire.after_commit", OperationalError("connection lost at commit"))
    with pytest.raises(OperationalError):
        deliver(batch)
    assert shown(send) == {"status": "sending", "in_flight": 2}
    faultpoints.arm(None)
    sends.sweep(now=NOW)
    assert shown(send) == {"status": "sending", "pending": 2}
    deliver_all(send, LATER)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert set(mailed(sendgrid).values()) == {1}


def test_what_was_lost_before_that_commit_goes_back_when_its_lease_is_over(sendgrid: Provider) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    at("fire.before_commit", OperationalError("connection lost"))
    with pytest.raises(OperationalError):
        deliver(batch)
    faultpoints.arm(None)
    sends.sweep(now=NOW)
    batch.refresh_from_db()
    assert batch.state == "claimed"
    deliver_all(send, NOW)
    sends.sweep(now=LATER)
    deliver_all(send, LATER)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert set(mailed(sendgrid).values()) == {1}


def test_an_answer_in_hand_outlasts_a_database_that_is_away_for_longer_than_anybody_waits(
    sendgrid: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "PATIENCE", (0.01, 0.01))
    send = a_send_in(1)
    (batch,) = batches_of(send)
    at("settle.before_commit", OperationalError("gone"))
    with pytest.raises(OperationalError):
        deliver(batch)
    assert shown(send) == {"status": "sending", "in_flight": 2}
    faultpoints.arm(None)
    sends.sweep(now=NOW)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert len(sendgrid.asked) == 1


def test_on_a_full_disk_nothing_leaves_and_the_batch_is_there_for_another(
    sendgrid: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "fire", full)
        with pytest.raises(OSError, match="no space"):
            deliver(batch)
    assert sendgrid.asked == []
    batch.refresh_from_db()
    assert (batch.state, batch.attempt) == ("pending", None)
    deliver_all(send)
    assert shown(send) == {"status": "done", "accepted": 2}


def test_a_batch_that_lies_about_its_readers_stops_the_send_and_its_owner_is_told(
    sendgrid: Provider,
) -> None:
    """Somebody would be lost: the rows are wrong, and only a person can say why."""
    send = a_send_in(2)
    liar, honest = batches_of(send)
    Batch.objects.filter(pk=liar.pk).update(n=3)
    with pytest.raises(firing.MiscountError):
        deliver(liar)
    send.refresh_from_db()
    assert send.status == "paused"
    assert "3 readers, but 0 left out and 2 in the payload; nothing of it was sent" in send.pause_reason
    assert Letter.objects.get().kind == "notice"
    deliver(honest)
    assert not mailed(sendgrid)


def test_a_pace_cuts_a_batch_into_what_may_go_now_and_the_rest_in_its_turn(
    sendgrid: Provider, settings: Settings
) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, rates=Rates(per_second=1))
    send = a_send_in(1, each=25)
    (batch,) = batches_of(send)
    deliver(batch)
    assert shown(send) == {"status": "sending", "accepted": 10, "pending": 15}
    deliver_all(send, NOW)
    assert len(mailed(sendgrid)) == 10
    for seconds in (10.1, 20.2, 30.3):
        deliver_all(send, NOW + dt.timedelta(seconds=seconds))
    assert shown(send) == {"status": "done", "accepted": 25}
    assert set(mailed(sendgrid).values()) == {1}


def test_a_domains_share_holds_its_own_readers_back_and_nobody_else(
    sendgrid: Provider, settings: Settings
) -> None:
    rates = Rates(domains=(("x.example", 0.2),))
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, rates=rates)
    send = a_send_in(1, each=3)
    (batch,) = batches_of(send)
    deliver(batch)
    assert shown(send) == {"status": "sending", "accepted": 2, "pending": 1}
    deliver_all(send, LATER)
    assert shown(send) == {"status": "done", "accepted": 3}
    assert set(mailed(sendgrid).values()) == {1}


def test_after_one_unknown_answer_canaries_fly_until_one_is_accepted(sendgrid: Provider) -> None:
    send = a_send_in(2, each=25)
    first, _ = batches_of(send)
    sendgrid.reply = says(500)
    deliver(first)
    assert Transport.objects.get(pk="sendgrid").doubts == 1
    deliver_all(send, NOW)
    assert len(sendgrid.asked) == 1
    then = NOW + dt.timedelta(minutes=1)
    deliver_all(send, then)
    assert shown(send) == {"status": "sending", "unknown": 35, "pending": 15}
    sendgrid.reply = says(202, X_Message_Id="m1")
    deliver_all(send, NOW + dt.timedelta(hours=1))
    assert Transport.objects.get(pk="sendgrid").doubts == 0
    assert shown(send) == {"status": "settling", "accepted": 15, "unknown": 35}


def test_a_worker_that_comes_too_late_pays_nothing_and_sends_nothing(sendgrid: Provider) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    assert batches.claim(batch.pk, now=NOW, lease=60)
    deliver(batch)
    assert sendgrid.asked == []


def test_a_batch_all_of_whose_domains_must_wait_waits_whole(sendgrid: Provider, settings: Settings) -> None:
    """It is not taken apart for nothing: no row but its own is touched."""
    rates = Rates(domains=(("x.example", 0.1),))
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, rates=rates)
    send = a_send_in(2, each=3)
    first, second = batches_of(send)
    deliver(first)
    deliver(second)
    assert len(mailed(sendgrid)) == 1
    waiting = {batch.pk: (batch.state, batch.n) for batch in batches_of(send)}
    assert waiting[second.pk] == ("pending", 3)
    second.refresh_from_db()
    assert second.not_before == NOW + dt.timedelta(seconds=10, microseconds=1)
    assert len(waiting) == 3


def test_letters_that_leave_one_by_one_stop_soon_after_a_pause(settings: Settings, tmp_path: Path) -> None:
    """Whoever is not written to goes back, and waits."""
    send = a_send_in(1, each=3)
    (batch,) = batches_of(send)
    request = fired(batch)
    watch = delivering.Watch(
        request, journal.Journal(tmp_path), lambda: NOW, settings.CONFIGURATION.timings.lease
    )
    assert watch.begin(1)
    sends.pause(send.pk, by="ed", now=NOW)
    assert watch.begin(2)  # within two seconds of the last look
    watch._since -= delivering.RENEW_AFTER
    assert not watch.begin(3)


@pytest.mark.parametrize("wait", [121.0, 130.0, 400.0, 1800.0, 86_400.0])
def test_no_letter_begins_so_late_that_its_answer_could_come_after_a_decision(wait: float) -> None:
    timings = Timings(unknown_wait=wait)
    assert 0 < delivering.longest_turn(timings) < timings.unknown_wait - timings.answer_timeout
    assert delivering.longest_turn(timings) <= 300
