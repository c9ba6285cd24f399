"""Many addresses, side by side, and no more than two requests at once to a host."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from queue import Empty, SimpleQueue

from mailer.fetching.fetcher import Turn
from mailer.fetching.values import Fetched, Question

THREADS = 16
AT_ONCE = 2  # requests to a host

Fetch = Callable[[Question, Turn], Fetched]
Told = tuple[Question, Fetched]


def ask(questions: Iterable[Question], fetch: Fetch, *, threads: int = THREADS) -> Generator[Told]:
    """Yield each question once with what came of it, as they come; who stops listening stops the asking.

    `fetch` raises nothing that is foreseen; whatever it raises is raised here.
    """
    lanes = list(_lanes(questions))
    crew = _Crew(lanes, fetch)
    # Daemons, so that whoever interrupts the command does not wait for the slowest of all hosts.
    for _ in range(min(threads, len(lanes))):
        threading.Thread(target=crew.work, daemon=True).start()
    try:
        for _ in range(sum(map(len, lanes))):
            told = crew.told.get()
            if isinstance(told, BaseException):
                raise told
            yield told
    finally:
        crew.stop.set()


def _lanes(questions: Iterable[Question]) -> Iterator[list[Question]]:
    """Yield what is asked one after another: as many lanes a host as it may have requests at once."""
    hosts: dict[str, list[Question]] = {}
    for question in dict.fromkeys(questions):
        hosts.setdefault(question.host, []).append(question)
    for asked in hosts.values():
        yield from filter(None, (asked[start::AT_ONCE] for start in range(AT_ONCE)))


class Turns:
    """Gives turns at hosts, to which redirects of several others may lead."""

    def __init__(self) -> None:
        """Begin with nobody anywhere."""
        self._lock = threading.Lock()
        self._hosts: dict[str, threading.BoundedSemaphore] = {}

    def __call__(self, host: str) -> threading.BoundedSemaphore:
        """Return what to hold while a host is asked."""
        with self._lock:
            return self._hosts.setdefault(host, threading.BoundedSemaphore(AT_ONCE))


class _Crew:
    """Threads that take one lane after another, and tell what they found."""

    def __init__(self, lanes: Iterable[list[Question]], fetch: Fetch) -> None:
        self.told: SimpleQueue[Told | BaseException] = SimpleQueue()
        self.stop = threading.Event()
        self._fetch, self._turns = fetch, Turns()
        self._lanes: SimpleQueue[list[Question]] = SimpleQueue()
        for lane in lanes:
            self._lanes.put(lane)

    def work(self) -> None:
        """Ask until nothing is left, or nobody listens."""
        try:
            while lane := self._next():
                for question in lane:
                    if self.stop.is_set():
                        return
                    self.told.put((question, self._fetch(question, self._turns)))
        except BaseException as error:  # noqa: BLE001 - raised again by who listens
            self.told.put(error)

    def _next(self) -> list[Question]:
        try:
            return self._lanes.get_nowait()
        except Empty:
            return []
