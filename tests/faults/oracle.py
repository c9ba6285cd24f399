"""The transport that knows the truth: its ledger is written before it answers, and it is never killed."""

import contextlib
import email
import email.policy
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mailer.sandbox import deliverer, ledger, witness
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.events import DueEvent
from mailer.sandbox.ledger import unpacked
from mailer.sandbox.life import ONE_CLICK
from mailer.sandbox.store import reader
from mailer.sandbox.telling import Telling
from tests.faults import smtp_oracle
from tests.faults.chaos import Scenario
from tests.faults.processes import CLOCK

PACE = 2_000_000.0  # two days pass in a tenth of a second
CALM = "calm"  # a file of this name in the run's folder: nothing goes wrong any more
_LOOK = 0.01  # seconds

_TOLD = """
SELECT event.id, event.kind, event.ordinal, event.happened_at, event.details, event.bare, request.message_id,
    copy.id - request.first_copy AS n, copy.address, copy.custom_args
FROM event JOIN copy ON copy.id = event.copy JOIN request ON request.id = copy.request
WHERE event.told_at > 0 ORDER BY event.id
"""


@dataclass(frozen=True)
class Taken:
    """One copy that the transport took; `at` in unix seconds. What it says is `content`, by its kind."""

    delivery: int
    address: str
    attempt: str
    at: float
    subject: str
    content: dict[str, str]


@dataclass(frozen=True)
class Truth:
    """What the transport knows at the end of a run."""

    taken: tuple[Taken, ...]
    requests: int
    forged_believed: int = 0  # posts with a wrong signature that were answered 2xx
    redirects_followed: int = 0
    told: tuple[DueEvent, ...] = ()
    faults: dict[str, int] = field(default_factory=dict)  # what was done with requests, or letters


def serve(scenario: Scenario, folder: Path, webhook_url: str, ready: Callable[[str], object]) -> None:
    """Be the transport until killed; `ready` is called with the address to reach it at."""
    calm = folder / CALM
    _keep_true_time(folder)
    if scenario.smtp:
        smtp_oracle.serve(scenario, folder, calm, ready)
        return
    deliverer.FIRST_RETRY, deliverer.LAST_RETRY, deliverer.READERS_PAUSE = 0.03, 0.2, 0.05
    manner = Manner(scenario.orders.seed, PACE, uneventful=not scenario.eventful)
    sandbox = Sandbox(
        folder / "sandbox",
        host="127.0.0.1",
        port=0,
        webhook_url=webhook_url,
        manner=manner,
        faults=scenario.orders,
    )
    sandbox.start()
    ready(sandbox.url)
    waiting = threading.Event()
    while not calm.exists():
        waiting.wait(_LOOK)
    # The poisoned stay poisoned.
    sandbox.turns.change(replace(scenario.orders, rate=0.0, script=(), webhook=Telling()))
    waiting.wait()


def _keep_true_time(folder: Path) -> None:
    """Have a clock of our own, which nobody sets: the other side's does not go wrong with ours."""
    if CLOCK in os.environ:
        true = folder / "true-time"
        true.write_text("+0", encoding="ascii")
        os.environ[CLOCK] = str(true)


def idle(scenario: Scenario, folder: Path) -> bool:
    """Return whether everything that happened has been told."""
    if scenario.smtp:
        return True
    with reader(folder / "sandbox") as connection:
        waiting = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM event WHERE told_at IS NULL)"
            " OR EXISTS (SELECT 1 FROM request WHERE planned = 0)"
        ).fetchone()[0]
    return not waiting


def truth(scenario: Scenario, folder: Path) -> Truth:
    """Return what was taken, copy by copy, and how the webhook was answered."""
    if scenario.smtp:
        return _truth_of_smtp(folder)
    place = folder / "sandbox"
    copies = list(ledger.copies(place))  # before the letters they are in: more may come at any moment
    with reader(place) as connection:
        bodies = dict(connection.execute("SELECT message_id, body FROM request").fetchall())
        told = tuple(
            DueEvent(*row) for row in connection.execute(_TOLD).fetchall() if row["kind"] != ONE_CLICK
        )
    letters: dict[str, dict[str, Any]] = {name: unpacked(body) for name, body in bodies.items()}
    taken = tuple(
        Taken(
            int(copy.custom_args.get("nl_delivery", 0)),
            copy.address,
            copy.custom_args.get("nl_attempt", ""),
            copy.accepted_at,
            copy.subject,
            {part["type"]: part["value"] for part in letters[copy.message_id]["content"]},
        )
        for copy in copies
    )
    believed = sum(
        post.status // 100 == 2 for post in witness.posts(place) if post.manner in {"forged", "foreign"}
    )
    conducts = Counter(seen.conduct for seen in witness.requests(place))
    return Truth(taken, conducts.total(), believed, witness.strays(place), told, dict(conducts))


def _truth_of_smtp(folder: Path) -> Truth:
    taken = []
    faults: Counter[str] = Counter()
    for line in _lines(folder / smtp_oracle.LEDGER):
        faults[line["fault"]] += 1
        if not line["taken"]:
            continue
        message = email.message_from_bytes(line["content"].encode("latin-1"), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        delivery, _, attempt = name.partition(".")
        content = {
            part.get_content_type(): part.get_content().replace("\r\n", "\n")
            for part in message.walk()
            if not part.is_multipart()
        }
        taken.append(
            Taken(
                int(delivery) if delivery.isdecimal() else 0,
                line["address"],
                attempt,
                line["at"],
                str(message["Subject"]),
                content,
            )
        )
    return Truth(tuple(taken), faults.total(), faults=dict(faults))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def append(path: Path, line: dict[str, object]) -> None:
    """Write one line at the end of a file that several processes write to."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, json.dumps(line).encode() + b"\n")
    os.close(file)
