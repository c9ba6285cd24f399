"""What a sweep finds and puts right: journals of the dead, lives that are over."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from pytest_django import Settings

from mailer import batches, sends
from mailer.journal import Journal
from mailer.models import Attempt, Batch
from mailer.transports.answers import Accepted, Unknown
from tests.provider import Provider
from tests.sends.cast import LATER, a_send_in, deliver, deliver_all, shown
from tests.stage import NOW, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
OVER = NOW + dt.timedelta(hours=25)


def a_dead_journal(settings: Settings, attempt: uuid.UUID, batch: int, *, heard: bool) -> Path:
    """Leave what a process that was killed had written."""
    lines = Journal(settings.CONFIGURATION.data_dir / "journal")
    lines.fire(attempt, batch, by_reader=False)
    if heard:
        lines.answer(attempt, Accepted(202, "m1"))
    lines.close()
    return lines.path


@pytest.mark.parametrize(("heard", "outcome"), [(True, "accepted"), (False, "unknown")])
def test_the_journal_of_a_dead_process_is_believed_at_the_next_sweep(
    sendgrid: Provider,
    settings: Settings,
    heard: bool,  # noqa: FBT001 - a table's column
    outcome: str,
) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    request = fired(batch)
    path = a_dead_journal(settings, request.attempt, batch.pk, heard=heard)
    for _ in range(2):
        sends.sweep(now=NOW)
        assert shown(send)[outcome] == 2
    assert Attempt.objects.get().settled_by == "journal"
    assert not path.exists()
    assert sendgrid.asked == []


def test_a_journal_younger_than_the_database_keeps_no_sweep_from_its_work(
    sendgrid: Provider, settings: Settings
) -> None:
    """A backup was restored: what the journal tells of is not there any more."""
    send = a_send_in(1)
    (batch,) = batches_of(send)
    assert batches.claim(batch.pk, now=NOW, lease=60)
    path = a_dead_journal(settings, uuid.uuid4(), batch.pk + 9, heard=True)
    sends.sweep(now=LATER)
    assert not path.exists()
    deliver_all(send, LATER)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert len(sendgrid.asked) == 1


def test_a_replay_that_fails_is_done_again_by_the_next_sweep(
    sendgrid: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    request = fired(batch)
    path = a_dead_journal(settings, request.attempt, batch.pk, heard=True)

    def pull(point: str) -> None:
        if point == "replay.before_settle":
            raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("mailer.faultpoints._pull", pull)
        with pytest.raises(RuntimeError):
            sends.replay(now=NOW)
    assert path.exists()
    sends.sweep(now=NOW)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert sendgrid.asked == []


def test_what_still_waits_at_the_end_of_its_useful_life_waits_for_a_person(sendgrid: Provider) -> None:
    send = a_send_in(2)
    first, second = batches_of(send)
    deliver(first)
    assert batches.claim(second.pk, now=NOW, lease=60)
    sends.sweep(now=OVER)
    assert shown(send) == {"status": "paused", "accepted": 2, "pending": 2}
    assert "useful life" in sends.find(send.pk).pause_reason
    sends.resume(send.pk, by="ann", now=OVER)
    sends.sweep(now=OVER)
    deliver_all(send, OVER)
    assert shown(send) == {"status": "done", "accepted": 4}
    assert len(sendgrid.asked) == 2


def test_what_is_unknown_at_the_end_of_its_useful_life_is_a_gap(sendgrid: Provider) -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    batches.settle(batch.pk, fired(batch).attempt, Unknown("no answer"), now=NOW)
    sends.sweep(now=OVER)
    assert shown(send) == {"status": "done_with_gaps", "not_confirmed": 2}
    assert sendgrid.asked == []


def test_a_sweep_that_has_nothing_to_do_does_nothing(sendgrid: Provider) -> None:
    send = a_send_in(1)
    deliver_all(send)
    before = list(Batch.objects.values())
    for _ in range(3):
        sends.sweep(now=OVER)
    assert list(Batch.objects.values()) == before
    assert shown(send) == {"status": "done", "accepted": 2}
    assert len(sendgrid.asked) == 1
