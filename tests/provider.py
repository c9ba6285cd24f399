"""A provider on loopback that answers as a test says, and remembers what it was asked."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message

Reply = Callable[[http.server.BaseHTTPRequestHandler], object]
# A request as it came: path, headers, body.
Asked = tuple[str, Message, bytes]


class Provider(http.server.ThreadingHTTPServer):
    """Answers each request as `reply` does; `asked` holds them all."""

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Listener)
        self.reply = reply
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Listener(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, self.headers, body))
        self.server.reply(self)

    do_GET = do_POST  # noqa: N815 - http.server's own names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provider(reply: Reply) -> Iterator[Provider]:
    """Run a provider for as long as the block lasts."""
    server = Provider(reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Reply:
    """Answer with this status, these headers (`_` for `-`) and this body."""

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@contextmanager
def wire(script: Callable[[socket.socket], object], secure: ssl.SSLContext | None = None) -> Iterator[str]:
    """Yield the address of a server that plays `script` on each connection, byte by byte, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):  # the listening socket is closed at the end
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=play, args=(connection,), daemon=True).start()

        def play(connection: socket.socket) -> None:
            # Whoever talks to it may be gone in the middle of a line.
            with contextlib.suppress(OSError), connection:
                if secure is None:
                    script(connection)
                else:
                    with secure.wrap_socket(connection, server_side=True) as wrapped:
                        script(wrapped)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{'https' if secure else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def heard(connection: socket.socket) -> bytes:
    """Read one request to its last byte and return it."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return body


class NoWitness:
    """Stands beside a transport that takes whole batches: it has nothing to tell."""

    def begin(self, delivery: int) -> bool:
        raise AssertionError(f"delivery {delivery} was told of on its own")

    def end(self, delivery: int, said: str) -> None:
        raise AssertionError(f"delivery {delivery} was told of on its own: {said}")
