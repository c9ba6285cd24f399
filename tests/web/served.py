"""The pages as production serves them, and a client that says and hears every octet itself."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.embedded import readiness
from tests.surroundings import fresh
from tests.waiting import until

# `mailer web` replaces its process by gunicorn: so does this, with other constants.
_ALTERED = """
import runpy, sys
from mailer.web import arriving, patience
{lines}
sys.argv[0] = "gunicorn"
runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)
"""
_OPTIONS = (
    *("--threads", "2", "--worker-class", "mailer.web.patience.PatientWorker", "--log-level", "warning"),
    *("--forwarder-headers", "", "--no-control-socket", "--worker-connections", "40"),
    "mailer.web.wsgi:application",
)


@dataclass(frozen=True)
class Served:
    """A running web server; `errors` is the file it writes to."""

    port: int
    errors: Path
    process: subprocess.Popen[bytes]

    def connect(self, patience: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience)

    def says(self, octets: bytes) -> bytes:
        """Return all that is answered until the server closes."""
        with self.connect() as connection:
            connection.sendall(octets)
            return heard(connection)


def heard(connection: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def a_request(path: str, *headers: str, method: str = "GET", body: bytes = b"", last: bool = True) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    if last:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@contextmanager
def served(environ: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """`mailer web` in this environment, whose database is there."""
    with _running(environ, folder, lambda port: ("-m", "mailer", "web", "--port", str(port))) as running:
        yield running


@contextmanager
def served_with(environ: Mapping[str, str], folder: Path, *lines: str) -> Iterator[Served]:
    """The same with other constants: `arriving.HEAD_SECONDS = 0.5`."""
    code = _ALTERED.format(lines="\n".join(lines))
    with _running(
        environ, folder, lambda port: ("-c", code, "--bind", f"127.0.0.1:{port}", *_OPTIONS)
    ) as running:
        yield running


@contextmanager
def _running(
    environ: Mapping[str, str], folder: Path, words: Callable[[int], tuple[str, ...]]
) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    errors = folder / "web.errors"
    with errors.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *words(port)],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stderr=output,
        )
        try:
            until(lambda: process.poll() is not None or readiness.web_answers(port, "/healthz"))
            assert process.poll() is None, errors.read_text()
            yield Served(port, errors, process)
        finally:
            process.terminate()
            process.wait()


def an_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a new installation in a folder; its database is made."""
    environ = fresh(folder)
    subprocess.run([sys.executable, "-m", "mailer", "migrate"], env=environ, check=True, capture_output=True)
    return environ
