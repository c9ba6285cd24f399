"""Work without a broker: look at the rows, do what is due, look again.

Any number of processes may do so beside each other, and beside Celery's workers: a compare-and-swap
decides who does what.
"""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from mailer import events, outbox, sends
from mailer.tracking import applying
from mailer.transports.chosen import transport_of
from subscribers import answering

log = structlog.get_logger()

# The database did not do it, or the connection to it is gone.
AWAY = (DatabaseError, InterfaceError)
IDLE = 1.0  # seconds between looks while nothing is due
MOST = 200  # of each kind that one look finds

DO: dict[str, Callable[[int], object]] = {
    "mailer.prepare": lambda number: sends.prepare(number, now=_now()),
    "mailer.apply_events": lambda number: events.apply(number, now=_now()),
    "mailer.apply_glimpses": lambda number: applying.apply_until(number, now=_now()),
    "mailer.answer": lambda number: answering.answer(number, at=_now()),
    "mailer.letter": lambda number: outbox.deliver(number, transport_of(settings.CONFIGURATION), now=_now()),
    "mailer.deliver": lambda number: sends.deliver(number, now=_now()),
}


def poll(stop: threading.Event, *, idle: float = IDLE) -> None:
    """Work until `stop` is set; a database that is away is waited for, and what fails is tried again."""
    tidied = float("-inf")
    while not stop.is_set():
        try:
            if time.monotonic() - tidied >= min(settings.CONFIGURATION.timings.sweep, 600):
                sends.tidy(now=_now())
                tidied = time.monotonic()
            done = turn(stop)
        except (*AWAY, OSError) as error:
            # A file's error names the file; the database's may quote a row, and a row holds people.
            why = {}
            if isinstance(error, OSError):
                why = {"file": str(error.filename), "reason": error.strerror}
            log.warning("work was cut short; it is looked for again", error=type(error).__name__, **why)
            connection.close()
            done = 0
        if not done:
            stop.wait(idle)


def turn(stop: threading.Event) -> int:
    """Do once what is due, until `stop` is set; return how much that was.

    Raises AWAY and OSError; whatever else one piece of work raises, the others still get their turn.
    """
    done = 0
    for task, numbers in sends.work(now=_now(), most=MOST).items():
        # Neighbours that look at the same moment begin at different ends.
        random.shuffle(numbers)
        for number in numbers:
            if stop.is_set():
                return done
            try:
                DO[task](number)
            except (*AWAY, OSError):
                raise
            except Exception:
                # A bug, or a row that lies; it is tried again at each look, and the health check tells of it.
                log.exception("work failed", task=task, number=number)
            else:
                done += 1
    return done


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
