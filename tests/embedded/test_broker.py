"""The embedded broker: ours alone, found by every process, and nothing forgotten over a kill."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu import Connection
from redis import Redis

from mailer.embedded import broker
from mailer.embedded.keeper import keep
from mailer.embedded.readiness import broker_answers
from tests.waiting import until


@contextmanager
def running(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    with keep(broker.command(data_dir), output=subprocess.DEVNULL) as keeper:
        until(lambda: broker_answers(broker.socket_path(data_dir)))
        yield keeper
    broker.tidy(data_dir)


def put(data_dir: Path, word: str) -> None:
    with Connection(broker.url(data_dir)) as connection, connection.SimpleQueue("letters") as queue:
        queue.put(word)


def take(data_dir: Path) -> object:
    with Connection(broker.url(data_dir)) as connection, connection.SimpleQueue("letters") as queue:
        message = queue.get(timeout=5)
        message.ack()
        return message.payload


def test_it_keeps_what_it_was_given_over_a_restart(tmp_path: Path) -> None:
    with running(tmp_path):
        put(tmp_path, "hello")
    with running(tmp_path):
        assert take(tmp_path) == "hello"


def test_it_keeps_what_it_was_given_when_it_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as keeper:
        put(tmp_path, "hello")
        with Redis(unix_socket_path=str(broker.socket_path(tmp_path))) as client:
            server: int = client.info()["process_id"]
        os.kill(server, signal.SIGKILL)
        assert keeper.wait() == 128 + signal.SIGKILL
    with running(tmp_path):
        assert take(tmp_path) == "hello"


def test_a_data_directory_with_odd_characters_in_its_name_works(tmp_path: Path) -> None:
    data_dir = tmp_path / "our data, 100% ours?"
    with running(data_dir):
        put(data_dir, "hello")
        assert take(data_dir) == "hello"


def test_a_path_too_long_for_a_socket_is_led_to_a_short_private_one(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 40)
    path = broker.socket_path(data_dir)
    assert len(os.fsencode(path)) <= broker.LONGEST_SOCKET_PATH
    assert path == broker.socket_path(data_dir)
    assert path != broker.socket_path(data_dir.with_name("other"))
    with running(data_dir):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        put(data_dir, "hello")
        assert take(data_dir) == "hello"
    assert not path.parent.exists()


def test_only_its_owner_may_reach_it(tmp_path: Path) -> None:
    with running(tmp_path):
        path = broker.socket_path(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_place_that_somebody_else_prepared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "broker").symlink_to(elsewhere)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(broker.BrokerError, match="belongs to somebody else"):
        broker.command(tmp_path)
