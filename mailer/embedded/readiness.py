"""Facts by which a program is known to be ready: it answers."""

import http.client
import socket
from pathlib import Path

# One question; a program that is only just starting is asked again.
PATIENCE = 1.0
# A broker elsewhere that is asked but once, before anything starts.
CONNECT_PATIENCE = 5.0


def broker_answers(path: Path) -> bool:
    """Return whether a Valkey or Redis answers PING on the unix socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def broker_fault(url: str, *, patience: float = CONNECT_PATIENCE) -> str:
    """Return in a few words why the broker at `url` cannot be used, '' if it can; never its password.

    `patience` is in seconds, for the connection and again for its answer.
    """
    from kombu import Connection  # noqa: PLC0415 - every command would pay for it, and only a stack asks
    from kombu.exceptions import OperationalError  # noqa: PLC0415 - the same
    from redis.exceptions import RedisError  # noqa: PLC0415 - the same

    timeouts = {"socket_connect_timeout": patience, "socket_timeout": patience}
    with Connection(url, transport_options={"max_retries": 0, **timeouts}) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)  # asks PING
        except (OperationalError, RedisError, ValueError, OSError) as error:
            return " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return ""


def web_answers(port: int, path: str) -> bool:
    """Return whether a web server on this machine answers `path` with success."""
    # Straight to the port: a proxy that the environment names has no business here.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < http.HTTPStatus.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(broker_url: str, node: str) -> bool:
    """Return whether the Celery worker named `node` answers a ping through the broker."""
    from kombu import Connection  # noqa: PLC0415 - every command would pay for it, and only a stack asks
    from kombu.exceptions import OperationalError  # noqa: PLC0415 - the same
    from kombu.pidbox import Mailbox  # noqa: PLC0415 - the same
    from redis.exceptions import RedisError  # noqa: PLC0415 - the same

    # Not through Celery's own `ping`: its pool outlives a broker that was started anew.
    with Connection(broker_url, transport_options={"max_retries": 1}) as connection:
        mailbox = Mailbox("celery", type="fanout", connection=connection, accept=["json"])
        try:
            return bool(mailbox.call([node], "ping", timeout=PATIENCE / 2))
        except (OperationalError, RedisError):
            return False
