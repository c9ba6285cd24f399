"""A gunicorn worker that nobody can keep waiting: threads are for requests that have arrived whole.

gunicorn's own threaded worker (27.0.1) gives a connection to a thread at once, which waits five seconds for
the first octet and then for ever for the last: eight clients that send an octet a second hold all eight
threads. And it closes a connection on its main loop, which waits two seconds for a client that does not.

Here the main loop reads, without waiting, and each request has a deadline (arriving.py). Answers fit into the
kernel's buffer, so that who does not read them holds no thread either. Of too many connections the slowest
gives way, if there is one; of too many octets, the one that holds most.
"""

import errno
import fcntl
import gc
import logging
import resource
import selectors
import socket
import sys
import termios
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.errors import ConfigError
from gunicorn.http import errors, get_parser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from mailer.web.arriving import Arriving, Request
from mailer.web.headers import EVERYWHERE, OF_ONE_READER

# Octets that may wait in one process for the rest of their requests.
ROOM = 32 * 1024 * 1024
# Larger than any answer but very much of "get my data"; what does not fit has to be taken within SENDING.
SEND_BUFFER = 256 * 1024
SENDING = 30.0
# Of earlier answers: little enough that the next fits beside it.
UNTAKEN = 32 * 1024
PIECE = 64 * 1024
# A client may still be sending when it is answered: closed at once, it would not get to see the answer.
LINGER_SECONDS, LINGER_OCTETS = 2.0, 1024 * 1024
SWEEP = 0.25  # seconds
# Who has been waited for longer than this makes room for others, if there is no other; before, others queue.
SLOW = 2.0  # seconds
# How long a thread keeps the interpreter while the main loop wants it, which it does after each call that
# might wait: five milliseconds, Python's own, are more than most requests take.
SWITCH = 0.001  # seconds
# Python's own (700, 10, 10) looks for garbage several times in each request: a tenth of its time.
COLLECT = (50_000, 10, 10)
# Descriptors for everything that is no connection.
SPARE = 64

