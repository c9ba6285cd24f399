"""One request to one address that was checked, within bounds of time and bytes.

http.client, and not a larger library: it knows no proxies, cookies, redirects, passwords, decompression or
log, so that none of these has to be kept out.
"""

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mailer.fetching.targets import Address, Target

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_KIND = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,60}", re.ASCII)
_PIECE = 65_536  # bytes


@dataclass(frozen=True)
class Limits:
    """What a fetch may cost, in seconds and bytes."""

    connect: float = 5
    whole: float = 15  # all redirects together
    redirects: int = 5
    head: int = 65_536
    body: int = 5_000_000  # read of an image
    addresses: int = 3  # of one host, tried one after another


class Allowance:
    """What is left of time and bytes."""

    def __init__(self, until: float, size: int) -> None:
        """Take the moment of `time.monotonic` to end at, and how many bytes may come."""
        self.until, self.size = until, size

    @property
    def seconds(self) -> float:
        """Return the time left; raises TimeoutError where none is."""
        if (left := self.until - time.monotonic()) <= 0:
            raise TimeoutError
        return left

    def take(self, size: int) -> None:
        """Count bytes that came; raises http.client.HTTPException where they are too many."""
        self.size -= size
        if self.size < 0:
            raise http.client.HTTPException("more came than is read")


@dataclass(frozen=True)
class Reply:
    """What a server said; `location` '' is nowhere, `content` None was not read."""

    status: int
    location: str
    kind: str
    content: bytes | None


class Pinned(http.client.HTTPConnection):
    """A connection to one address, for a host of that name: nothing is looked up."""

    def __init__(
        self, target: Target, address: Address, allowance: Allowance, context: ssl.SSLContext | None
    ) -> None:
        """Take the TLS to speak, None for plain HTTP."""
        super().__init__(target.host, target.port)
        self._address, self._allowance, self._context = address, allowance, context
        if context:
            self.default_port = http.client.HTTPS_PORT
        self.response_class = partial(_Reading, allowance)  # type: ignore[assignment]  # is only called

    def open(self, patience: float) -> None:
        """Connect within so many seconds; raises OSError."""
        family = socket.AF_INET6 if self._address.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(min(patience, self._allowance.seconds))
        self.sock.connect((str(self._address), self.port))

    def secure(self) -> None:
        """Speak TLS where that was asked for, with a certificate of the host's name; raises OSError."""
        self.sock.settimeout(self._allowance.seconds)
        if self._context:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def connect(self) -> None:
        """Never connect anew: only `open` does."""
        raise http.client.NotConnected


class _Reading(http.client.HTTPResponse):
    """An answer that is read within an allowance."""

    def __init__(self, allowance: Allowance, sock: socket.socket, *, method: str | None = None) -> None:
        super().__init__(sock, method=method)
        self.fp = io.BufferedReader(_Counted(self.fp.detach(), sock, allowance))

    def _read_status(self) -> tuple[str, int, str]:
        """Read on after every interim answer, as http.client does after one of them (RFC 9110 §15.2)."""
        version, status, reason = super()._read_status()  # type: ignore[misc]  # which typeshed leaves out
        is_interim = http.HTTPStatus.SWITCHING_PROTOCOLS < status < http.HTTPStatus.OK
        return version, http.HTTPStatus.CONTINUE if is_interim else status, reason


class _Counted(io.RawIOBase):
    """The bytes of a socket: each read has the time that is left, however slowly they drip."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, allowance: Allowance) -> None:
        self._raw, self._sock, self._allowance = raw, sock, allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(self._allowance.seconds)
        size = self._raw.readinto(buffer) or 0
        self._allowance.take(size)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


def ask(
    connection: Pinned, target: Target, headers: Mapping[str, str], allowance: Allowance, *, body: int
) -> Reply:
    """Ask over a connection that is open; no more than `body` bytes of what was asked for are read.

    Raises OSError (TimeoutError where the time is over), http.client.HTTPException or ValueError.
    """
    connection.request("GET", target.path, headers=dict(headers))
    with connection.getresponse() as response:
        is_wanted = body and response.status // 100 == 2  # noqa: PLR2004 - RFC 9110 §15.3
        content = _content(response, body, allowance) if is_wanted else None
        locations = response.headers.get_all("Location") or [""]
        kind = _KIND.match((response.headers.get_all("Content-Type") or [""])[0].strip())
        return Reply(response.status, _decoded(locations[0]), kind[0].lower() if kind else "", content)


def _content(response: http.client.HTTPResponse, most: int, allowance: Allowance) -> bytes:
    # What comes in pieces has a head to each.
    allowance.size = most + most // 4 + _PIECE
    content = bytearray()
    while len(content) < most and (piece := response.read(min(_PIECE, most - len(content)))):
        content += piece
    if len(content) < most and response.length:  # which http.client tells only of what is read whole
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(content)


def _decoded(location: str) -> str:
    """Return an address from a header, where some servers write UTF-8 (http.client reads Latin-1)."""
    try:
        return location.strip().encode("latin-1").decode()
    except UnicodeError:
        return location.strip()
