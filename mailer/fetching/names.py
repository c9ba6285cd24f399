"""What a host's name leads to."""

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue

from mailer.fetching.targets import Address

# Returns all addresses of a name; raises UnknownHostError or LookupFailedError.
Resolver = Callable[[str], Sequence[Address]]

_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class UnknownHostError(Exception):
    """There is no such name, or it has no address."""


class LookupFailedError(Exception):
    """No name server said whether there is such a name."""


def system(host: str) -> tuple[Address, ...]:
    """Return what this machine's resolver says of a full name."""
    try:
        # With the dot it is not looked for in one's own domain too, as wiki.example.office.example.
        found = socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise (UnknownHostError if error.errno in _NO_SUCH_NAME else LookupFailedError) from None
    except (OSError, UnicodeError):
        raise LookupFailedError from None
    return tuple(dict.fromkeys(ip_address(row[4][0]) for row in found))


def within(seconds: float, resolve: Resolver, host: str) -> Sequence[Address]:
    """Return what `resolve` says of a host, or raise TimeoutError; a resolver cannot be interrupted."""
    said: SimpleQueue[Sequence[Address] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            said.put(resolve(host))
        except Exception as error:  # noqa: BLE001 - raised again by who waits
            said.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = said.get(timeout=max(seconds, 0))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer
