"""The system itself, as the children of a run: workers, scheduler, web, and the person who commands it."""

import datetime as dt
import http.client
import json
import os
import random
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, connections

from mailer import faultpoints, pace, polling, protocol, sends
from mailer.batches import settling
from mailer.environment import Timings
from mailer.links import Links
from mailer.models import Attempt, Delivery, Edition, Send
from mailer.sends import SendError, delivering, rewinding
from mailer.smtp_settings import SmtpSettings
from mailer.timetable import Instant
from mailer.transports import answers
from mailer.transports.relay import Relay, Tls
from mailer.transports.sendgrid import SendGrid
from mailer.transports.smtp import Smtp
from mailer.vocabulary import SendStatus
from subscribers import suppressions
from subscribers.leaving import unsubscribe
from subscribers.models import List, Subscriber, Subscription
from subscribers.vocabulary import Suppressed, WhenUnknown
from tests import stage
from tests.faults.chaos import Scenario
from tests.faults.oracle import append
from tests.faults.processes import PulledError, pause, true_time

TIMINGS = Timings(
    sweep=0.3, lease=0.25, answer_timeout=0.3, unknown_wait=0.65, useful_life=2.0, missed_after=86_400
)
ED = "ed"
PLANNED = "paused by ed"  # a pause that the plan ends, and nobody else
FACTS = "facts.jsonl"
CORRECTED = stage.EDITION.replace(b"The rocket flew.", b"The rocket stayed where it was.")
SWEEP = 0.12  # seconds between the sweeps of the scheduler
IDLE = 0.05  # seconds between looks


@dataclass(frozen=True)
class Place:
    """Where one run takes place."""

    folder: Path
    database: str  # SQLite's file, or the name of a database


def now() -> dt.datetime:
    """Return the time as this machine has it."""
    return dt.datetime.now(dt.UTC)


def settle_in(scenario: Scenario, place: Place, *, base_url: str, transport: str) -> None:
    """Configure this process, and with it its children to come; nothing is connected."""
    connections.databases["default"]["NAME"] = place.database
    smtp = SmtpSettings()
    if scenario.smtp:
        host, _, port = transport.partition(":")
        smtp = SmtpSettings(relay=Relay(host, int(port), Tls.NONE))
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION,
        data_dir=place.folder,
        base_url=base_url,
        sandbox_url=transport,
        timings=TIMINGS,
        smtp=smtp,
    )
    SendGrid.most_readers = Smtp.most_readers = scenario.batch
    pace.CANARY, pace.SHORTEST_TURN = 3, 0.02
    protocol._FIRST_PAUSE, protocol._LONGEST_PAUSE = 0.02, 0.1
    answers.LONGEST_WAIT = rewinding.LONGEST_PACE = rewinding.SLACK = 0.3
    settling.LATEST_AFTER_FIRE = 0.15
    delivering.PATIENCE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # type: ignore[assignment]  # the same
    _arm(scenario, place)


def _arm(scenario: Scenario, place: Place) -> None:
    """Lay the plugs: each crossing of a point is counted over all processes, and some end badly."""
    planned = {(crossing.point, crossing.nth): crossing.how for crossing in scenario.crossings}
    points = {crossing.point for crossing in scenario.crossings}

    def pull(point: str) -> None:
        if point not in points:
            return
        how = planned.get((point, _ordinal(place.folder / f"point-{point}")))
        if how:
            append(place.folder / "crossed.jsonl", {"point": point, "how": how})
            _go(how, point)

    faultpoints.arm(pull if points else None)


def _ordinal(path: Path) -> int:
    """Return how often this was called for `path`, over all processes, this time included."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, b".")
    place = os.lseek(file, 0, os.SEEK_CUR)
    os.close(file)
    return place


def _go(how: str, point: str) -> None:
    match how:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "late":
            pause(TIMINGS.lease * 2.5)
        case "away":
            raise OperationalError(f"the database is away at {point}")
        case "raise":
            raise PulledError(point)
        case _:
            raise SystemExit(4)


def worker() -> None:
    """Work for ever, as `mailer worker --poll` does; as Celery's do, outlive an exception."""
    while True:
        try:
            polling.poll(threading.Event(), idle=IDLE)
        except PulledError:
            connection.close()


def celery_worker() -> None:
    """Work for ever as `celery -A worker worker` does, one task at a time."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    from worker import app  # noqa: PLC0415 - it reads the settings of this run

    app.worker_main(["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"])


def ringer() -> None:
    """Sweep and ring for ever, as Celery's timetable has it done."""
    pause = threading.Event()
    while True:
        try:
            sends.sweep(now=now())
        except (DatabaseError, OSError):
            connection.close()
        pause.wait(SWEEP * 2)


def scheduler() -> None:
    """Sweep for ever."""
    pause = threading.Event()
    while True:
        try:
            sends.tidy(now=now())
        except (DatabaseError, OSError, PulledError):
            connection.close()
        pause.wait(SWEEP)


