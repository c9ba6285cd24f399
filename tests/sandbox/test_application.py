"""The sandbox as a process of its own."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from mailer.sandbox import ledger
from mailer.sandbox.ledger import copies
from tests.sandbox.cast import Client, Letter, Product, Start

# serve itself prints nothing; the test has to know where it is and when it answers.
PROGRAM = """
import sys
from pathlib import Path
from mailer.sandbox import application

class Announced(application.Sandbox):
    def start(self):
        super().start()
        print(self.url, flush=True)

application.Sandbox = Announced
application.serve(host="127.0.0.1", port=0, folder=Path(sys.argv[1]), webhook_url=None)
"""


def read(url: str) -> dict[str, Any]:
    with urlopen(url, timeout=20) as response:  # noqa: S310 - our own server
        found: dict[str, Any] = json.loads(response.read())
        return found


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    yield program
    program.kill()
    program.communicate()


def address(process: subprocess.Popen[str]) -> str:
    """Return where the process answers, once it does."""
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop_and_says_nothing(
    process: subprocess.Popen[str], client: Client, letter: Letter, tmp_path: Path, number: signal.Signals
) -> None:
    url = address(process)
    client(url).client.mail.send.post(request_body=letter("amina@example.org"))
    process.send_signal(number)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
    assert [copy.address for copy in copies(tmp_path)] == ["amina@example.org"]


def test_what_was_accepted_survives_kill_9(
    process: subprocess.Popen[str], client: Client, letter: Letter, tmp_path: Path
) -> None:
    url = address(process)
    client(url).client.mail.send.post(request_body=letter("amina@example.org"))
    process.kill()
    process.wait(20)
    assert [copy.address for copy in copies(tmp_path)] == ["amina@example.org"]


def test_the_ledger_is_read_page_by_page(
    start: Start, client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    sandbox = start()
    client(sandbox.url).client.mail.send.post(
        request_body=letter("a@example.org", "b@example.org", "c@example.org")
    )
    first = read(f"{sandbox.url}/sandbox/ledger.json")
    second = read(f"{sandbox.url}/sandbox/ledger.json?after={first['next']}")
    told = first["copies"] + second["copies"]
    assert [copy["address"] for copy in told] == ["a@example.org", "b@example.org", "c@example.org"]
    assert set(told[0]) == {"id", "message_id", "n", "address", "custom_args", "subject", "accepted_at"}
    assert told[2]["custom_args"] == {"delivery": "2"}
    assert second["next"] is None


def test_progress_is_over_when_nothing_waits(
    start: Start, product: Product, client: Client, letter: Letter
) -> None:
    sandbox = start(f"{product.url}/webhook")
    assert read(f"{sandbox.url}/sandbox/progress.json") == {
        "requests": 0,
        "copies": 0,
        "events_planned": 0,
        "events_posted": 0,
        "events_waiting": 0,
    }
    client(sandbox.url).client.mail.send.post(request_body=letter("deliver@example.org", "drop@example.org"))
    product.wait(lambda: len(product.events()) == 3)
    counted = read(f"{sandbox.url}/sandbox/progress.json")
    assert (counted["requests"], counted["copies"], counted["events_planned"]) == (1, 2, 3)
    assert counted["events_posted"] + counted["events_waiting"] == 3


def test_it_says_that_it_is_well(start: Start) -> None:
    with urlopen(f"{start().url}/healthz", timeout=20) as response:  # noqa: S310 - our own server
        assert (response.status, response.read()) == (200, b"ok\n")


def test_a_page_takes_no_post(start: Start) -> None:
    request = Request(start().url, data=b"x")  # noqa: S310 - our own server
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=20)  # noqa: S310 - our own server
    assert refused.value.code == 405
    refused.value.close()


def test_the_sandbox_is_a_stranger_to_the_rest_of_the_product() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, mailer.sandbox.application; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    assert not re.search(r"\bdjango\b|\bcelery\b|\bsubscribers\b", loaded)
    ours = {name for name in loaded.split() if name.startswith("mailer")}
    assert all(name == "mailer" or name.startswith("mailer.sandbox") for name in ours)
