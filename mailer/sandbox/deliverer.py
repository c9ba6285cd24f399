"""The thread that lets things happen: plans each life, tells what is due, tries again until it is taken."""

import http.client
import ipaddress
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from mailer.sandbox import life, outbox
from mailer.sandbox.events import GROUP, DueEvent, group, signed_headers
from mailer.sandbox.letters import (
    content,
    headers,
    one_click_address,
    recipients,
    tracked_links,
)
from mailer.sandbox.signing import SigningKey
from mailer.sandbox.store import Store

TIMEOUT = 10.0  # seconds for one post
FIRST_RETRY, LAST_RETRY = 0.25, 10.0  # seconds; doubled after each failure
TAKEN = range(200, 300)
NO_ANSWER = 0
READERS_PATIENCE, READERS_PAUSE = 600.0, 2.0  # seconds
IDLE = 30.0  # seconds without anything due before looking again


@dataclass(frozen=True)
class Manner:
    """How lives are lived and told: the seed decides them, `pace` is how many times faster than life."""

    seed: str = "1"
    pace: float = life.PACE
    doubles: bool = False
    shuffle: bool = False


class Deliverer(threading.Thread):
    """Plans and tells events to one webhook address until stopped."""

    def __init__(self, store: Store, key: SigningKey, webhook_url: str, manner: Manner) -> None:
        """Prepare the thread; it begins with `start`."""
        super().__init__(name="sandbox-deliverer", daemon=True)
        self._store, self._key, self._url, self._manner = store, key, webhook_url, manner
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._failures = 0
        self._retry_at = 0.0  # time.monotonic()

    def wake(self) -> None:
        """Say that a request was accepted."""
        self._wake.set()

    def stop(self) -> None:
        """End after the post under way; what is not told stays in the database."""
        self._stopping.set()
        self._wake.set()
        self.join()

    def run(self) -> None:
        """Plan and tell until stopped."""
        while not self._stopping.is_set():
            self._wake.clear()
            self._plan()
            self._tell()
            self._wake.wait(self._pause())

    def _plan(self) -> None:
        while not self._stopping.is_set() and (request := outbox.next_unplanned(self._store)):
            outbox.plan(self._store, request, lives(request.body, request.accepted_at, self._manner))

    def _tell(self) -> None:
        """Tell all that is due, in groups, until nothing is or a post fails."""
        while not self._stopping.is_set() and time.monotonic() >= self._retry_at:
            due = outbox.due(self._store, time.time(), GROUP)
            if not due:
                return
            if events := [each for each in due if each.kind != life.ONE_CLICK]:
                body, size = group(events)
                status = post(self._url, body, signed_headers(self._key, body, time.time()))
                self._settle(events[:size], taken=status in TAKEN)
            for each in due:
                if each.kind == life.ONE_CLICK:
                    self._leave(each)

    def _leave(self, event: DueEvent) -> None:
        """Let a reader go; any answer is one, and who finds nobody tries again for a while, then stays."""
        now = time.time()
        if leave(event) != NO_ANSWER:
            outbox.mark_told(self._store, [event], now)
        elif now < event.happened_at + READERS_PATIENCE:
            outbox.postpone(self._store, event, now + READERS_PAUSE)
        else:
            outbox.forget(self._store, event)

    def _settle(self, events: list[DueEvent], *, taken: bool) -> None:
        """Write what was taken, or wait longer after each failure."""
        if taken:
            self._failures = 0
            outbox.mark_told(self._store, events, time.time())
        else:
            self._retry_at = time.monotonic() + min(FIRST_RETRY * 2**self._failures, LAST_RETRY)
            self._failures += 1

    def _pause(self) -> float:
        """Return the seconds until there is something to do."""
        due = outbox.next_due(self._store)
        if due is None:
            return IDLE
        return min(max(due - time.time(), self._retry_at - time.monotonic(), 0.001), IDLE)


def lives(body: Mapping[str, Any], now: float, manner: Manner) -> list[list[life.PlannedEvent]]:
    """Return the life of each copy, in order, of a request accepted at `now` (unix seconds)."""
    tracking = body.get("tracking_settings") or {}
    html = content(body, "text/html")
    # What is not said counts as on, the account's default; a letter without HTML has nothing to count.
    opens = bool(html) and (tracking.get("open_tracking") or {}).get("enable", True)
    clicks = (tracking.get("click_tracking") or {}).get("enable", True)
    links = tracked_links(html) if clicks else ()
    watched = life.Watched(opens, links)
    found = []
    for each in recipients(body):
        lived = life.life(manner.seed, each.address, watched, now, manner.pace)
        if any(event.kind == life.ONE_CLICK for event in lived):
            lived = _where_to_leave(lived, one_click_address(headers(body, each.personalization)))
        if manner.doubles:
            lived = life.doubled(manner.seed, lived)
        found.append(life.shuffled(manner.seed, lived) if manner.shuffle else lived)
    return found


def _where_to_leave(lived: list[life.PlannedEvent], url: str) -> list[life.PlannedEvent]:
    """Give the reader who leaves the letter's own address; without one on this machine the reader stays."""
    if not on_this_machine(url):
        return [event for event in lived if event.kind != life.ONE_CLICK]
    return [
        replace(event, details={"url": url}) if event.kind == life.ONE_CLICK else event for event in lived
    ]


def on_this_machine(url: str) -> bool:
    """Return whether `url` names this machine: nothing leaves it, whatever a letter says."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def leave(event: DueEvent) -> int:
    """Do what the reader's mail client does (RFC 8058 §3.2) and return the status or NO_ANSWER.

    Both encodings occur among clients: multipart/form-data first of all, urlencoded too.
    """
    url = orjson.loads(event.details)["url"]
    if event.n % 2:
        body = b"List-Unsubscribe=One-Click"
        kind = "application/x-www-form-urlencoded"
    else:
        field = b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click'
        body = b"--1click\r\n" + field + b"\r\n--1click--\r\n"
        kind = "multipart/form-data; boundary=1click"
    return post(url, body, {"Content-Type": kind})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Return the status of one POST, or NO_ANSWER; no proxy is asked and no redirect followed."""
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return NO_ANSWER
    finally:
        connection.close()
