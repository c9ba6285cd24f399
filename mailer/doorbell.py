"""Celery is the doorbell: a task carries one id, and losing it costs only time."""

import functools
import threading
from typing import Any

import structlog
from celery import Celery
from django.conf import settings
from kombu import Queue
from kombu.exceptions import OperationalError

log = structlog.get_logger()

# None of this is needed for correctness; it keeps the bell quick and quiet.
SETTINGS: dict[str, Any] = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_store_errors_even_if_ignored": False,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_time_limit": 600,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    # A request under way is left alone when the broker goes: ended half-way, its readers would be in doubt.
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # What is quick does not queue behind a thousand requests: workers take from both in turn.
    "task_queues": [Queue("celery"), Queue("quick")],
    "task_default_queue": "celery",
    "task_routes": {
        "mailer.sweep": {"queue": "quick"},
        "mailer.prepare": {"queue": "quick"},
        "mailer.apply_events": {"queue": "quick"},
        "mailer.apply_glimpses": {"queue": "quick"},
        "mailer.answer": {"queue": "quick"},
        "mailer.letter": {"queue": "quick"},
    },
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 900,
        "socket_timeout": 30,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
    "timezone": "UTC",
    "enable_utc": True,
}

# Whoever rings has something better to do than to wait at the door: the sweep rings again.
_AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}

_unanswered = threading.Event()


@functools.cache
def bell() -> Celery:
    """Return the Celery app that rings; worker.py is the one that answers."""
    app = Celery("mailer", broker=settings.BROKER_URL, set_as_current=False)
    app.conf.update(SETTINGS | {"broker_transport_options": SETTINGS["broker_transport_options"] | _AT_ONCE})
    return app


def ring(task: str, *numbers: int) -> bool:
    """Wake a worker for each of the rows `numbers`; False where no broker answers, and the sweep will."""
    for number in numbers:
        try:
            bell().send_task(task, args=[number], retry=False, ignore_result=True)
        except OperationalError as error:
            if not _unanswered.is_set():  # once is enough: it may be so for a day
                _unanswered.set()
                log.info(
                    "nobody answers the doorbell; the sweep will ring", task=task, error=type(error).__name__
                )
            return False
        _unanswered.clear()
    return True
