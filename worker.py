"""The Celery app and its timetable: `celery -A worker worker` and `celery -A worker beat`.

It knows when, never how: the rows are the queue, and mailer.tasks makes one call each.
"""

import datetime as dt
import os
import time

import django
from celery import Celery
from celery.schedules import crontab, schedule
from celery.signals import setup_logging

from mailer.environment import DAY, SettingError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
try:
    django.setup(set_prefix=False)
except SettingError as error:
    raise SystemExit("\n".join(f"mailer: {problem}" for problem in error.problems)) from error

from django.conf import settings

from mailer import doorbell, logs

SWEEP = settings.CONFIGURATION.timings.sweep
BEGAN = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=time.monotonic())


def steadily() -> dt.datetime:
    """Return the time as it passes, whatever the clock is set to meanwhile: or no sweep for so long."""
    return BEGAN + dt.timedelta(seconds=time.monotonic())


app = Celery("worker", broker=settings.BROKER_URL, include=["mailer.tasks"])
app.conf.update(doorbell.SETTINGS)
app.conf.beat_scheduler = "celery.beat:Scheduler"  # in memory: a time kept on disk may lie ahead of the clock
app.conf.beat_schedule = {
    # A sweep that nobody took before the next is due is of no more use.
    "sweep": {
        "task": "mailer.sweep",
        "schedule": schedule(SWEEP, nowfun=steadily),
        "options": {"expires": SWEEP},
    },
    # Once a day, when few write; taken hours later it would be of the same use, a day later the next is due.
    "retention": {
        "task": "mailer.retention",
        "schedule": crontab(hour="3", minute="17", nowfun=steadily),
        "options": {"expires": DAY},
    },
    "sync_suppressions": {
        "task": "mailer.sync_suppressions",
        "schedule": crontab(hour="2", minute="47", nowfun=steadily),
        "options": {"expires": DAY},
    },
    # Each hour, since somewhere a day is over; what is missed is made up the next time.
    "reckon": {
        "task": "mailer.reckon",
        "schedule": crontab(minute="7", nowfun=steadily),
        "options": {"expires": 3600},
    },
}


@setup_logging.connect
def _log(**_: object) -> None:
    """Log as every other process does; with a receiver here, Celery leaves logging alone."""
    logs.configure("worker")
