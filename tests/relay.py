"""A mail server on loopback that says yes, but for what a test tells it, and keeps what it took.

What it is told is a table: a moment, and what to say then. A moment is a command's name, `greeting`,
`content` (its first bytes have come) or `dot` (all of it has), with a number for the nth of its kind:

    relay({"RCPT 2": "550 5.1.1 nobody here", "dot 3": HANG_UP})
"""

import base64
import datetime as dt
import ipaddress
import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HANG_UP = "hang up"  # close the connection without a word
KEEP = "keep"  # of a letter: take it, and close the connection without a word
SILENCE = "silence"  # say nothing and wait until the other side goes

_USUAL = {
    "greeting": "220 relay.example ready",
    "MAIL": "250 2.1.0 sender ok",
    "RCPT": "250 2.1.5 recipient ok",
    "DATA": "354 go on",
    "dot": "250 2.0.0 Ok: queued as Q{n}",
    "RSET": "250 2.0.0 reset",
    "QUIT": "221 2.0.0 bye",
    "STARTTLS": "220 2.0.0 begin",
}


@dataclass(frozen=True)
class Taken:
    """A message as it came: dots undoubled, its end left out."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class MailServer:
    """What the server is told, and what it saw."""

    says: Mapping[str, str]
    offers: tuple[str, ...]
    port: int = 0
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    user: tuple[str, str] | None = None
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    ahead: int = 0  # commands that came before the reply to the one before them
    closed: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def reply(self, moment: str, usual: str = "") -> str:
        self.counts[moment] += 1
        n = self.counts[moment]
        said = self.says.get(f"{moment} {n}") or self.says.get(moment) or usual
        return said or _USUAL.get(moment, "502 5.5.2 what?").format(n=n)

    @property
    def url(self) -> str:
        if self.implicit:
            return f"smtps://127.0.0.1:{self.port}"
        return f"smtp://127.0.0.1:{self.port}" + ("" if self.tls else "?tls=none")


class _Gone(Exception):  # noqa: N818 - the end of a conversation, no fault
    pass


class _Conversation(socketserver.BaseRequestHandler):
    server: "_Listener"

    def handle(self) -> None:
        self.told = self.server.told
        self.buffer = b""
        self.sender, self.recipients = "", list[str]()
        self.told.connections += 1
        number = self.told.connections
        with suppress(_Gone, OSError):
            if self.told.implicit and self.told.tls:
                self.request = self.told.tls.wrap_socket(self.request, server_side=True)
            self.say("greeting")
            while True:
                self.obey(self.line())
        self.told.closed.append(number)
        self.request.close()

    def obey(self, command: str) -> None:
        self.told.commands.append(command)
        self.told.ahead += bool(self.buffer)
        verb, _, rest = command.partition(" ")
        obeyed = getattr(self, f"on_{verb.lower()}", None)
        if obeyed is None:
            self.say(verb)
        else:
            obeyed(rest)

    def on_ehlo(self, _rest: str) -> None:
        lines = ["relay.example", *self.told.offers]
        if self.told.tls and not isinstance(self.request, ssl.SSLSocket):
            lines.append("STARTTLS")
        self.say("EHLO", "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))

    def on_starttls(self, _rest: str) -> None:
        if self.say("STARTTLS").startswith("2") and self.told.tls:
            self.request = self.told.tls.wrap_socket(self.request, server_side=True)

    def on_mail(self, rest: str) -> None:
        if self.say("MAIL").startswith("2"):
            self.sender, self.recipients = _path(rest), []

    def on_rcpt(self, rest: str) -> None:
        if self.say("RCPT", "" if self.sender else "503 5.5.1 MAIL first").startswith("2"):
            self.recipients.append(_path(rest))

    def on_data(self, _rest: str) -> None:
        if self.say("DATA", "" if self.recipients else "554 5.5.1 no valid recipients").startswith("354"):
            self.take()

    def on_rset(self, _rest: str) -> None:
        self.say("RSET")
        self.sender, self.recipients = "", []

    def on_quit(self, _rest: str) -> None:
        self.say("QUIT")
        raise _Gone

    def take(self) -> None:
        self.fill()
        if "content" in self.told.says or f"content {self.told.counts['content'] + 1}" in self.told.says:
            self.say("content")
        self.told.counts["content"] += 1
        lines = []
        while (line := self.raw_line()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        usual = "" if self.recipients else "554 5.5.1 no valid recipients"
        taken = Taken(self.sender, self.recipients, b"".join(lines))
        said = self.told.reply("dot", usual)
        if said == KEEP or said.startswith("250"):
            self.told.taken.append(taken)
        self.utter(HANG_UP if said == KEEP else said)
        self.sender, self.recipients = "", []

    def on_auth(self, rest: str) -> None:
        way, _, first = rest.partition(" ")
        words = [first] if way == "PLAIN" else []
        while way == "LOGIN" and len(words) < 2:
            self.request.sendall(b"334 go on\r\n")
            words.append(self.line())
        given = tuple(base64.b64decode("".join(words[:1])).decode().split("\0")[1:]) if way == "PLAIN" else ()
        if way == "LOGIN":
            given = tuple(base64.b64decode(word).decode() for word in words)
        self.say("AUTH", "235 2.7.0 welcome" if given == self.told.user else "535 5.7.8 wrong password")

    def say(self, moment: str, usual: str = "") -> str:
        return self.utter(self.told.reply(moment, usual))

    def utter(self, said: str) -> str:
        if said == HANG_UP:
            raise _Gone
        if said == SILENCE:
            while self.request.recv(65_536):
                pass
            raise _Gone
        self.request.sendall(f"{said}\r\n".encode())
        if said.startswith("421"):
            raise _Gone
        return said

    def line(self) -> str:
        return self.raw_line().decode("ascii").removesuffix("\r\n")

    def raw_line(self) -> bytes:
        while b"\n" not in self.buffer:
            self.fill()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def fill(self) -> None:
        came = self.request.recv(1 << 20)
        if not came:
            raise _Gone
        self.buffer += came


def _path(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, told: MailServer) -> None:
        super().__init__(("127.0.0.1", told.port), _Conversation)
        self.told = told

    def handle_error(self, *_: object) -> None:
        """Say nothing: whoever refuses a certificate ends the conversation so."""


@contextmanager
def relay(
    says: Mapping[str, str] | None = None,
    *,
    offers: tuple[str, ...] = ("PIPELINING", "AUTH PLAIN LOGIN", "ENHANCEDSTATUSCODES"),
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    user: tuple[str, str] | None = None,
    port: int = 0,
) -> Iterator[MailServer]:
    """Run a mail server for as long as the block lasts."""
    told = MailServer(says or {}, offers, port, tls, implicit, user)
    server = _Listener(told)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for 127.0.0.1 that nobody signed; return a server's side of it and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "relay.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file
