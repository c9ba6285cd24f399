"""A day in the house, as production runs it: PostgreSQL, Redis, and every part a process of its own."""

import base64
import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import redis

from mailer.embedded.stack import Stack
from tests.surroundings import KEYS
from tests.waiting import until

SAMPLE = Path(__file__).parents[2] / "mailer" / "samples" / "edition.md"


class House:
    """A running installation and its command line."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.said: list[str] = []

    def mailer(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "mailer", *words],
            env=self.stack.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.said.append(done.stderr)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self.mailer(*words, "--json"))

    def sandbox(self, path: str) -> Any:  # noqa: ANN401 - whatever the page holds
        url = f"{self.stack.sandbox_url}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own, on loopback
            return json.load(answer)

    def logs(self) -> str:
        return "".join(path.read_text() for path in (self.stack.data_dir / "logs").iterdir())


@pytest.fixture(params=["sqlite and the embedded broker", "postgresql and redis"])
def house(request: pytest.FixtureRequest, fresh_environ: dict[str, str]) -> Iterator[House]:
    environ = fresh_environ | KEYS | {"MAILER_SWEEP": "1"}
    if request.param.startswith("postgresql"):
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        environ["REDIS_URL"] = request.getfixturevalue("redis_url")
    with Stack(environ, workers=2, port=0, sandbox_port=0, sandbox_options=["--pace", "100000"]) as stack:
        yield House(stack)


class Broker:
    """Everything that any process says to the broker, as it is said."""

    def __init__(self, url: str) -> None:
        # No time-out: a broker may have nothing to say for a while.
        client = (
            redis.Redis(unix_socket_path=url.removeprefix("redis+socket://"), socket_timeout=None)
            if url.startswith("redis+socket://")
            else redis.Redis.from_url(url, socket_timeout=None)
        )
        self.heard: list[str] = []
        self._connection = client.connection_pool.get_connection()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._connection.send_command("MONITOR")  # type: ignore[no-untyped-call]  # the library's own lack
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Ends the read that the listener is in.
        self._connection._sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]  # a socket by now
        self._listener.join()
        self._connection.disconnect()  # type: ignore[no-untyped-call]  # the library's own lack

    def _listen(self) -> None:
        """Hear bytes: what is said need not be text."""
        with contextlib.suppress(redis.ConnectionError):
            while True:
                said = self._connection.read_response(disable_decoding=True)
                self._hear(said.decode("utf-8", "replace"))

    def _hear(self, command: str) -> None:
        """Keep a command, and what Celery's messages hold in base64, in the clear."""
        bodies = re.findall(r'\\?"body\\?": \\?"([A-Za-z0-9+/=]+)', command)
        self.heard += [command, *(base64.b64decode(body).decode() for body in bodies)]


def test_an_edition_goes_from_a_text_file_to_every_readers_inbox_and_back(
    house: House, canary: str, tmp_path: Path
) -> None:
    with Broker(house.stack.environ["REDIS_URL"]) as broker:
        _a_day(house, canary, tmp_path)
    # No person in any log, any broker message, or anything a command said on stderr.
    everything = house.logs() + "".join(broker.heard) + "".join(house.said)
    assert "mailer.deliver" in "".join(broker.heard)
    assert any(re.fullmatch(r"\[\[\d+\], \{\}, \{.*\}\]", heard) for heard in broker.heard)
    assert "batch answered" in everything
    # Nor in the addresses that letters hold.
    everything += "".join(_links(house))
    assert "/u/" in everything
    for trace in (canary, canary.partition("@")[0], "Canary", "reader1@"):
        assert trace not in everything


def _a_day(house: House, canary: str, tmp_path: Path) -> None:
    """Send an edition, hear what comes back, and send a second one to those who are left."""
    people = tmp_path / "people.csv"
    people.write_text(
        "email,name,interests\n"
        f"{canary},Canary,africa\n"
        + "".join(f"reader{n}@readers.example,Reader {n},china;russia\n" for n in range(40))
        + "bounce@readers.example,,\ncomplain@readers.example,,\nleave@readers.example,,\n"
    )
    house.mailer(
        *("lists", "add", "space-digest", "--name", "Space Digest", "--postal-address", "1 Orbit Road"),
        *("--from", "Space Digest <editor@space-digest.example>", "--interest", "china=China"),
        *("--interest", "russia=Russia", "--interest", "africa=Africa", "--interest", "south-asia=Asia"),
    )
    house.mailer("subscribers", "import", "space-digest", str(people), "--consent", "a test's readers")
    edition = house.json("editions", "import", "space-digest", str(SAMPLE))
    assert house.mailer("editions", "export", str(edition["id"])) == SAMPLE.read_text()
    send = house.json("sends", "schedule", str(edition["id"]))["id"]

    until(lambda: house.json("sends", "show", str(send))["status"] == "done", within=60)
    until(lambda: house.sandbox("/sandbox/progress.json")["events_waiting"] == 0, within=60)
    until(lambda: house.json("sends", "show", str(send))["events"]["complained"] == 1, within=60)

    shown = house.json("sends", "show", str(send))
    assert (shown["candidates"], shown["accepted"]) == (44, 44)
    ours = {
        line["email"] for line in house.json("sends", "ledger", str(send)) if line["outcome"] == "accepted"
    }
    took = house.sandbox("/sandbox/ledger.json")["copies"]
    theirs = [copy["address"] for copy in took if copy["custom_args"].get("nl_send") == str(send)]
    assert sorted(ours) == sorted(theirs)
    # The owner is told how it went, by a letter that is nobody's copy.
    until(lambda: "editor@space-digest.example" in _told(house), within=30)
    assert house.json("subscribers", "show", "bounce@readers.example")["suppression"]
    until(lambda: _left(house, "leave@readers.example"), within=30)

    # The second edition leaves out who bounced, complained or left.
    again = tmp_path / "again.md"
    again.write_text(SAMPLE.read_text().replace("title: ", "title: Again, ", 1))
    second = house.json("editions", "import", "space-digest", str(again))["id"]
    number = house.json("sends", "schedule", str(second))["id"]
    until(lambda: house.json("sends", "show", str(number))["status"] == "done", within=60)
    latest = house.json("sends", "show", str(number))
    assert latest["excluded_reasons"]["suppressed"] >= 2
    assert latest["candidates"] == latest["accepted"] + latest["excluded"]


def _links(house: House) -> Iterator[str]:
    """Yield the addresses in every copy that the sandbox took."""
    for copy in house.sandbox("/sandbox/ledger.json")["copies"]:
        url = f"{house.stack.sandbox_url}/letters/{copy['message_id']}/{copy['n']}/html"
        with urllib.request.urlopen(url, timeout=10) as letter:  # noqa: S310 - our own, on loopback
            yield from re.findall(r'href="([^"]+)"', letter.read().decode())


def _told(house: House) -> set[str]:
    """Return who got letters that are no copies of an edition."""
    took = house.sandbox("/sandbox/ledger.json")["copies"]
    return {copy["address"] for copy in took if "nl_send" not in copy["custom_args"]}


def _left(house: House, address: str) -> bool:
    (subscription,) = house.json("subscribers", "show", address)["subscriptions"]
    return bool(subscription["status"] == "unsubscribed")
