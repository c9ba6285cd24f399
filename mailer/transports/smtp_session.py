"""One connection to a relay: opened, encrypted, introduced, and from then on lines out and replies in."""

import base64
import os
import re
import select
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass

from mailer.transports.relay import Relay, Tls
from mailer.transports.words import LONGEST, without_addresses

CONNECT_TIMEOUT = 10.0  # seconds; nothing has left yet, so another try costs nothing
# Above this a server's words are no reply any more.
_LONGEST_REPLY = 65_536
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
SERVICE_CLOSING = 421  # RFC 5321 §4.2.3: from any command, and the connection ends


class LostError(Exception):
    """The connection is gone, was never there, or says what is no SMTP; the message says which."""


class RelayError(Exception):
    """The relay does not want this session at all; `permanent`: until a person has acted."""

    def __init__(self, words: str, status: int = 0, *, permanent: bool) -> None:
        """Keep its words and code."""
        self.words = words
        self.status = status
        self.permanent = permanent
        super().__init__(words)


@dataclass(frozen=True)
class Reply:
    """What a server said to one command; `words` are fit to keep: no addresses in them."""

    code: int
    words: str

    @property
    def positive(self) -> bool:
        """Return whether it is done."""
        return self.code // 100 == 2  # noqa: PLR2004 - RFC 5321 §4.2.1

    @property
    def permanent(self) -> bool:
        """Return whether asking again is of no use."""
        return self.code // 100 == 5  # noqa: PLR2004 - RFC 5321 §4.2.1

    @property
    def goes_on(self) -> bool:
        """Return whether the content may follow."""
        return self.code == 354  # noqa: PLR2004 - RFC 5321 §4.2.3


