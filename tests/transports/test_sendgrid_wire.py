"""One connection, and what is known of a request when it breaks: each shown on a real socket."""

import datetime as dt
import ipaddress
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mailer.transports import sendgrid_client
from mailer.transports.answers import Accepted, Answer, NotAccepted, Refused, Unknown
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid
from tests.provider import NoWitness, heard, wire
from tests.waiting import until

ENVELOPE = Envelope(
    send=7,
    attempt="0" * 32,
    list_slug="digest",
    list_host="n.example",
    sender_name="Digest",
    sender_address="ed@n.example",
    reply_to="",
    subject="Orbits",
    html="",
    text="text",
    tracked=True,
)
ADA = Reader(41, "ada@x.example", "Ada", "https://n.example/u/a", "https://n.example/p/a")
# More than the buffers of two sockets hold: whoever does not read it, stalls us.
LONG = replace(ENVELOPE, text="long " * 4_000_000)


def answer(url: str, timeout: float = 5, envelope: Envelope = ENVELOPE) -> Answer:
    sendgrid = SendGrid("SG.key", url, timeout)
    return sendgrid.submit(sendgrid.pack(envelope, [ADA]), NoWitness())


def timed(url: str, timeout: float, envelope: Envelope = ENVELOPE) -> tuple[Answer, float]:
    began = time.monotonic()
    return answer(url, timeout, envelope), time.monotonic() - began


def trickle(connection: socket.socket, text: bytes) -> None:
    """Answer a byte at a time, each well within any time-out of a single read."""
    pause = threading.Event()
    for number in range(len(text)):
        connection.sendall(text[number : number + 1])
        pause.wait(0.05)


def silent(connection: socket.socket) -> None:
    """Read nothing and say nothing for as long as the other side is there."""
    gone = select.poll()
    gone.register(connection, select.POLLRDHUP)
    gone.poll(10_000)


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server on loopback proves its name with, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(host, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, in_the_clear = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, in_the_clear)
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


@pytest.fixture(params=["plain", "TLS"])
def secure(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ssl.SSLContext | None]:
    """Play the server in the clear, and then behind a certificate that is trusted here."""
    if request.param == "plain":
        yield None
        return
    context, file = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    sendgrid_client.trust.cache_clear()
    yield context
    sendgrid_client.trust.cache_clear()


def test_a_request_is_accepted_in_the_clear_and_through_tls(secure: ssl.SSLContext | None) -> None:
    def accepting(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m\r\nContent-Length: 0\r\n\r\n")

    with wire(accepting, secure) as url:
        assert answer(url) == Accepted(202, "m")


def test_an_answer_that_trickles_is_cut_off_at_the_deadline(secure: ssl.SSLContext | None) -> None:
    def trickling(connection: socket.socket) -> None:
        heard(connection)
        trickle(connection, b"HTTP/1.1 202 Accepted\r\nX-Long: " + b"x" * 200)

    with wire(trickling, secure) as url:
        said, took = timed(url, 0.5)
    assert type(said) is Unknown
    assert "cut off after 0.5 s" in said.detail
    assert took < 5


def test_silence_after_the_whole_request_is_unknown(secure: ssl.SSLContext | None) -> None:
    def hearing(connection: socket.socket) -> None:
        heard(connection)
        silent(connection)

    with wire(hearing, secure) as url:
        said, took = timed(url, 0.4)
    assert type(said) is Unknown
    assert took < 5


def test_who_stops_taking_the_request_has_certainly_not_accepted_it(secure: ssl.SSLContext | None) -> None:
    with wire(silent, secure) as url:
        said, took = timed(url, 0.5, LONG)
    assert type(said) is NotAccepted
    assert "cut off after 0.5 s" in said.detail
    assert took < 5


def test_who_takes_the_request_byte_by_byte_is_cut_off_too() -> None:
    def sipping(connection: socket.socket) -> None:
        pause = threading.Event()
        while connection.recv(1000):
            pause.wait(0.02)

    with wire(sipping) as url:
        said, took = timed(url, 0.5, LONG)
    assert type(said) is NotAccepted
    assert took < 5


def test_the_body_of_an_answer_that_never_ends_is_not_waited_for() -> None:
    def endless(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\nno ")
        silent(connection)

    with wire(endless) as url:
        said, took = timed(url, 0.5)
    assert type(said) is Refused
    assert took < 5


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"413 Payload Too Large", Refused),
        (b"401 Unauthorized", Refused),
        (b"429 Too Many Requests", NotAccepted),
        (b"503 Service Unavailable", NotAccepted),
    ],
)
def test_an_answer_given_before_the_request_was_read_is_judged(line: bytes, kind: type) -> None:
    def hasty(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 " + line + b"\r\nContent-Length: 8\r\n\r\ntoo long")

    with wire(hasty) as url:
        said = answer(url, 5, LONG)
    assert type(said) is kind
    assert said.status == int(line[:3])
    assert "too long" in said.detail


def test_an_answer_given_early_by_who_then_stalls_is_judged_at_the_deadline() -> None:
    def stubborn(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\n\r\ntoo long")
        silent(connection)

    with wire(stubborn) as url:
        said, took = timed(url, 0.5, LONG)
    assert type(said) is Refused
    assert "too long" in said.detail
    assert took < 5


def test_who_hangs_up_on_half_a_request_has_certainly_not_accepted_it() -> None:
    def rude(connection: socket.socket) -> None:
        connection.recv(100)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with wire(rude) as url:
        assert type(answer(url, 5, LONG)) is NotAccepted


def test_nobody_listening_is_certainly_not_accepted() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, never listening: refused
        assert type(answer(f"http://127.0.0.1:{bound.getsockname()[1]}")) is NotAccepted


def test_a_host_that_is_no_name_is_certainly_not_accepted() -> None:
    assert type(answer("http://news..example")) is NotAccepted


def test_a_server_that_cannot_prove_its_name_gets_nothing(tmp_path: Path) -> None:
    got: list[bytes] = []
    context, _ = certified(tmp_path)
    with wire(lambda connection: got.append(connection.recv(100)), context) as url:
        said = answer(url)
    assert type(said) is NotAccepted
    assert "certificate" in said.detail.lower()
    assert got == []


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"hello\r\n",
        b"220 mail.example ESMTP ready\r\n",
        b"HTTP/1.1 2",
        b"HTTP/1.1 202 Accepted",
        b"HTTP/1.1 202 Accepted\r\n",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m\r\n",
    ],
)
def test_what_is_no_whole_answer_is_unknown(reply: bytes) -> None:
    def odd(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(reply)

    with wire(odd) as url:
        assert type(answer(url)) is Unknown


def test_words_that_are_no_answer_leave_no_address_behind() -> None:
    def odd(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"no mailbox ada@x.example\r\n")

    with wire(odd) as url:
        assert "ada@x.example" not in answer(url).detail


def test_acceptance_whose_body_was_cut_short_is_acceptance() -> None:
    def brief(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m\r\nContent-Length: 9\r\n\r\n{}")

    with wire(brief) as url:
        assert answer(url) == Accepted(202, "m")


def test_many_requests_leave_neither_threads_nor_connections_behind() -> None:
    def accepting(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    def kept() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    with wire(accepting) as url:
        before = kept()
        for _ in range(20):
            answer(url, 30)
        until(lambda: all(now <= then for now, then in zip(kept(), before, strict=True)))
