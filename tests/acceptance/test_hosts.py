"""Two hosts, each with a data directory and workers of its own, against one PostgreSQL and one Redis."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from mailer.sandbox import ledger
from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from tests.acceptance import running
from tests.waiting import until

SAMPLE = Path(__file__).parents[2] / "mailer" / "samples" / "edition.md"
READERS = 600

# A dozen processes begin and end in it.
pytestmark = pytest.mark.timeout(280)


class Hosts:
    """The parts of an installation, and the command line of the first host."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        self.environ = environ
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, host: str, *words: str) -> subprocess.Popen[bytes]:
        """Start one part on a host, in a process group of its own."""
        data_dir = self.folder / host
        with (self.folder / f"{host}-{words[0]}-{len(self.running)}.log").open("wb") as log:
            part = subprocess.Popen(
                [sys.executable, "-m", "mailer", *words],
                env=self.environ | {"MAILER_DATA_DIR": str(data_dir)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(part)
        return part

    def mailer(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        return running.mailer(self.environ | {"MAILER_DATA_DIR": str(self.folder / "one")}, *words)

    def end(self) -> None:
        for part in self.running:
            pull(part)


def pull(part: subprocess.Popen[bytes]) -> None:
    """End a part and its children at once, as a pulled plug does."""
    if part.poll() is None:
        os.killpg(part.pid, signal.SIGKILL)
    part.wait()


@pytest.fixture
def hosts(
    fresh_environ: dict[str, str], postgres_url: str, redis_url: str, tmp_path: Path
) -> Iterator[Hosts]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(
            Sandbox(
                tmp_path / "sandbox", host="127.0.0.1", port=0, webhook_url=None, manner=Manner(pace=100_000)
            )
        )
        environ = fresh_environ | {
            "MAILER_HASH_KEY": "h" * 40,
            "MAILER_SECRET_KEY": "s" * 40,
            "DATABASE_URL": postgres_url,
            "REDIS_URL": redis_url,
            "MAILER_SANDBOX_URL": sandbox.url,
            # So slow that the send is still under way when the plug is pulled.
            "MAILER_PACE": "20",
            "MAILER_SWEEP": "0.5",
            "MAILER_LEASE": "2",
            "MAILER_ANSWER_TIMEOUT": "2",
            "MAILER_UNKNOWN_WAIT": "5",
        }
        found = Hosts(environ, tmp_path)
        stack.callback(found.end)
        (tmp_path / "one").mkdir()
        assert found.start("one", "migrate").wait(60) == 0
        yield found


def test_a_host_that_vanishes_in_the_middle_loses_nobody_and_sends_nobody_two(hosts: Hosts) -> None:
    """And a broker that is emptied meanwhile costs time only."""
    people = hosts.folder / "people.csv"
    people.write_text(
        "email,name,interests\n" + "".join(f"reader{n}@readers.example,,\n" for n in range(READERS))
    )
    hosts.mailer(
        *("lists", "add", "space-digest", "--name", "Space Digest", "--postal-address", "1 Orbit Road"),
        *("--from", "Space Digest <editor@space-digest.example>"),
        *("--interest", "china=China", "--interest", "russia=Russia"),
        *("--interest", "africa=Africa", "--interest", "south-asia=Asia"),
    )
    hosts.mailer("subscribers", "import", "space-digest", str(people), "--consent", "a test's readers")
    edition = hosts.mailer("editions", "import", "space-digest", str(SAMPLE))["id"]
    hosts.start("one", "scheduler")
    hosts.start("one", "worker", "--concurrency", "2", "--hostname", "one@hosts")
    vanishing = hosts.start("two", "worker", "--concurrency", "2", "--hostname", "two@hosts")
    send = str(hosts.mailer("sends", "schedule", str(edition))["id"])

    until(lambda: 0 < hosts.mailer("sends", "show", send)["accepted"] < READERS, within=60)
    pull(vanishing)
    with redis.Redis.from_url(hosts.environ["REDIS_URL"]) as broker:
        broker.flushdb()
    settled = {"done", "settling"}
    until(lambda: hosts.mailer("sends", "show", send)["status"] in settled, within=60)
    if hosts.mailer("sends", "show", send)["unknown"]:
        # Its journal went with it: a person decides about the request that was under way.
        until(
            lambda: hosts.mailer("sends", "resolve", send, "--status")["too_early"] == 0,
            within=30,
        )
        hosts.mailer("sends", "resolve", send, "--leave-out", "--yes")

    shown = hosts.mailer("sends", "show", send)
    took = Counter(
        copy.address for copy in ledger.copies(hosts.folder / "sandbox") if "nl_send" in copy.custom_args
    )
    assert shown["candidates"] == READERS == shown["accepted"] + shown["not_confirmed"]
    assert shown["pending"] == shown["in_flight"] == shown["unknown"] == 0
    assert max(took.values()) == 1
    assert shown["accepted"] <= len(took) <= READERS
