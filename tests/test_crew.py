"""`mailer worker --poll`: processes that are started again, and leave no batch half done."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from django.db import connection

from mailer import reports, sends
from mailer.models import Send
from mailer.sandbox.signing import public_key
from mailer.timetable import Instant
from tests.provider import Provider, provider, says
from tests.stage import a_list, an_edition, readers
from tests.surroundings import KEYS
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

STARTING = 60  # seconds; the machine may be busy


@pytest.fixture
def sendgrid() -> Iterator[Provider]:
    """A provider that accepts; a test may change its `reply`."""
    with provider(says(202, X_Message_Id="m1")) as server:
        yield server


@pytest.fixture
def environ(
    fresh_environ: dict[str, str], database_url: str, sendgrid: Provider, tmp_path: Path
) -> dict[str, str]:
    """An installation on this test's database that has no broker."""
    return fresh_environ | {
        **KEYS,
        "DATABASE_URL": database_url,
        "SENDGRID_API_KEY": "SG.test",
        "SENDGRID_API_URL": sendgrid.url,
        "SENDGRID_WEBHOOK_KEYS": public_key(tmp_path),
    }


@pytest.fixture
def worker(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`mailer worker --poll` with two processes, both of which have begun."""
    command = [sys.executable, "-m", "mailer", "worker", "--poll", "--concurrency", "2"]
    with subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL) as running:
        try:
            until(lambda: len(crew_of(running)) == 2, within=STARTING)
            yield running
        finally:
            running.terminate()


def a_send() -> Send:
    owner = a_list()
    readers(owner, 3)
    now = dt.datetime.now(dt.UTC)
    return sends.schedule(an_edition(owner), Instant(now), by="ed", now=now)


def is_done(send: Send) -> bool:
    return Send.objects.get(pk=send.pk).status == "done"


def crew_of(worker: subprocess.Popen[bytes]) -> set[int]:
    """Return the processes that poll; the helper that Python's own multiprocessing starts is none."""
    return {number for number, words in _children(worker.pid) if b"spawn_main" in words}


def _children(of: int) -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == of and status[0] != "Z":
                yield int(folder.name), (folder / "cmdline").read_bytes()


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_send_is_delivered_without_a_broker_and_none_is_embedded(
    worker: subprocess.Popen[bytes], sendgrid: Provider, environ: dict[str, str]
) -> None:
    send = a_send()
    until(lambda: is_done(send), within=STARTING)
    assert reports.ledger(send).outcomes["accepted"] == 3
    assert len(sendgrid.asked) <= 2, "the letter to the readers, and perhaps the owner's already"
    assert not [words for _, words in _children(worker.pid) if b"valkey" in words or b"redis" in words]
    assert not (Path(environ["MAILER_DATA_DIR"]) / "broker").exists()


def test_a_process_that_dies_is_started_again(worker: subprocess.Popen[bytes]) -> None:
    before = crew_of(worker)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(crew_of(worker)) == 2 and victim not in crew_of(worker), within=STARTING)
    assert len(crew_of(worker) & before) == 1, "the other goes on"


def test_when_the_first_process_is_killed_the_others_end_too(worker: subprocess.Popen[bytes]) -> None:
    crew = crew_of(worker)
    worker.kill()
    until(lambda: not any(map(runs, crew)), within=STARTING)


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_the_request_under_way(
    worker: subprocess.Popen[bytes], sendgrid: Provider, farewell: signal.Signals
) -> None:
    asked, go_on, accept = threading.Event(), threading.Event(), sendgrid.reply

    def slow(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        assert go_on.wait(STARTING)
        accept(handler)

    sendgrid.reply = slow
    send = a_send()
    assert asked.wait(STARTING)
    crew = crew_of(worker)
    worker.send_signal(farewell)
    until(lambda: sum(map(runs, crew)) == 1, within=STARTING)
    assert worker.poll() is None, "it waits for the one that is at work"
    go_on.set()
    assert worker.wait(STARTING) == 0
    connection.close()
    assert reports.ledger(send).outcomes["accepted"] == 3
    assert not any(map(runs, crew))
    assert len(sendgrid.asked) == 1


def test_words_for_celery_are_wrong_usage(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "mailer", "worker", "--poll", "--autoscale", "4"]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert "--autoscale 4" in told.stderr
