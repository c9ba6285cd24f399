"""Processes that poll, kept running: whichever dies is started again, until all are told to stop."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import SpawnProcess

import structlog

from mailer.embedded.supervisor import SHORT_LIVES, pause_after

log = structlog.get_logger()

BETWEEN_LOOKS = 0.25  # seconds
LONGEST_PAUSE = 5.0  # seconds before one that dies again and again is started again
FAREWELLS = (signal.SIGTERM, signal.SIGINT)
# Each begins from nothing: what holds a connection must not be used on both sides of a fork.
_SPAWN = multiprocessing.get_context("spawn")


def keep(count: int) -> None:
    """Keep `count` processes polling until SIGTERM or SIGINT; then each finishes what it has under way."""
    stop = threading.Event()
    _when_told(stop.set)
    crew = [_Place() for _ in range(count)]
    log.info("polling", processes=count)
    while not stop.is_set():
        alive = [sentinel for place in crew if (sentinel := place.see_to()) is not None]
        multiprocessing.connection.wait(alive, timeout=BETWEEN_LOOKS)
    log.info("stopping; what is under way is finished")
    for place in crew:
        place.end()
    for place in crew:
        place.join()


class _Place:
    """The place of one process, through all its lives."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._began = 0.0
        self._lives: list[float] = []
        self._not_before = float("-inf")

    def see_to(self) -> int | None:
        """Start the process where none runs and it may; return what becomes readable at its end."""
        if self._process is not None and not self._process.is_alive():
            self._lives = [*self._lives, time.monotonic() - self._began][-SHORT_LIVES:]
            pause = pause_after(self._lives)
            self._not_before = time.monotonic() + (LONGEST_PAUSE if pause is None else pause)
            log.warning("a process ended; it is started again", status=self._process.exitcode)
            self._process = None
        if self._process is None and time.monotonic() >= self._not_before:
            self._began = time.monotonic()
            self._process = _started()
        return self._process.sentinel if self._process else None

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def join(self) -> None:
        if self._process is not None:
            self._process.join()


def _started() -> SpawnProcess:
    process = _SPAWN.Process(target=_work, daemon=True)
    # Ctrl-C reaches all at once: until it can take note, the process is told by this one.
    told = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, told)
    return process


def _work() -> None:
    """Poll until told to stop, or until the process that started this one is gone."""
    stop = threading.Event()
    _when_told(stop.set)
    threading.Thread(target=_outlive, args=(stop,), daemon=True).start()
    import django  # noqa: PLC0415 - a farewell is heard from the first moment on

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailer.settings")
    django.setup(set_prefix=False)
    from mailer import logs, polling  # noqa: PLC0415 - models want Django ready

    logs.configure("worker")
    polling.poll(stop)


def _outlive(stop: threading.Event) -> None:
    """Set `stop` when the process that started this one is gone, killed perhaps."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        stop.set()


def _when_told(act: Callable[[], None]) -> None:
    """Call `act` at each farewell, beside the thread that hears it, which may hold the lock `act` takes."""
    for farewell in FAREWELLS:
        signal.signal(farewell, lambda *_: threading.Thread(target=act).start())
