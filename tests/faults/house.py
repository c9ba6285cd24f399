"""One run: a house of processes around one send, whose plugs are pulled as its scenario says."""

import contextlib
import json
import os
import random
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from mailer import doorbell
from tests.faults import breaks, observer, oracle, product
from tests.faults.broker import Broker
from tests.faults.chaos import Act, Scenario
from tests.faults.processes import Crew
from tests.faults.product import Place

TICK = 0.004  # seconds between looks of the house
LONGEST = 80.0  # seconds a run may take in all
AGAIN = frozenset({"worker", "scheduler", "web"})
WEATHER = frozenset({"terminate", "crash", "restart", "full", "full_journal", "clock", "flush", "down"})
SMALLEST_FILE = {"full": 64 * 1024, "full_journal": 100}


class House:
    """The processes of one run. It holds no connection: whatever it forks begins clean."""

    def __init__(self, scenario: Scenario, place: Place, application: Any, clock: Path | None) -> None:  # noqa: ANN401 - a WSGI application
        self._scenario, self._place, self._clock = scenario, place, clock
        self._chance = random.Random(scenario.name)  # noqa: S311 - whose plug it is
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._wishes, wishes = os.pipe()
        words, self._words = os.pipe()
        os.set_blocking(self._wishes, False)
        self._heard = b""
        self._clerks = 0
        self._busy: dict[int, tuple[str, float, int, str]] = {}
        self._pulls, self._acts = list(scenario.pulls), list(scenario.acts)
        self._begun, self._calm = scenario.early, False
        self._broker: Broker | None = None
        self._broker_back_at = 0.0
        self._limited: list[tuple[int, float]] = []
        self._crew = Crew(
            scenario.name,
            {
                "worker": product.celery_worker if scenario.celery else product.worker,
                "scheduler": product.ringer if scenario.celery else product.scheduler,
                "web": lambda: product.web(self._listening, application),
                "observer": lambda: observer.observe(scenario, place, wishes, words),
            },
            place.folder / "crashes",
        )

    def run(self) -> dict[str, Any]:
        """Live through the scenario; return the result."""
        base_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        transport = self._start_oracle(f"{base_url}/webhooks/sendgrid")
        product.settle_in(self._scenario, self._place, base_url=base_url, transport=transport)
        breaks.apply(self._scenario)
        if self._scenario.celery:
            self._broker = Broker(self._place.folder)
            self._broker.start()
            settings.BROKER_URL = self._broker.url
        else:  # nobody answers; without this, each ring would be a connection refused
            doorbell.ring = lambda _task, *_numbers: False
        began = time.monotonic()
        self._crew.start("observer")
        self._await("scheduled")
        for who, many in (
            ("web", 0 if self._scenario.smtp else 1),
            ("scheduler", self._scenario.schedulers),
            ("worker", self._scenario.workers),
        ):
            for _ in range(many):
                self._crew.start(who)
        try:
            result = self._live()
        finally:
            self._crew.end("worker", "scheduler", "web", "clerk", "observer", "oracle")
            if self._broker:
                self._broker.end()
        result["violations"] = [*result["violations"], *self._crashes()]
        return result | {
            "took": round(time.monotonic() - began, 3),
            "kills": self._crew.kills + self._killed_at_points(),
            "deaths": self._crew.deaths,
            "stops": self._crew.stops,
            "crossed": [f"{line['point']}:{line['how']}" for line in self._crossed()],
        }

    def _start_oracle(self, webhook_url: str) -> str:
        ready, tell = os.pipe()
        self._crew.work["oracle"] = lambda: oracle.serve(
            self._scenario, self._place.folder, webhook_url, lambda at: os.write(tell, f"{at}\n".encode())
        )
        self._crew.start("oracle")
        found = b""
        while not found.endswith(b"\n"):
            found += os.read(ready, 200)
        os.close(ready)
        os.close(tell)
        return found.decode().strip()

    def _live(self) -> dict[str, Any]:
        """Pull plugs and let people act, until the observer has judged."""
        born = began = time.monotonic()
        while time.monotonic() - born < LONGEST:
            if not self._begun:
                began = time.monotonic()
            self._go_wrong(time.monotonic() - began)
            ended = self._crew.reap(AGAIN)
            if any(who == "observer" for who, _ in ended):
                break
            self._again(ended)
            if self._calm and not self._busy:
                (self._place.folder / "acted").touch()
            for wish in self._wished():
                self._grant(wish)
            select.select([self._wishes], [], [], TICK)
        return observer.result_of(self._place.folder) or {"violations": ["the observer gave no result"]}

    def _go_wrong(self, passed: float) -> None:
        """Do what is due `passed` seconds after the beginning; afterwards all is calm."""
        while self._pulls and self._pulls[0].at <= passed:
            pull = self._pulls.pop(0)
            if pull.stays:
                self._crew.stop(pull.who, self._chance, pull.stays)
            else:
                self._crew.kill(pull.who, self._chance)
        while self._acts and self._acts[0].at <= passed:
            self._do(self._acts.pop(0))
        self._crew.wake()
        self._lift_limits(passed)
        if self._broker and self._broker_back_at and passed > self._broker_back_at:
            self._broker_back_at = 0.0
            self._broker.start()
        wrong = self._pulls or self._acts or self._crew.stopped or self._limited or self._broker_back_at
        if not self._calm and not wrong and passed > self._scenario.window:
            self._calm = True
            (self._place.folder / oracle.CALM).touch()

    def _grant(self, wish: str) -> None:
        """Have a clerk do what the observer wishes; or bring everything to a halt."""
        if wish == "frozen":
            self._begun = True
        if wish == "quiet":
            self._crew.end("worker", "scheduler", "web", "clerk")
            self._busy.clear()
            os.write(self._words, b"quiet\n")
            return
        what, _, number = wish.partition(" ")
        if what in product.ACTS and not any(busy[0] == what for busy in self._busy.values()):
            self._send_clerk(what, 1, int(number))

    def _do(self, act: Act) -> None:
        """Let a person, or the weather, act."""
        if act.what not in WEATHER:
            self._send_clerk(act.what, act.size, 0)
        elif act.what == "clock" and self._clock:
            self._clock.write_text(f"{act.size:+g}", encoding="ascii")
        elif act.what in SMALLEST_FILE:
            for child, who in self._crew.alive.items():
                if who == "worker" and self._chance.random() < 0.7:
                    resource.prlimit(
                        child, resource.RLIMIT_FSIZE, (SMALLEST_FILE[act.what], resource.RLIM_INFINITY)
                    )
                    self._limited.append((child, act.at + act.size))
        elif self._broker and act.what == "flush":
            self._broker.flush()
        elif self._broker and act.what == "down":
            self._broker.end()
            self._broker_back_at = act.at + act.size
        elif act.what in {"terminate", "crash", "restart"}:
            self._shake_postgresql(act.what)

    def _lift_limits(self, passed: float) -> None:
        for child, until in list(self._limited):
            if passed > until:
                self._limited.remove((child, until))
                if child in self._crew.alive:
                    resource.prlimit(
                        child, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                    )

    def _shake_postgresql(self, how: str) -> None:
        """Terminate every backend of this run; or kill one, upon which the server ends all and recovers.

        Or shut the server down in order; it comes back by itself.
        """
        found = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with (
            contextlib.suppress(psycopg.Error),
            psycopg.connect(os.environ["TESTS_POSTGRESQL"], autocommit=True) as server,
        ):
            backends = [pid for (pid,) in server.execute(found, [self._place.database]).fetchall()]
            if how == "restart":
                [(folder,)] = server.execute("SELECT current_setting('data_directory')").fetchall()
                postmaster = (Path(folder) / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
                os.kill(int(postmaster), signal.SIGINT)
            elif how == "crash" and backends:
                os.kill(self._chance.choice(backends), signal.SIGKILL)
            else:
                for pid in backends:
                    server.execute("SELECT pg_terminate_backend(%s)", [pid])

    def _send_clerk(self, what: str, size: float, number: int, name: str = "") -> None:
        self._clerks += 1
        name = name or f"{self._scenario.name} {self._clerks}"
        self._crew.work["clerk"] = lambda: product.clerk(self._place, what, size, number, name)
        self._busy[self._crew.start("clerk")] = (what, size, number, name)

    def _again(self, ended: list[tuple[str, bool]]) -> None:
        """Have those clerks who died begin again, as a person would."""
        for child in [child for child in self._busy if child not in self._crew.alive]:
            task = self._busy.pop(child)
            if any(who == "clerk" and not well for who, well in ended):
                self._send_clerk(*task)

    def _await(self, word: str) -> None:
        while word not in self._wished():
            select.select([self._wishes], [], [], 0.05)
            if any(who == "observer" for who, _ in self._crew.reap(frozenset())):
                raise RuntimeError("the observer ended before the send was scheduled")

    def _wished(self) -> list[str]:
        with contextlib.suppress(BlockingIOError):
            self._heard += os.read(self._wishes, 4096)
        *lines, self._heard = self._heard.split(b"\n")
        return [line.decode() for line in lines]

    def _crossed(self) -> list[dict[str, str]]:
        path = self._place.folder / "crossed.jsonl"
        return (
            [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            if path.exists()
            else []
        )

    def _crashes(self) -> list[str]:
        """Return what nobody foresaw and a process died of."""
        path = self._place.folder / "crashes"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [f"a process died of {line}" for line in sorted(set(lines))[:5]]

    def _killed_at_points(self) -> int:
        return sum(line["how"] == "kill" for line in self._crossed())


def live(
    scenario: Scenario,
    place: Place,
    application: Any,  # noqa: ANN401 - a WSGI application
    clock: Path | None,
    keep: Callable[[dict[str, Any]], object],
) -> None:
    """Run a scenario in this process, a fork of its own, and hand its result to `keep`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    keep(House(scenario, place, application, clock).run())
