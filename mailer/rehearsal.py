"""A whole send through the sandbox: sample readers, the sample edition, and a comparison of both ledgers.

Everything goes the way it goes in production; only the people, the paper and the pace are invented.
"""

import csv
import datetime as dt
import io
import itertools
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mailer import editions, reports, sends
from mailer.models import EventBody, Send
from mailer.reconciling import Comparison, compare
from mailer.timetable import Instant
from mailer.transports.sendgrid import DELIVERY, SEND
from mailer.vocabulary import SendStatus
from subscribers import importing, suppressions
from subscribers.addresses import address_key
from subscribers.lists import add_list, parse_sender
from subscribers.models import List, Subscription
from subscribers.vocabulary import Status, Suppressed

SAMPLES = Path(__file__).resolve().parent / "samples"
LIST = "space-digest"
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}

# One in so many sample readers has paused, or had an address that bounced long ago.
PAUSED, BOUNCED = 97, 89
PATIENCE = 120.0  # seconds without an end before the rehearsal is given up
_LOOK_AGAIN = 0.05

Progress = Callable[[str, int, int], None]  # what is under way, how many are done, how many in all


class RehearsalError(Exception):
    """The rehearsal did not come to its end; the message says at what it stood."""


@dataclass(frozen=True)
class Outcome:
    """What came of it: the send, both ledgers compared, and whether everything adds up."""

    send: Send
    comparison: Comparison
    taken: int  # copies in the sandbox's ledger

    @property
    def adds_up(self) -> bool:
        """Return whether every reader is accounted for, and both ledgers are equal address by address."""
        sums = reports.ledger(self.send)
        return (
            self.send.status == SendStatus.DONE
            and sums.adds_up
            and self.comparison.equal
            and self.taken == sums.outcomes["accepted"]
        )


def sample_readers(count: int) -> str:
    """Return `count` invented readers as CSV, evenly over all sets of the sample list's interests."""
    sets = [
        ";".join(chosen)
        for size in range(len(INTERESTS) + 1)
        for chosen in itertools.combinations(INTERESTS, size)
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["email", "name", "interests"])
    writer.writerows(
        (f"reader{number:06}@readers.example", f"Reader {number}", sets[number % len(sets)])
        for number in range(1, count + 1)
    )
    return text.getvalue()


def sample_list() -> List:
    """Return the sample list, made if it is not there."""
    return add_list(
        LIST,
        name="Space Digest",
        sender=parse_sender("Space Digest <editor@space-digest.example>"),
        postal_address="Space Digest, 14 Observatory Road, Cape Town 7925, South Africa",
        interests=INTERESTS,
        zone="Africa/Johannesburg",
    ).newsletter


def enrol(owner: List, count: int) -> None:
    """Put `count` sample readers on the list, by the way any other CSV goes."""
    now = dt.datetime.now(dt.UTC)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "readers.csv"
        file.write_text(sample_readers(count), encoding="utf-8")
        agreed = "Sample readers, who are nobody"
        importing.import_csv(owner, file, by="the rehearsal", consent=agreed, at=now)


def stage(count: int) -> List:
    """Make the sample list with `count` readers; some have paused, some bounced long ago."""
    owner, now = sample_list(), dt.datetime.now(dt.UTC)
    enrol(owner, count)
    everyone = Subscription.objects.filter(list=owner).order_by("pk").select_related("subscriber")
    for number, subscription in enumerate(everyone.iterator(), 1):
        if number % PAUSED == 0:
            Subscription.objects.filter(pk=subscription.pk).update(status=Status.PAUSED)
        if number % BOUNCED == 0:
            key = address_key(subscription.subscriber.canonical)
            suppressions.suppress(key, Suppressed.BOUNCED, "the sample's past", now)
    return owner


def play(owner: List, sandbox_url: str, check: Callable[[], None], progress: Progress) -> Outcome:
    """Send the sample edition to the list and wait until the last event has come back.

    `check` raises when a process that is needed has given up.
    """
    now = dt.datetime.now(dt.UTC)
    text = (SAMPLES / "edition.md").read_bytes()
    edition = editions.import_text(owner, text, author="the sample", now=now).edition
    send = sends.schedule(edition, Instant(now), by="the rehearsal", now=now)

    def sent() -> bool:
        send.refresh_from_db()
        sums = reports.ledger(send)
        candidates = sums.candidates or 0
        open_ = sums.outcomes["pending"] + sums.outcomes["in_flight"]
        progress("Sending", candidates - open_, candidates)
        return send.status not in {SendStatus.SCHEDULED, SendStatus.PREPARING, SendStatus.SENDING}

    def told() -> bool:
        seen = _json(f"{sandbox_url}/sandbox/progress.json")
        waiting = EventBody.objects.filter(applied_at=None).count()
        progress("Events", seen["events_posted"], seen["events_planned"])
        return seen["events_waiting"] == 0 and waiting == 0

    _wait_for(sent, check)
    _wait_for(told, check)
    send.refresh_from_db()
    took = [
        (int(copy["custom_args"][DELIVERY]), copy["address"])
        for copy in _copies(sandbox_url)
        if copy["custom_args"].get(SEND) == str(send.pk)
    ]
    ours = [
        (line["delivery"], line["email"]) for line in reports.lines(send) if line["outcome"] == "accepted"
    ]
    return Outcome(send, compare(ours, took), len(took))


def _wait_for(fact: Callable[[], bool], check: Callable[[], None]) -> None:
    """Wait until `fact` holds."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not fact():
        check()
        if time.monotonic() > deadline:
            raise RehearsalError(f"No end after {PATIENCE:.0f} s; the logs in the data directory say why")
        pause.wait(_LOOK_AGAIN)


def _copies(sandbox_url: str) -> Iterator[dict[str, Any]]:
    """Yield every copy in the sandbox's ledger."""
    after: int | None = 0
    while after is not None:
        page = _json(f"{sandbox_url}/sandbox/ledger.json?after={after}")
        yield from page["copies"]
        after = page["next"]


def _json(url: str) -> dict[str, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        found: dict[str, Any] = orjson.loads(answer.read())
    return found
