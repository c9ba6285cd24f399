"""The timetable: a sweep every so often, whatever the clock is set to."""

import datetime as dt
import time
from types import SimpleNamespace

import pytest
from celery.beat import Scheduler

import worker


def test_a_clock_that_is_set_back_keeps_no_sweep_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    timetable = Scheduler(worker.app, lazy=True)
    timetable.setup_schedule()
    sweep = timetable.schedule["sweep"]
    assert not timetable.is_due(sweep)[0]
    begun, an_hour_ago = time.monotonic(), dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    monkeypatch.setattr(worker.app, "now", lambda: an_hour_ago)
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: begun + worker.SWEEP + 0.1))
    assert timetable.is_due(sweep)[0]


def test_no_time_is_kept_on_disk_that_could_lie_ahead_of_the_clock() -> None:
    assert worker.app.conf.beat_scheduler == "celery.beat:Scheduler"


def test_whatever_the_timetable_rings_for_is_a_task() -> None:
    worker.app.loader.import_default_modules()
    assert {entry["task"] for entry in worker.app.conf.beat_schedule.values()} <= set(worker.app.tasks)


def test_suppressions_are_synced_each_night_and_for_as_long_as_it_takes() -> None:
    timetable = Scheduler(worker.app, lazy=True)
    timetable.setup_schedule()
    due, seconds = timetable.is_due(timetable.schedule["sync_suppressions"])
    assert not due
    assert 0 < seconds <= 24 * 60 * 60
    task = worker.app.tasks["mailer.sync_suppressions"]
    # Else it would be killed after ten minutes, and handed to a second worker after fifteen.
    assert (task.time_limit, task.acks_late) == (6 * 60 * 60, False)


def test_what_was_kept_long_enough_goes_once_a_day() -> None:
    timetable = Scheduler(worker.app, lazy=True)
    timetable.setup_schedule()
    due, seconds = timetable.is_due(timetable.schedule["retention"])
    assert not due
    assert 0 < seconds <= 24 * 60 * 60
    worker.app.loader.import_default_modules()
    assert worker.app.tasks["mailer.retention"].time_limit == 6 * 60 * 60


def test_days_that_are_over_are_counted_within_the_hour() -> None:
    timetable = Scheduler(worker.app, lazy=True)
    timetable.setup_schedule()
    due, seconds = timetable.is_due(timetable.schedule["reckon"])
    assert not due
    assert 0 < seconds <= 60 * 60
    worker.app.loader.import_default_modules()
    assert worker.app.tasks["mailer.reckon"].time_limit == 60 * 60
