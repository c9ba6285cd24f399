"""The thread that lets things happen: plans each life, tells what is due, tries again until it is taken."""

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from mailer.sandbox import life, outbox, strange, suppressions, witness
from mailer.sandbox.events import DueEvent, group, signed_headers
from mailer.sandbox.letters import (
    content,
    headers,
    hidden_links,
    one_click_address,
    recipients,
    tracked_links,
)
from mailer.sandbox.misbehaving import Misbehaviour
from mailer.sandbox.posting import NO_ANSWER, TAKEN, post
from mailer.sandbox.signing import SigningKey, passing_key
from mailer.sandbox.store import Store
from mailer.sandbox.telling import manners, misdelivered

FIRST_RETRY, LAST_RETRY = 0.25, 10.0  # seconds; doubled after each failure
READERS_PATIENCE, READERS_PAUSE = 600.0, 2.0  # seconds
REPLAYED_AFTER = 0.5  # seconds
IDLE = 30.0  # seconds without anything due before looking again


@dataclass(frozen=True)
class Manner:
    """How lives are lived and told: the seed decides them, `pace` is how many times faster than life.

    At life.BRISK all is told within about half a second. When `uneventful`, every letter is processed and
    delivered, and nothing more comes of it.
    """

    seed: str = "1"
    pace: float = life.PACE
    doubles: bool = False
    shuffle: bool = False
    uneventful: bool = False


@dataclass(frozen=True)
class Replay:
    """A post that is to be made again as it was; `at` on time.monotonic()'s clock."""

    at: float
    body: bytes
    headers: dict[str, str]
    events: int


class Deliverer(threading.Thread):
    """Plans and tells events to one webhook address until stopped."""

    def __init__(
        self,
        store: Store,
        key: SigningKey,
        webhook_url: str,
        manner: Manner,
        orders: Callable[[], Misbehaviour] = Misbehaviour,
    ) -> None:
        """Prepare the thread; it begins with `start`. `orders` returns how to misbehave by now."""
        super().__init__(name="sandbox-deliverer", daemon=True)
        self._store, self._key, self._url, self._manner = store, key, webhook_url, manner
        self._orders = orders
        self._stranger = passing_key()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._failures = 0
        self._retry_at = 0.0  # time.monotonic()
        self._posts = 0
        self._replays: deque[Replay] = deque()

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

    def tell_early(self, message_id: str) -> None:
        """Tell that a request was taken, before it is answered; called by whoever answers it."""
        if request := outbox.next_unplanned(self._store, message_id):
            self._plan_one(request)
        events = outbox.first_words(self._store, message_id)
        while events:
            body, size = group(events)
            if not self._post("early", body, signed_headers(self._key, body, time.time()), size):
                return  # it is told in its turn
            outbox.mark_told(self._store, events[:size], time.time())
            events = events[size:]

    def _plan(self) -> None:
        while not self._stopping.is_set() and (request := outbox.next_unplanned(self._store)):
            self._plan_one(request)

    def _plan_one(self, request: outbox.UnplannedRequest) -> None:
        # Where nothing comes of any letter, nobody is in a list either.
        away: dict[str, str] = {}
        if not self._manner.uneventful:
            people = [each.address for each in recipients(request.body)]
            away = suppressions.turned_away(self._store, people, request.accepted_at)
        lived = lives(request.body, request.accepted_at, self._manner, away)
        orders = self._orders()
        hurry = life.hurry(self._manner.pace)
        outbox.plan(
            self._store,
            request,
            [
                misdelivered(orders.seed, orders.webhook, f"{request.id}/{n}", each, hurry)
                for n, each in enumerate(lived)
            ],
        )

    def _tell(self) -> None:
        """Tell all that is due, in groups, until nothing is or a post fails."""
        while not self._stopping.is_set() and time.monotonic() >= self._retry_at:
            self._replay()
            due = outbox.due(self._store, time.time(), self._orders().webhook.group)
            if not due:
                return
            if events := [each for each in due if each.kind != life.ONE_CLICK]:
                self._tell_group(events)
            for each in due:
                if each.kind == life.ONE_CLICK:
                    self._leave(each)

    def _tell_group(self, events: list[DueEvent]) -> None:
        """Make one post, in the manner that is ordered."""
        self._posts += 1
        orders, now = self._orders(), time.time()
        manner = manners(orders.seed, orders.webhook, self._posts)
        odd = strange.strange(events[0], now, self._posts) if manner.strange else []
        body, size = group(events, odd)
        signed = signed_headers(self._key, body, now)
        if manner.forged:
            lies, told = strange.lies(events, self._posts), min(len(events), strange.MOST_LIES)
            self._post("forged", lies, signed, told)  # the signature of other bytes
            self._post("foreign", lies, signed_headers(self._stranger, lies, now), told)
        name = "strange" if odd else "told"
        taken = self._post(name, body, signed, size + len(odd), trickled=manner.trickled)
        if taken and manner.replayed:
            at = time.monotonic() + REPLAYED_AFTER * life.hurry(self._manner.pace)
            self._replays.append(Replay(at, body, signed, size))
        self._settle(events[:size], taken=taken)

    def _replay(self) -> None:
        """Make again the posts whose time has come."""
        while self._replays and time.monotonic() >= self._replays[0].at:
            again = self._replays.popleft()
            self._post("replayed", again.body, again.headers, again.events)

    def _post(
        self, name: str, body: bytes, headers: dict[str, str], events: int, *, trickled: bool = False
    ) -> bool:
        """Make one post, write down what was answered, and return whether it was taken."""
        status = post(self._url, body, headers, trickled=trickled)
        witness.posted(self._store, time.time(), name, events, status)
        return status in TAKEN

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
        due, now = outbox.next_due(self._store), time.monotonic()
        pauses = [IDLE]
        if due is not None:
            pauses.append(max(due - time.time(), self._retry_at - now, 0.001))
        if self._replays:
            pauses.append(max(self._replays[0].at - now, self._retry_at - now, 0.001))
        return min(pauses)


def lives(
    body: Mapping[str, Any], now: float, manner: Manner, away: Mapping[str, str] | None = None
) -> list[list[life.PlannedEvent]]:
    """Return the life of each copy, in order, of a request accepted at `now` (unix seconds).

    `away` are those that get nothing, in small letters, each with the service's reason.
    """
    tracking = body.get("tracking_settings") or {}
    html = content(body, "text/html")
    # What is not said counts as on, the account's default; a letter without HTML has nothing to count.
    opens = bool(html) and (tracking.get("open_tracking") or {}).get("enable", True)
    clicks = (tracking.get("click_tracking") or {}).get("enable", True)
    links = tracked_links(html) if clicks else ()
    watched = life.Watched(opens, links, hidden_links(html) if clicks else frozenset())
    hurry = life.hurry(manner.pace)
    found = []
    for each in recipients(body):
        if away and (reason := away.get(each.address.lower())):
            lived = life.turned_away(reason, now, manner.pace)
        else:
            lived = life.life(
                manner.seed, each.address, watched, now, manner.pace, uneventful=manner.uneventful
            )
        if any(event.kind == life.ONE_CLICK for event in lived):
            lived = _where_to_leave(lived, one_click_address(headers(body, each.personalization)))
        if manner.doubles:
            lived = life.doubled(manner.seed, lived, hurry=hurry)
        found.append(life.shuffled(manner.seed, lived, hurry) if manner.shuffle else lived)
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
