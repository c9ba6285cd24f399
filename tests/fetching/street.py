"""A street of servers on loopback: names that are its houses, and what each house says.

What is said is a table from a path to bytes, or to a function from the number of the request to pieces of
bytes; between pieces the server waits for a moment, and stops when the other side goes. Nothing is added.
"""

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailer.fetching.fetcher import Fetcher
from mailer.fetching.names import LookupFailedError, UnknownHostError
from mailer.fetching.targets import Address
from mailer.fetching.wire import Limits

Said = bytes | Callable[[], Iterable[bytes]]
PUBLIC = "127.0.0.1"  # the one address that is public in these tests
LIMITS = Limits(connect=2, whole=2)
AGENT = "mailer/test (looks whether a newsletter's links work)"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nok"


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def answer(status: int, kind: str = "text/html", content: bytes = b"") -> bytes:
    head = f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


@dataclass
class Street:
    """Where it is, what it says, and what it was asked."""

    says: dict[str, Said]
    port: int = 0
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)
    greeted: list[str | None] = field(default_factory=list)  # the names that were asked for in TLS
    at_once: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/", host: str = "news.example") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"


class _Visit(BaseRequestHandler):
    server: "_House"

    def handle(self) -> None:
        street = self.server.street
        with suppress(OSError):
            if street.tls:
                self.request = street.tls.wrap_socket(self.request, server_side=True)
            self._answer(street, self._head())
        with suppress(OSError):
            self.request.close()

    def _head(self) -> str:
        head = b""
        while b"\r\n\r\n" not in head and (piece := self.request.recv(4_096)):
            head += piece
            if not head.startswith(b"GET "[: len(head)]):
                return ""
        return head.decode()

    def _answer(self, street: Street, head: str) -> None:
        if not head:
            return
        host = head.partition("Host: ")[2].partition("\r\n")[0].partition(":")[0]
        with street.lock:
            street.asked.append(head)
            street.at_once[host] = street.at_once.get(host, 0) + 1
            street.most[host] = max(street.most.get(host, 0), street.at_once[host])
        said = street.says.get(head.split(" ")[1], answer(404))
        pieces = iter([said] if isinstance(said, bytes) else said())
        first = next(pieces)
        with street.lock:  # before the other side can know that it was answered
            street.at_once[host] -= 1
        self.request.sendall(first)
        for piece in pieces:
            if street.ended.wait(0.02):
                return
            self.request.sendall(piece)


class _House(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    street: Street


@contextmanager
def a_street(says: Mapping[str, Said], tls: ssl.SSLContext | None = None) -> Iterator[Street]:
    with _House((PUBLIC, 0), _Visit) as house:
        street = house.street = Street(dict(says), house.server_address[1], tls)
        if tls:
            tls.sni_callback = lambda _, name, __: street.greeted.append(name)
        threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield street
        street.ended.set()
        house.shutdown()


class Names:
    """A resolver with a table: a name leads to addresses, one answer after another, the last one for ever."""

    def __init__(self, names: Mapping[str, Sequence[str] | Sequence[Sequence[str]]]) -> None:
        self.asked: list[str] = []
        self._names = names

    def __call__(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        if host == "silent.example":
            raise LookupFailedError
        said = self._names.get(host)
        if said is None:
            raise UnknownHostError
        now = said[min(self.asked.count(host), len(said)) - 1] if said else ""
        addresses = [one for one in said if isinstance(one, str)] if isinstance(now, str) else now
        return [ip_address(address) for address in addresses]


def a_fetcher(street: Street | None = None, *, names: Names | None = None, **changes: object) -> Fetcher:
    """Return a fetcher to whom nothing but PUBLIC is public, and a street's port is one of the web's."""
    values: dict[str, object] = {
        "agent": AGENT,
        "resolve": names or Names({"news.example": [PUBLIC], "other.example": [PUBLIC]}),
        "allows": lambda address: str(address) == PUBLIC,
        "ports": frozenset({80, 443, street.port if street else 80}),
        "limits": LIMITS,
    }
    return Fetcher(**(values | changes))  # type: ignore[arg-type]  # each by its name


def a_certificate(
    folder: Path, *names: str, days: int = 1, ca: bool = True
) -> tuple[ssl.SSLContext, Callable[[], ssl.SSLContext]]:
    """Make a certificate for names; return a server's side of it, and the trust of who knows its maker."""
    key, maker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)

    def signed(subject: str, own: ec.EllipticCurvePrivateKey, *, is_maker: bool) -> x509.Certificate:
        extensions = (
            x509.BasicConstraints(ca=True, path_length=0)
            if is_maker
            else x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        )
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Maker" if ca else subject)]))
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=9))
            .not_valid_after(now + dt.timedelta(days=9 if is_maker else days))
            .add_extension(extensions, critical=is_maker)
            .sign(maker if ca else own, hashes.SHA256())
        )

    file, known = folder / "server.pem", folder / "maker.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        signed("Server", key, is_maker=False).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    known.write_bytes(signed("Maker", maker, is_maker=True).public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, lambda: ssl.create_default_context(cafile=str(known))
