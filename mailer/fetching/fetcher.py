"""From an address to what came of it: each hop is looked up, checked and connected to on its own."""

import http.client
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urljoin

from mailer.fetching import names, networks, wire
from mailer.fetching.names import LookupFailedError, Resolver, UnknownHostError
from mailer.fetching.targets import TWO_WAYS, Address, Target, target_of
from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal, RefusedError
from mailer.fetching.wire import Allowance, Limits, Pinned, Reply

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Of a certificate that no browser takes (OpenSSL's X509_V_ERR_…): not yet valid, expired, self-signed,
# another host, another address. Where only a link of its chain is missing, browsers often know it.
_WRONG = frozenset({9, 10, 18, 62, 64})
_UNCONNECTED = (
    (UnknownHostError, Outcome.UNKNOWN_HOST),
    (LookupFailedError, Outcome.NO_LOOKUP),
    (TimeoutError, Outcome.SILENT),
    (ConnectionRefusedError, Outcome.CLOSED),
    (OSError, Outcome.UNREACHABLE),
)
_ACCEPT = {True: "image/*,*/*;q=0.5", False: "text/html,application/xhtml+xml,*/*;q=0.8"}

# Waits for one's turn at a host, and gives it up.
Turn = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True)
class Fetcher:
    """Asks addresses that strangers wrote. What it may reach is given to it, so that tests use loopback."""

    agent: str
    resolve: Resolver = names.system
    allows: Callable[[Address], bool] = networks.is_public
    ports: frozenset[int] = frozenset({80, 443})
    limits: Limits = field(default_factory=Limits)
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def fetch(self, question: Question, turn: Turn = lambda _: nullcontext()) -> Fetched:
        """Ask an address, and where it redirects to; whatever happens is told, nothing raised."""
        return self.read(question, turn)[0]

    def read(self, question: Question, turn: Turn = lambda _: nullcontext()) -> tuple[Fetched, bytes]:
        """Do the same, and return an image's content too: up to `limits.body` bytes, as they were sent."""
        hops: tuple[Hop, ...] = ()
        url, spent = question.url, 0.0
        seen: set[str] = set()
        while True:
            try:
                target = target_of(url, self.ports)
            except RefusedError as error:
                return Fetched(Outcome.REFUSED, hops=hops, seconds=spent, refusal=error.refusal), b""
            if target.url in seen:
                return Fetched(Outcome.LOOP, hops=hops, seconds=spent), b""
            seen.add(target.url)
            with turn(target.host):
                began = time.monotonic()
                found = self._asked(target, question, until=began + self.limits.whole - spent)
                spent += time.monotonic() - began
            if isinstance(found, Fetched):
                return replace(found, hops=hops, seconds=spent), b""
            if found.status not in _REDIRECTS or not found.location:
                size = None if found.content is None else len(found.content)
                fetched = Fetched(Outcome.ANSWERED, found.status, hops, spent, found.kind, size)
                return fetched, found.content or b""
            if len(hops) == self.limits.redirects:
                return Fetched(Outcome.TOO_MANY, hops=hops, seconds=spent), b""
            url = _joined(target, found.location)
            hops += (Hop(found.status, self._readable(url)),)

    def destination(self, url: str) -> tuple[Target, Sequence[Address]]:
        """Return whom an address means, and the addresses that may be connected to.

        Raises RefusedError, also where one address of many is not allowed; UnknownHostError,
        LookupFailedError or TimeoutError.
        """
        target = target_of(url, self.ports)
        return target, self._addresses(target, self.limits.whole)

    def _addresses(self, target: Target, seconds: float) -> Sequence[Address]:
        found = [target.address] if target.address else names.within(seconds, self.resolve, target.host)
        if not found:
            raise UnknownHostError
        if not all(map(self.allows, found)):
            raise RefusedError(Refusal.NETWORK)
        return found

    def _asked(self, target: Target, question: Question, *, until: float) -> Reply | Fetched:
        allowance = Allowance(until, self.limits.head)
        try:
            addresses = self._addresses(target, allowance.seconds)
            connection = self._connected(target, addresses, allowance)
        except RefusedError as error:
            return Fetched(Outcome.REFUSED, refusal=error.refusal)
        except (UnknownHostError, LookupFailedError, OSError) as error:
            return Fetched(next(outcome for kind, outcome in _UNCONNECTED if isinstance(error, kind)))
        headers = {
            "User-Agent": self.agent,
            "Accept": _ACCEPT[question.image],
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        try:
            connection.secure()
            body = self.limits.body if question.image else 0
            return wire.ask(connection, target, headers, allowance, body=body)
        except ssl.SSLCertVerificationError as error:
            return Fetched(Outcome.CERTIFICATE if error.verify_code in _WRONG else Outcome.UNTRUSTED)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Fetched(Outcome.SILENT if isinstance(error, TimeoutError) else Outcome.BROKEN)
        finally:
            connection.close()

    def _connected(self, target: Target, addresses: Sequence[Address], allowance: Allowance) -> Pinned:
        """Return a connection to the first of the addresses that takes one; raises the last one's OSError."""
        failed: OSError = OSError()
        for address in addresses[: self.limits.addresses]:
            context = self._trusted if target.scheme == "https" else None
            connection = Pinned(target, address, allowance, context)
            try:
                connection.open(self.limits.connect)
            except OSError as error:
                connection.close()
                failed = error
            else:
                return connection
        raise failed

    def _readable(self, url: str) -> str:
        """Return a redirect's address in ASCII, '' where it cannot be asked."""
        try:
            return target_of(url, self.ports).url
        except RefusedError:
            return ""

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self.trust()


def _joined(target: Target, location: str) -> str:
    """Return where a redirect leads; what cannot be joined leads nowhere that is asked."""
    location = location.replace(" ", "%20")  # which browsers do, since some servers do not
    if location.startswith("//"):  # browsers take the next word for a host, however many there are
        location = f"//{location.lstrip('/')}"
    if TWO_WAYS.search(location):  # of which urljoin would drop some
        return location
    try:
        return urljoin(target.url, location)
    except ValueError:
        return location