def web(listening: socket.socket, application: Any) -> None:  # noqa: ANN401 - a WSGI application
    """Answer webhooks and one-click for ever, on a socket that outlives this process."""
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - only this child serves

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Say nothing."""

    server = make_server(
        "127.0.0.1", listening.getsockname()[1], application, request_handler=Quiet, fd=listening.fileno()
    )
    server.serve_forever(0.02)


def schedule(place: Place) -> None:
    """Schedule the edition of the template, now."""
    edition = Edition.objects.select_related("list").get()
    sends.schedule(edition, Instant(now()), by=ED, now=now())
    del place


def policy(decision: str) -> None:
    """Write how the list decides about what is unknown."""
    words = {"policy_resend": WhenUnknown.RESEND, "policy_leave_out": WhenUnknown.LEAVE_OUT}
    List.objects.update(when_unknown=words.get(decision, WhenUnknown.HOLD))


def clerk(place: Place, what: str, size: float, number: int, seed: str) -> None:
    """Do one thing that a person does, again until it has been done, and write the fact down."""
    do = ACTS[what]
    while True:
        try:
            facts = do(size, number, random.Random(seed))  # noqa: S311 - draws readers
        except SendError as error:
            facts = [{"refused": str(error)}]
        except (DatabaseError, OSError, http.client.HTTPException):
            connection.close()
            pause(0.01)
            continue
        for fact in facts:
            append(place.folder / FACTS, {"act": what, **fact})
        return


def _first_send(number: int) -> int:
    return number or Send.objects.order_by("pk").values_list("pk", flat=True)[0]


def _attempts(send: int) -> list[str]:
    return sorted(pk.hex for pk in Attempt.objects.filter(batch__send=send).values_list("pk", flat=True))


def _cancel(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    send = _first_send(number)
    sends.cancel(send, by=ED, now=now())
    return [{"send": send, "at": true_time(), "attempts": _attempts(send)}]


def _pause(size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    send = _first_send(number)
    held = sends.pause(send, by=ED, now=now(), reason=PLANNED)
    if held.pause_reason != PLANNED:
        return []
    before = _attempts(send)
    pause(size)
    after = _attempts(send)
    still = Send.objects.filter(pk=send, status=SendStatus.PAUSED, pause_reason=PLANNED).exists()
    sends.resume(send, by=ED, now=now())
    return [{"send": send, "before": before, "after": after}] if still else []


def _resume(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    sends.resume(number, by=ED, now=now())
    return []


def _correct(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    send = _first_send(number)
    text = CORRECTED.replace(b"stayed", b"did stay") if number else CORRECTED
    made = sends.correct(send, text, by=ED, now=now())
    return [{"send": send, "correction": made.pk}]


def _double(_size: float, _number: int, _chance: random.Random) -> list[dict[str, Any]]:
    edition = Edition.objects.select_related("list").get()
    made = sends.schedule(edition, Instant(now()), by=ED, now=now())
    return [{"send": made.pk}]


def _resend(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    return [{"send": number, "readers": sends.resend(number, by=ED, now=now()).readers}]


def _leave_out(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    return [{"send": number, "readers": sends.leave_out(number, by=ED, now=now()).readers}]


def _look_up(_size: float, number: int, _chance: random.Random) -> list[dict[str, Any]]:
    return [{"send": number, "proved": sends.look_up(number, now=now()).proved}]


def _some(size: float, chance: random.Random) -> list[tuple[int, str]]:
    """Return subscriptions and address keys of some readers who are still there."""
    rows = list(
        Subscription.objects.filter(status="active")
        .order_by("pk")
        .values_list("pk", "subscriber__address_key")
    )
    return chance.sample(rows, min(int(size), len(rows)))


def _each(leave: Callable[[int, str], object]) -> Callable[..., list[dict[str, Any]]]:
    def act(size: float, _number: int, chance: random.Random) -> list[dict[str, Any]]:
        facts = []
        for subscription, key in _some(size, chance):
            leave(subscription, key)
            facts.append({"left": key, "at": true_time()})
        return facts

    return act


def _one_click(subscription: int, key: str) -> None:
    """Leave by the link in a letter, over the web, until it answers."""
    delivery = Delivery.objects.filter(address_key=key).values_list("pk", flat=True).first() or 0
    parts = urlsplit(Links(settings.CONFIGURATION.base_url).leave(subscription, delivery))
    wire = http.client.HTTPConnection(parts.netloc, timeout=2)
    try:
        wire.request(
            "POST",
            parts.path,
            "List-Unsubscribe=One-Click",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if wire.getresponse().status != http.HTTPStatus.OK:
            raise OSError("not left yet")
    finally:
        wire.close()


ACTS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "cancel": _cancel,
    "pause": _pause,
    "resume": _resume,
    "correct": _correct,
    "double": _double,
    "resend": _resend,
    "leave_out": _leave_out,
    "look_up": _look_up,
    "unsubscribe": _each(lambda subscription, _key: unsubscribe(subscription, "one-click", now())),
    "suppress": _each(lambda _, key: suppressions.suppress(key, Suppressed.BY_HAND, "by telephone", now())),
    "erase": _each(lambda _, key: Subscriber.objects.filter(address_key=key).delete()),
    "one_click": _each(_one_click),
}


def facts_of(place: Place) -> list[dict[str, Any]]:
    """Return what was done, as those who did it wrote it down."""
    path = place.folder / FACTS
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