_REFUSALS: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
}
_WORDS = {
    400: ("Bad Request", "That could not be read. Nothing was changed."),
    408: ("Request Timeout", "That took too long to arrive. Nothing was changed: please try once more."),
    414: ("URI Too Long", "This address is too long. Nothing was changed."),
    417: ("Expectation Failed", "That cannot be expected here. Nothing was changed."),
    431: ("Request Header Fields Too Large", "Your browser sent too much about itself. Nothing was changed."),
    500: ("Internal Server Error", "Something broke on our side. Please try again in a minute."),
    501: ("Not Implemented", "That could not be read. Nothing was changed."),
}


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A client's connection, with what has arrived over it."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, now: float) -> None:  # noqa: ANN401 - gunicorn ships no types
        """Begin to wait for its first request."""
        super().__init__(cfg, sock, client, server)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.arriving = Arriving(now)
        self.request: Request | None = None
        self.waited_for_since = now
        # It was answered for the last time: what else it sends is counted and thrown away.
        self.over = False
        self.thrown_away = 0
        # All that may be read is there already, so no thread ever reads from the socket.
        self.parser = get_parser(cfg, (), client)
        self.data_ready = True

    def init(self) -> None:
        """Make ready for a thread to answer."""
        self.sock.settimeout(SENDING)

    @property
    def takes_answers(self) -> bool:
        """Return whether earlier answers have arrived: who asks on without taking them gets no other.

        Who has read an answer has acknowledged it with the next request at the latest.
        """
        try:
            left = fcntl.ioctl(self.sock, termios.TIOCOUTQ, bytes(4))
        except OSError:  # not all systems tell
            return True
        return int.from_bytes(left, sys.byteorder) <= UNTAKEN


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threaded worker, but the main loop reads."""

    worker_connections: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - gunicorn ships no types
        """Begin with nobody."""
        super().__init__(*args, **kwargs)
        # Those that no thread is busy with; whoever has been waited for longest comes first.
        self._waiting: dict[Connection, None] = {}
        self._held = 0
        self._next_sweep = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:  # noqa: ANN401 - gunicorn ships no types
        """Refuse what this worker does not do."""
        super().check_config(cfg, log)
        if cfg.is_ssl or cfg.http2_cleartext != "off" or cfg.proxy_protocol != "off":
            raise ConfigError("TLS, HTTP/2 and the PROXY protocol are for the proxy in front: unset them")

    def init_process(self) -> None:
        """Take no more connections than there are descriptors for."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            self.worker_connections = max(self.cfg.threads, min(self.worker_connections, soft - SPARE))
        sys.setswitchinterval(SWITCH)
        super().init_process()

    def run(self) -> None:
        """Serve; what was loaded until now is garbage never, and a request leaves little that is."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        super().run()

    # What happens on the main loop.

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, and wait for what it brings."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self.worker_connections = max(1, self.nr_conns)  # there are fewer descriptors than was said
            elif error.errno not in {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}:
                raise
            return
        self.nr_conns += 1
        self._wait(Connection(self.cfg, sock, client, listener.getsockname(), time.monotonic()))
        self._make_room()

    def _wait(self, conn: Connection) -> None:
        conn.sock.settimeout(0)
        conn.waited_for_since = time.monotonic()
        self._waiting[conn] = None
        self._held += conn.arriving.held
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))

    def _wait_no_more(self, conn: Connection) -> None:
        del self._waiting[conn]
        self._held -= conn.arriving.held
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._wait_no_more(conn)
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        """Let the slowest go if there are too many; where none is slow, no more are accepted meanwhile."""
        oldest = next(iter(self._waiting), None)
        full = self.nr_conns >= self.worker_connections
        if oldest and full and time.monotonic() - oldest.waited_for_since > SLOW:
            self._drop(oldest)

    def _read(self, conn: Connection, _: object) -> None:
        """Read what has come, and hand the request over if it is whole."""
        if conn not in self._waiting:  # it gave way in this same turn of the loop
            return
        try:
            octets = conn.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if conn.over:
            conn.thrown_away += len(octets)
        if not octets or conn.thrown_away > LINGER_OCTETS:
            self._drop(conn)
            return
        if conn.over:
            return
        self._held += len(octets)
        conn.arriving.add(octets, time.monotonic())
        while self._held > ROOM:
            self._drop(max(self._waiting, key=lambda each: each.arriving.held))
        if conn in self._waiting:
            self._consider(conn)

    def _consider(self, conn: Connection) -> None:
        if conn.arriving.wants_asking():
            self._say(conn, b"HTTP/1.1 100 Continue\r\n\r\n")
        if conn.arriving.too_long:
            self._refuse(conn, 431)
            return
        held = conn.arriving.held
        request = conn.arriving.take(time.monotonic())
        self._held -= held - conn.arriving.held
        if request is None:
            return
        if not conn.takes_answers:
            self._drop(conn)
            return
        self._wait_no_more(conn)
        conn.request = request
        conn.parser.unreader.unread(request.octets)
        self.enqueue_req(conn)

    def finish_request(self, conn: Connection, fs: Any) -> None:  # noqa: ANN401 - gunicorn ships no types
        """Wait for the next request of a connection that was answered, or take leave of it."""
        kept = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if not kept:
            self._take_leave(conn)
            return
        self._wait(conn)
        if conn.arriving.begun:
            self._consider(conn)
            return
        idle = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
        conn.arriving.deadline = time.monotonic() + idle

    def _take_leave(self, conn: Connection) -> None:
        """Say that no more will come, and close once the client has read that (RFC 9112 9.6)."""
        conn.over = True
        conn.arriving = Arriving(time.monotonic())
        conn.arriving.deadline = time.monotonic() + LINGER_SECONDS
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        self._wait(conn)

    def _refuse(self, conn: Connection, status: int) -> None:
        self._wait_no_more(conn)
        self._say(conn, _refusal(status))
        self._take_leave(conn)

    @staticmethod
    def _say(conn: Connection, octets: bytes) -> None:
        with suppress(OSError):  # who does not read does not hear it
            conn.sock.send(octets)

    def murder_pending(self) -> None:
        """Let go of those whose time is up; gunicorn calls it at least once a second."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP
        self._make_room()
        for conn in [conn for conn in self._waiting if conn.arriving.deadline < now]:
            # A browser connects beforehand, and is not to hear that something went wrong.
            if conn.arriving.begun and not conn.over:
                self._refuse(conn, 408)
            else:
                self._drop(conn)

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's own signature
        """Let go of all at the very end."""
        if force:
            for conn in list(self._waiting):
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait only a moment for those that have not begun to ask, as this worker is to end."""
        for conn in self._waiting:
            if not conn.arriving.begun:
                conn.arriving.deadline = min(conn.arriving.deadline, deadline)

    # What happens in threads.

    def handle_request(self, req: Any, conn: Connection) -> bool:  # noqa: ANN401 - gunicorn ships no types
        """Answer one request; say that it is the last if its body was not waited for."""
        req._expected_100_continue = False  # noqa: SLF001 - the body is there, or will not be read
        if conn.request and conn.request.cut:
            req.force_close()
        try:
            return bool(super().handle_request(req, conn)) and not req.should_close()
        except TimeoutError:
            raise StopIteration from None  # they did not take the answer

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:  # noqa: ARG002 - gunicorn's own signature
        """Answer what is no HTTP; neither answer nor log repeat it, since addresses of pages hold tokens."""
        status = next((status for kind, status in _REFUSALS.items() if isinstance(exc, kind)), None)
        if status is None:
            status = 400 if isinstance(exc, errors.ParseException) else 500
        level = logging.ERROR if status == 500 else logging.INFO  # noqa: PLR2004 - the status of a fault of ours
        self.log.log(level, "A request ended with %d: %s", status, type(exc).__name__)
        with suppress(OSError):  # they are gone
            util.write(client, _refusal(status))


def _refusal(status: int) -> bytes:
    """Return an answer in one line of text, with the headers that every answer has."""
    reason, words = _WORDS[status]
    body = f"{words}\n".encode()
    headers = {
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        **EVERYWHERE,
        **OF_ONE_READER,
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
