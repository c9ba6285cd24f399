"""Requests as they arrive, piece by piece: how much of one is there, and how long the rest may take.

Values and the time in, decisions out: sockets are patience.py's. What a request means is gunicorn's to say
and its size the application's to refuse; here is only told when there is nothing left to wait for.
"""

import re
from dataclasses import dataclass

# What a form of ours holds fits into a quarter of it: 63 interests, an address, a ticket and a proof.
FORM = 16 * 1024
# SendGrid collects up to 768 KB of events, and may grow.
REPORT = 5 * 1024 * 1024
# The text of an edition (mailer.manuscript takes 2,000,000 bytes), sent as multipart/form-data, in which line
# ends alone grow. What is longer is read as far as the longest body of all, to be handed back by its page.
EDITION = REPORT
# The request line and all headers; a cookie of somebody else on the same host may be large.
HEAD = 32 * 1024

HEAD_SECONDS = 10.0
# A telephone in a tunnel brings 1 KB a second: a full form in 16.
BODY_SECONDS = 20.0
BODY_RATE = 100_000  # octets a second, for what is larger than a form

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n)", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


def largest(path: str) -> int:
    """Return how many octets a request's body may have at this path."""
    if path.startswith("/webhooks/"):
        return REPORT
    if path.startswith("/desk/editions/") or (path.startswith("/desk/sends/") and path.endswith("/correct")):
        return EDITION
    return FORM


@dataclass(frozen=True)
class Request:
    """One request as it came; `cut` says that its body was not waited for, so that nothing may follow it."""

    octets: bytes
    cut: bool


class Arriving:
    """What has come over one connection and was not taken yet; `deadline` is when the rest must be there.

    Instants are seconds of a clock that only goes forward.
    """

    def __init__(self, now: float) -> None:
        """Begin to wait for the first request."""
        self.deadline = now + HEAD_SECONDS
        self._octets = bytearray()
        self._searched = 0
        # Once the head is there: where the request ends, and whether it is handed over without its body.
        self._end: int | None = None
        self._cut = False
        self._asked = False

    @property
    def begun(self) -> bool:
        """Return whether anything of the request is there."""
        return bool(self._octets)

    @property
    def held(self) -> int:
        """Return how many octets are kept here."""
        return len(self._octets)

    @property
    def too_long(self) -> bool:
        """Return whether this has no end where a head must have one."""
        return self._end is None and len(self._octets) > HEAD

    def add(self, octets: bytes, now: float) -> None:
        """Take what has come."""
        if not self._octets:
            self.deadline = now + HEAD_SECONDS
        self._octets += octets
        if self._end is None:
            self._look(now)

    def wants_asking(self) -> bool:
        """Return, once, whether the client waits to be asked for the body (RFC 9110 10.1.1)."""
        asked, self._asked = self._asked, False
        return asked and self._missing

    def take(self, now: float) -> Request | None:
        """Return the request if nothing more of it is to be waited for, and begin to wait for the next."""
        if self._end is None or self._missing:
            return None
        request = Request(bytes(self._octets[: self._end]), self._cut)
        del self._octets[: self._end]
        self._searched, self._end, self._cut, self._asked = 0, None, False, False
        self.deadline = now + HEAD_SECONDS
        if self._octets:
            self._look(now)
        return request

    @property
    def _missing(self) -> bool:
        return self._end is not None and len(self._octets) < self._end

    def _look(self, now: float) -> None:
        """Find the end of the head; where it is, find how much body is worth waiting for."""
        found = self._octets.find(_END, max(0, self._searched - len(_END)), HEAD + len(_END))
        self._searched = len(self._octets)
        if found < 0:
            return
        # With the line break that ends the last line, and without the empty line.
        head, end = bytes(self._octets[: found + 2]), found + len(_END)
        lengths = _LENGTH.findall(head)
        # Of two lengths none counts: gunicorn refuses them, as it does a length that is no number.
        length = int(lengths[0]) if len(lengths) == 1 else 0
        self._cut = bool(_CODED.search(head)) or length > largest(_path(head))
        self._end = end + (0 if self._cut else length)
        self._asked = bool(_EXPECTS.search(head))
        self.deadline = now + BODY_SECONDS + (0 if self._cut else length) / BODY_RATE


def _path(head: bytes) -> str:
    line = head[: head.index(b"\r\n")]
    return line.partition(b" ")[2].partition(b" ")[0].decode("latin-1")
