"""One connection to SendGrid and its deadline, and how far a request came on it."""

import contextlib
import http.client
import io
import os
import socket
import threading
import time
import urllib.error
from typing import Any, Self

from mailer.transports.words import LONGEST, without_addresses

LONGEST_CONNECT = 5.0  # seconds
LONGEST_BODY = 2**20  # bytes of an answer that are read


class Wire:
    """One connection, cut at its deadline whatever it is doing."""

    def __init__(self, timeout: float, body: bytes | None) -> None:
        """Begin to count `timeout` seconds now; `body` is what will be handed over, None = none."""
        self.timeout, self.body = timeout, body
        # Whether the request was handed over to its last byte, or what broke that.
        self.whole = False
        self.broken: OSError | None = None
        self._deadline = time.monotonic() + timeout
        self._cut_at_deadline = False
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._timer: threading.Timer | None = None

    @property
    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - time.monotonic()

    def connect(self, address: tuple[str, int], *_: object) -> socket.socket:
        """Open the connection and set the deadline on it; stands in for socket.create_connection."""
        sock = socket.create_connection(address, timeout=min(LONGEST_CONNECT, max(self.left, 0.001)))
        if self.left <= 0:
            sock.close()
            raise TimeoutError("timed out")
        # A handle of our own: TLS takes the socket over, and urllib closes it before it has read all.
        self._handle = socket.socket(fileno=os.dup(sock.fileno()))
        self._timer = threading.Timer(self.left, self._cut)
        self._timer.daemon = True
        self._timer.start()
        sock.settimeout(self.left + 1)  # later than the cut, which also ends what only trickles
        return sock

    def close(self) -> None:
        """Call off the cut and let go of the connection."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None

    def words(self, error: BaseException) -> str:
        """Return what happened, for a person."""
        if self._cut_at_deadline:
            return f"cut off after {self.timeout:g} s"
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        words = f"{type(cause).__name__}: {cause}" if isinstance(cause, BaseException) else cause
        return without_addresses(words)[:LONGEST]

    def _cut(self) -> None:
        with self._lock:
            if self._handle is not None:
                self._cut_at_deadline = True
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)


class _Lines(io.BufferedReader):
    """A reader that remembers the last line it gave."""

    last = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = super().readline(size)
        return self.last


class _Response(http.client.HTTPResponse):
    """An answer whose headers must have come to their end, and whose body need not."""

    def begin(self) -> None:
        self.fp = lines = _Lines(self.fp.detach())
        super().begin()
        # http.client takes the end of the stream for the end of the headers.
        if lines.last not in {b"\r\n", b"\n"}:
            raise http.client.HTTPException("the answer ended within its headers")

    def read(self, _amount: int | None = None) -> bytes:
        """Return the body, once, as far as it came: what matters, the status has said."""
        try:
            return super().read(LONGEST_BODY)
        except http.client.IncompleteRead as error:
            return error.partial
        except (OSError, ValueError):
            return b""
        finally:
            self.close()


class Connection(http.client.HTTPConnection):
    """A connection that tells its wire how far the request came."""

    response_class = _Response
    wire: Wire
    _ready = False

    def on(self, wire: Wire) -> Self:
        """Let the connection be opened by `wire`, and return it."""
        self.wire = wire
        self._create_connection = wire.connect
        return self

    def connect(self) -> None:
        """Connect by way of the wire."""
        super().connect()
        self._ready = True

    def endheaders(self, message_body: Any = None, *, encode_chunked: bool = False) -> None:  # noqa: ANN401 - as http.client has it
        """Hand the request over, or as much of it as the other side takes."""
        try:
            super().endheaders(message_body, encode_chunked=encode_chunked)
            self.wire.whole = True
        except OSError as error:
            if not self._ready:
                raise
            # Who answers early and closes breaks our writing; that answer may still be there to read.
            self.wire.broken = error


class SecureConnection(Connection, http.client.HTTPSConnection):
    """The same through TLS."""
