"""A server that a test run starts for itself, under a keeper that ends it with the run."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Loaded machines start slowly; a server that is not there by then will not come.
ATTEMPTS = 600


class ServerError(Exception):
    """A server the tests need cannot be had; the message says what to install."""


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and the keeper whose lifeline we hold."""

    url: str
    keeper: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server and remove its directory."""
        if self.keeper.stdin:
            self.keeper.stdin.close()
        self.keeper.wait()


def until_ready(server: Server, ready: Callable[[], bool], log: Path) -> Server:
    """Return `server` once `ready` is true; raises ServerError with the end of its log if it dies."""
    for _ in range(ATTEMPTS):
        if ready():
            return server
        try:
            server.keeper.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    said = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
    server.stop()
    raise ServerError(" / ".join(["a server for the tests did not start", *said]))
