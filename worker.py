"""The Celery app and its timetable: `celery -A worker worker` and `celery -A worker beat`.

It knows when, never how: the rows are the queue, and mailer.tasks makes one call each.
"""

import os

import django
from celery import Celery
from celery.signals import setup_logging

from mailer.environment import SettingError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
try:
    django.setup(set_prefix=False)
except SettingError as error:
    raise SystemExit("\n".join(f"mailer: {problem}" for problem in error.problems)) from error

from django.conf import settings

from mailer import doorbell, logs

SWEEP = settings.CONFIGURATION.timings.sweep

app = Celery("worker", broker=settings.BROKER_URL, include=["mailer.tasks"])
app.conf.update(doorbell.SETTINGS)
app.conf.beat_schedule = {
    # A sweep that nobody took before the next is due is of no more use.
    "sweep": {"task": "mailer.sweep", "schedule": SWEEP, "options": {"expires": SWEEP}},
}


@setup_logging.connect
def _log(**_: object) -> None:
    """Log as every other process does; with a receiver here, Celery leaves logging alone."""
    logs.configure("worker")
