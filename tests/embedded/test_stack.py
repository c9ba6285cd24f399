"""The stack: one context, every part ready; dead ones come back, and nothing outlives its owner."""

import fcntl
import http.client
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mailer.embedded import broker, readiness, stack
from mailer.embedded.stack import Stack, StackError
from mailer.environment import SettingError
from tests.waiting import until

OWNER = """
import os, signal
from mailer.embedded.stack import Stack
with Stack(os.environ, port=0, sandbox_port=0, workers=1) as stack:
    print(stack.base_url, stack.sandbox_url, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    kept = {name: os.environ[name] for name in ("PATH", "no_proxy")}
    data_dir = tmp_path_factory.mktemp("stack") / "data"
    with Stack(kept | {"MAILER_DATA_DIR": str(data_dir)}, port=0, sandbox_port=0, workers=1) as made:
        yield made


def answer(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    finally:
        connection.close()


def listens(url: str) -> bool:
    try:
        answer(url)
    except OSError:
        return False
    return True


def all_ended(data_dir: Path) -> bool:
    """Every keeper holds the lock; whoever gets it knows that all have gone."""
    with (data_dir / "up.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_each_part_is_ready_when_the_context_is_entered(running: Stack) -> None:
    assert answer(f"{running.base_url}/healthz") == 200
    assert answer(running.sandbox_url) == 200
    assert readiness.broker_answers(broker.socket_path(running.data_dir))
    running.check()


def test_its_environment_suits_every_further_program(running: Stack) -> None:
    environ = running.environ
    assert environ["REDIS_URL"] == broker.url(running.data_dir)
    assert environ["MAILER_BASE_URL"] == running.base_url
    assert environ["MAILER_SANDBOX_URL"] == running.sandbox_url
    assert "127.0.0.1" in environ["no_proxy"].split(",")


def test_a_broker_that_is_set_is_used_and_none_is_started(
    fresh_environ: dict[str, str], redis_url: str, tmp_path: Path
) -> None:
    secret = tmp_path / "redis-url"
    secret.write_text(redis_url)
    fresh_environ["REDIS_URL_FILE"] = str(secret)
    with Stack(fresh_environ, port=0, sandbox_port=0, workers=1) as made:
        assert made.environ["REDIS_URL"] == redis_url
        assert not (made.data_dir / "broker").exists()


def test_each_program_writes_a_log_of_its_own(running: Stack) -> None:
    logs = {path.stem for path in (running.data_dir / "logs").iterdir()}
    assert logs <= {"broker", "sandbox", "web", "worker", "scheduler"}
    assert "worker" in logs


def test_nobody_else_may_look_into_what_is_kept(running: Stack) -> None:
    folders = [running.data_dir, *filter(Path.is_dir, running.data_dir.iterdir())]
    assert {path.name for path in folders} >= {"data", "broker", "sandbox", "logs"}
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folders} == {
        path.name: 0o700 for path in folders
    }


def test_a_broker_does_not_outlive_its_keeper(running: Stack) -> None:
    path = broker.socket_path(running.data_dir)
    (server,) = _processes(str(path), parent="keeper.py")
    os.kill(_parent(server), signal.SIGKILL)
    until(lambda: _processes(str(path), parent="keeper.py") not in ([], [server]))
    until(lambda: readiness.broker_answers(path))
    until(lambda: not _lives(server))
    running.check()


def test_a_web_server_that_is_killed_comes_back(running: Stack) -> None:
    port = urlsplit(running.base_url).port
    (victim,) = _processes(f"--bind 127.0.0.1:{port}", parent="keeper.py")
    os.kill(victim, signal.SIGKILL)
    until(lambda: _processes(f"--bind 127.0.0.1:{port}", parent="keeper.py") not in ([], [victim]))
    until(lambda: readiness.web_answers(port or 0, "/healthz"))
    running.check()


def test_a_second_stack_for_the_same_data_is_refused(running: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "TURNOVER", 0.0)
    environ = {"MAILER_DATA_DIR": str(running.data_dir)}
    with pytest.raises(StackError, match="another mailer runs with"), Stack(environ, port=0, sandbox_port=0):
        pass
    running.check()


def test_leaving_ends_all_and_so_does_being_killed(fresh_environ: dict[str, str]) -> None:
    data_dir = Path(fresh_environ["MAILER_DATA_DIR"])
    for farewell in (signal.SIGINT, signal.SIGKILL):
        with subprocess.Popen(
            [sys.executable, "-c", OWNER],
            env=fresh_environ,
            stdout=subprocess.PIPE,
            text=True,
        ) as owner:
            assert owner.stdout
            urls = owner.stdout.readline().split()
            assert len(urls) == 2
            assert all(map(listens, urls))
            owner.send_signal(farewell)
        until(lambda: all_ended(data_dir))
        assert not any(map(listens, urls))
        assert not readiness.broker_answers(broker.socket_path(data_dir))


def test_a_database_that_is_not_there_ends_the_start_and_what_was_started(
    fresh_environ: dict[str, str], free_port: int
) -> None:
    keys = {"MAILER_SECRET_KEY": "s" * 32, "MAILER_HASH_KEY": "h" * 32}
    fresh_environ |= keys | {"DATABASE_URL": f"postgresql://mailer@127.0.0.1:{free_port}/mailer"}
    with pytest.raises(StackError, match="DATABASE_URL"), Stack(fresh_environ, port=0, sandbox_port=0):
        pass
    data_dir = Path(fresh_environ["MAILER_DATA_DIR"])
    assert all_ended(data_dir)
    assert not readiness.broker_answers(broker.socket_path(data_dir))


def test_a_port_that_is_taken_is_named(running: Stack, fresh_environ: dict[str, str]) -> None:
    port = urlsplit(running.base_url).port or 0
    with pytest.raises(StackError, match=f"port {port} is taken"), Stack(fresh_environ, port=port):
        pass


def test_a_wrong_setting_is_found_before_anything_starts(fresh_environ: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="REDIS_URL"):
        Stack(fresh_environ | {"REDIS_URL": "amqp://broker"})
    assert not Path(fresh_environ["MAILER_DATA_DIR"]).exists()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _parent(process: int) -> int:
    listed = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(process)], capture_output=True, text=True, check=True
    )
    return int(listed.stdout)


def _processes(words: str, *, parent: str) -> list[int]:
    """Return the processes whose command holds `words` and whose parent's holds `parent`."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    commands = {row[0]: row[2] for row in rows if len(row) == 3}
    return [
        int(row[0])
        for row in rows
        if len(row) == 3 and words in row[2] and parent in commands.get(row[1], "") and parent not in row[2]
    ]
