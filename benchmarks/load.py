"""An open-loop load: requests come when they come, whether or not earlier ones were answered.

Each is timed from the moment it was due to the last octet of its answer, so that a server which stalls is
charged for all that waited meanwhile.
"""

import asyncio
import random
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 30.0  # seconds; who waits longer has been lost
# Connections that lie idle longer are not used again: the server is about to close them.
FRESH = 1.0


@dataclass(frozen=True)
class Ask:
    """One request: what it is, and its octets but for the Connection header."""

    kind: str
    head: str
    body: bytes = b""

    def octets(self, *, kept: bool) -> bytes:
        """Return what goes over the wire; `kept` is whether the connection shall stay open."""
        length = f"Content-Length: {len(self.body)}\r\n" if self.body else ""
        connection = "keep-alive" if kept else "close"
        return f"{self.head}\r\n{length}Connection: {connection}\r\n\r\n".encode() + self.body


@dataclass(frozen=True)
class Answered:
    """What came back: `status` is 0 for nothing; `seconds` since it was due."""

    ask: Ask
    status: int
    seconds: float
    body: bytes = b""


@dataclass
class Load:
    """Asks a server on this machine; every second request has a connection of its own."""

    port: int
    answers: list[Answered] = field(default_factory=list)
    _idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    _closing: list[asyncio.StreamWriter] = field(default_factory=list)

    async def run(self, asks: Sequence[Ask], rate: float, *, seed: int = 1) -> float:
        """Ask `rate` times a second, at random moments; return the seconds until the last was due."""
        chance = random.Random(seed)  # noqa: S311 - nobody has to guess it
        loop = asyncio.get_running_loop()
        began = due = loop.time() + 0.1
        tasks = []
        for number, ask in enumerate(asks):
            due += chance.expovariate(rate)
            await asyncio.sleep(max(0.0, due - loop.time()))
            tasks.append(loop.create_task(self._ask(ask, due, kept=number % 2 == 0)))
        await asyncio.gather(*tasks)
        await self._end()
        return due - began

    async def one_by_one(self, asks: Iterable[Ask]) -> None:
        """Ask over one connection, each when the one before was answered."""
        for ask in asks:
            await self._ask(ask, asyncio.get_running_loop().time(), kept=True)
        await self._end()

    async def _end(self) -> None:
        for _, _, writer in self._idle:
            self._close(writer)
        await asyncio.gather(*(writer.wait_closed() for writer in self._closing), return_exceptions=True)

    def _close(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self._closing.append(writer)

    async def _ask(self, ask: Ask, due: float, *, kept: bool) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                status, body = await self._exchange(ask, kept=kept)
        except (OSError, EOFError, TimeoutError, ValueError):
            status, body = 0, b""
        self.answers.append(Answered(ask, status, loop.time() - due, body))

    async def _exchange(self, ask: Ask, *, kept: bool) -> tuple[int, bytes]:
        reader, writer = await self._connection(kept=kept)
        try:
            writer.write(ask.octets(kept=kept))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        except BaseException:
            self._close(writer)
            raise
        if kept and headers.get("connection") == "keep-alive":
            self._idle.append((asyncio.get_running_loop().time(), reader, writer))
        else:
            self._close(writer)
        return int(head.split(" ", 2)[1]), body

    async def _connection(self, *, kept: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        now = asyncio.get_running_loop().time()
        while kept and self._idle:
            since, reader, writer = self._idle.pop()
            if now - since < FRESH and not reader.at_eof():
                return reader, writer
            self._close(writer)
        return await asyncio.open_connection(HOST, self.port)


@dataclass(frozen=True)
class Times:
    """How long answers took, in milliseconds."""

    count: int
    median: float
    p95: float
    p99: float
    longest: float


def times(answers: Iterable[Answered]) -> Times:
    """Return how long these took; at least two of them."""
    taken = sorted(each.seconds * 1000 for each in answers)
    of_hundred = statistics.quantiles(taken, n=100)
    return Times(len(taken), statistics.median(taken), of_hundred[94], of_hundred[98], taken[-1])
