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
