"""The load that measures the pages: all is asked, timed from when it was due, and nothing forgotten."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from benchmarks.load import Answered, Ask, Load, times

ASK = Ask("look", "GET / HTTP/1.1\r\nHost: localhost")
FORM = Ask("form", "POST / HTTP/1.1\r\nHost: localhost", b"a=b")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer everything with what was asked, as long as the client keeps the connection."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        body = await reader.readexactly(3) if b"Content-Length: 3" in head else b""
        kept = b"Connection: keep-alive" in head
        connection = b"keep-alive" if kept else b"close"
        length = len(head) + len(body)
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: %b\r\nContent-Length: %d\r\n\r\n" % (connection, length)
        )
        writer.write(head + body)
        if not kept:
            break
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    writer.close()


def answers_of(handler: Handler, asks: list[Ask], rate: float = 500) -> list[Answered]:
    async def run() -> list[Answered]:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        load = Load(server.sockets[0].getsockname()[1])
        async with server:
            await load.run(asks, rate)
        return load.answers

    return asyncio.run(run())


def test_everything_is_asked_and_what_came_back_is_kept() -> None:
    answers = answers_of(ok, [ASK, FORM] * 20)
    assert [each.status for each in answers] == [200] * 40
    assert sum(each.body.endswith(b"\r\n\r\na=b") for each in answers) == 20


def test_an_answer_that_never_came_is_one_of_nothing() -> None:
    answers = answers_of(hang_up, [ASK] * 4)
    assert [(each.status, each.body) for each in answers] == [(0, b"")] * 4


def test_a_server_that_stalls_is_charged_for_those_who_waited_meanwhile() -> None:
    gate = asyncio.Lock()

    async def one_at_a_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        async with gate:
            await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    taken = sorted(each.seconds for each in answers_of(one_at_a_time, [ASK] * 10, rate=10_000))
    assert taken[-1] > 9 * 0.05


def test_times_are_in_milliseconds() -> None:
    found = times(Answered(ASK, 200, seconds / 1000) for seconds in range(1, 101))
    assert (found.count, found.median, found.longest) == (100, 50.5, 100)
    assert found.p95 == pytest.approx(96, abs=1)
    assert found.p99 == pytest.approx(100, abs=1)