class Session:
    """A connection that is ready for MAIL. `answer_timeout` (seconds) is for each reply as a whole."""

    def __init__(self, relay: Relay, answer_timeout: float) -> None:
        """Connect and say who we are. Raises LostError, or RelayError where we are not wanted."""
        self._relay = relay
        self._timeout = answer_timeout
        self._waiting = bytearray()
        self.offers: dict[str, str] = {}
        self.taken = 0  # messages offered on this connection
        self._socket = self._connect()
        try:
            self._introduce()
        except BaseException:
            self.drop()
            raise
        self.used_at = time.monotonic()
        self._process = os.getpid()

    def __del__(self) -> None:
        """Close what nobody holds any more."""
        if hasattr(self, "_socket"):
            self._socket.close()

    @property
    def pipelining(self) -> bool:
        """Return whether commands may be grouped (RFC 2920)."""
        return "PIPELINING" in self.offers

    def is_fresh(self, longest_idle: float) -> bool:
        """Return whether the kept connection can be used: ours, not idle for long, and the relay silent."""
        if os.getpid() != self._process or time.monotonic() - self.used_at > longest_idle:
            return False
        # Anything to read now is a farewell: 421, or the end.
        asked = select.poll()
        asked.register(self._socket, select.POLLIN)
        return not self._waiting and not asked.poll(0)

    def write(self, octets: bytes) -> None:
        """Send all of it. Raises LostError."""
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(octets)
        except OSError as error:
            raise LostError(_cause(error)) from error

    def reply(self) -> Reply:
        """Return the next reply. Raises LostError where none comes in time."""
        deadline = time.monotonic() + self._timeout
        said: list[str] = []
        size = 0
        while True:
            line = self._line(deadline)
            size += len(line)
            found = _LINE.fullmatch(line)
            if found is None or size > _LONGEST_REPLY:
                raise LostError("the relay said what is no reply of SMTP")
            said.append((found[3] or b"").decode("utf-8", "replace"))
            if found[2] != b"-":
                code = int(found[1])
                self.used_at = time.monotonic()
                return Reply(code, without_addresses(f"{code} {' '.join(said)}")[:LONGEST])

    def ask(self, command: str) -> Reply:
        """Send one command and return the reply to it."""
        self.write(f"{command}\r\n".encode())
        return self.reply()

    def quit(self) -> None:
        """Say goodbye without waiting for the answer."""
        if os.getpid() == self._process:
            with suppress(LostError):  # it was gone already
                self.write(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Close the connection at once: a message whose end was not sent is thereby not taken."""
        self._socket.close()

    def _connect(self) -> socket.socket:
        try:
            found = socket.create_connection((self._relay.host, self._relay.port), CONNECT_TIMEOUT)
        except OSError as error:
            raise LostError(_cause(error)) from error
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._encrypted(found) if self._relay.tls is Tls.IMPLICIT else found

    def _encrypted(self, plain: socket.socket) -> ssl.SSLSocket:
        plain.settimeout(max(CONNECT_TIMEOUT, self._timeout))
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._relay.host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise RelayError(
                f"the relay's certificate was not verified ({error.verify_message}): have it renewed, or name"
                " the host it is for in SMTP_URL",
                permanent=True,
            ) from error
        except OSError as error:
            plain.close()
            raise LostError(f"no TLS: {_cause(error)}") from error

    def _introduce(self) -> None:
        _expect(self.reply())
        self._hello()
        if self._relay.tls is Tls.STARTTLS:
            if "STARTTLS" not in self.offers:
                raise RelayError(
                    "the relay offers no STARTTLS, so nothing was sent: write smtps:// in SMTP_URL, or"
                    " ?tls=none for a relay on this machine",
                    permanent=True,
                )
            _expect(self.ask("STARTTLS"))
            if self._waiting:  # said before the encryption began, and so by anybody on the way
                raise LostError("the relay spoke out of turn at STARTTLS")
            self._socket = self._encrypted(self._socket)
            self._hello()
        if self._relay.user:
            self._sign_in()

    def _hello(self) -> None:
        name = socket.gethostname()
        if "." not in name or not name.isascii():
            here = self._socket.getsockname()[0]
            name = f"[IPv6:{here}]" if ":" in here else f"[{here}]"  # RFC 5321 §4.1.3
        self.write(f"EHLO {name}\r\n".encode("ascii"))
        # Its lines are wanted one by one.
        deadline = time.monotonic() + self._timeout
        lines = [self._line(deadline)]
        while lines[-1][3:4] == b"-" and len(lines) < 1000:  # noqa: PLR2004 - no server offers so much
            lines.append(self._line(deadline))
        if not lines[-1].startswith(b"250"):
            self._waiting[:0] = lines[-1] + b"\r\n"
            _expect(self.reply())
        offers = (line[4:].decode("ascii", "replace").strip().upper() for line in lines[1:])
        self.offers = {word: rest for word, _, rest in (offer.partition(" ") for offer in offers)}

    def _sign_in(self) -> None:
        ways = self.offers.get("AUTH", "").split()
        user, password = self._relay.user, self._relay.password
        if "PLAIN" in ways:
            _expect(self.ask("AUTH PLAIN " + _base64(f"\0{user}\0{password}")))
        elif "LOGIN" in ways:
            for words in ("AUTH LOGIN", _base64(user)):
                reply = self.ask(words)
                if reply.code != 334:  # noqa: PLR2004 - RFC 4954 §4: go on
                    raise RelayError(reply.words, reply.code, permanent=reply.permanent)
            _expect(self.ask(_base64(password)))
        else:
            raise RelayError(
                "the relay offers neither AUTH PLAIN nor LOGIN: ask its keeper for one of them, or take user"
                " and password out of SMTP_URL",
                permanent=True,
            )

    def _line(self, deadline: float) -> bytes:
        while (end := self._waiting.find(b"\n")) < 0:
            if len(self._waiting) > _LONGEST_REPLY:
                raise LostError("the relay said what is no reply of SMTP")
            left = deadline - time.monotonic()
            if left <= 0:
                raise LostError("no reply in time")
            try:
                self._socket.settimeout(left)
                came = self._socket.recv(65_536)
            except OSError as error:
                raise LostError(_cause(error)) from error
            if not came:
                raise LostError("the relay closed the connection")
            self._waiting += came
        line = bytes(self._waiting[:end]).removesuffix(b"\r")
        del self._waiting[: end + 1]
        return line


def _expect(reply: Reply) -> None:
    """Raise RelayError unless the reply is positive."""
    if not reply.positive:
        raise RelayError(reply.words, reply.code, permanent=reply.permanent)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _cause(error: OSError) -> str:
    """Return what happened to a connection, without the address it happened to."""
    if isinstance(error, TimeoutError):
        return "no reply in time"
    return error.strerror or type(error).__name__
