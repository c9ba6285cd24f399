"""A mail server whose ledger is written before it answers, with seeded faults, letter by letter."""

import json
import os
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET

from mailer.sandbox.life import chances
from tests.faults.chaos import SMTP_ACCEPTING, Scenario
from tests.faults.processes import pause

LEDGER = "smtp-ledger.jsonl"
GREETING, OFFERS = "220 oracle.example ready", ("oracle.example", "PIPELINING", "ENHANCEDSTATUSCODES")


def serve(scenario: Scenario, folder: Path, calm: Path, ready: Callable[[str], object]) -> None:
    """Take mail until killed."""
    with _Server(scenario, folder / LEDGER, calm) as server:
        ready(f"127.0.0.1:{server.server_address[1]}")
        server.serve_forever(0.05)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, scenario: Scenario, ledger: Path, calm: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self._scenario, self._calm = scenario, calm
        self._ledger = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._turn = 0

    def next_fault(self, address: str) -> str:
        """Return what is done with the next letter, which is to `address`."""
        with self._lock:
            self._turn += 1
            turn = self._turn
        orders = self._scenario.orders
        if chances(orders.seed, f"poison {address}")[0] < orders.poisoned:
            return "5xx-recipient"
        chance = chances(orders.seed, f"letter {turn}")
        if self._calm.exists() or chance[0] >= orders.rate or not self._scenario.smtp_kinds:
            return "well"
        return self._scenario.smtp_kinds[int(chance[1] * len(self._scenario.smtp_kinds))]

    @property
    def slow(self) -> float:
        return self._scenario.orders.slow

    def write_down(self, address: str, content: bytes, fault: str) -> bool:
        """Write what became of a letter before it is answered; return whether it was taken."""
        taken = fault in SMTP_ACCEPTING
        line = {
            "at": time.time(),
            "address": address,
            "taken": taken,
            "fault": fault,
            "content": content.decode("latin-1") if taken else "",
        }
        os.write(self._ledger, json.dumps(line).encode() + b"\n")
        return taken

    def handle_error(self, *_: object) -> None:
        """Say nothing: whoever talks to it is killed in the middle of a word."""


class _GoneError(Exception):
    """This conversation is over."""


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True
    sender = address = fault = ""

    def handle(self) -> None:
        try:
            self.say(GREETING)
            while line := self.rfile.readline():
                self.answer(line.decode("ascii", "replace").strip())
        except (_GoneError, OSError):
            self.reset()

    def answer(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO":
                self.say(
                    "\r\n".join(f"250{'-' if offer is not OFFERS[-1] else ' '}{offer}" for offer in OFFERS)
                )
            case "MAIL":
                self.mail(rest)
            case "RCPT":
                self.recipient(rest)
            case "DATA":
                self.data()
            case "RSET":
                self.address = self.sender = ""
                self.say("250 2.0.0 reset")
            case "QUIT":
                self.say("221 2.0.0 bye")
                raise _GoneError
            case _:
                self.say("500 5.5.1 what?")

    def mail(self, rest: str) -> None:
        self.sender, self.address = _path(rest), ""
        self.say("250 2.1.0 sender ok")

    def recipient(self, rest: str) -> None:
        address = _path(rest)
        self.fault = self.server.next_fault(address)
        if self.fault in {
            "421-mail",
            "4xx-recipient",
            "5xx-recipient",
            "gone-before-content",
            "gone-in-content",
        }:
            self.server.write_down(address, b"", self.fault)
        if self.fault == "421-mail":
            self.say("421 4.3.2 closing")
            raise _GoneError
        if self.fault == "4xx-recipient":
            self.say("450 4.2.1 mailbox busy")
        elif self.fault == "5xx-recipient":
            self.say("550 5.1.1 nobody here of that name")
        else:
            self.address = address
            self.say("250 2.1.5 recipient ok")

    def data(self) -> None:
        if not self.address:
            self.say("554 5.5.1 no valid recipients")
            return
        if self.fault == "gone-before-content":
            raise _GoneError
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or (self.fault == "gone-in-content" and len(lines) > 3):
                raise _GoneError
            lines.append(line.removeprefix(b"."))
        taken = self.server.write_down(self.address, b"".join(lines), self.fault)
        self.address = ""
        self.after_dot(taken=taken)

    def after_dot(self, *, taken: bool) -> None:
        kind = self.fault.removesuffix("-accepted")
        if kind == "gone-after-dot":
            raise _GoneError
        if kind == "garbage-after-dot":
            self.say("\x00what a day \xff")
            raise _GoneError
        if kind == "silence-after-dot":
            self.connection.settimeout(5)
            self.rfile.read(1)
            raise _GoneError
        if kind == "slow":
            pause(self.server.slow)
        if taken:
            self.say("250 2.0.0 Ok: queued as Q1")
        elif kind == "5xx-dot":
            self.say("554 5.6.0 this letter is not wanted")
        elif kind == "421-dot":
            self.say("421 4.3.2 closing; not taken")
            raise _GoneError
        else:
            self.say("451 4.3.0 try again later")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("latin-1"))

    def reset(self) -> None:
        """Close at once with RST."""
        self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            self.connection.close()


def _path(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
