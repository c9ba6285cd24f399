"""What servers may say, and how much of it is heard."""

import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import pytest

from mailer.fetching.values import Fetched, Outcome, Question
from mailer.fetching.wire import Limits
from tests.fetching.street import Said, a_fetcher, a_street, answer

HEAD = b"HTTP/1.1 200 OK\r\n"
IMAGE = HEAD + b"Content-Type: image/png\r\n"
LIMITS = Limits(connect=0.5, whole=0.5, head=20_000, body=100_000)


def fetched(said: Said, *, image: bool = False, limits: Limits = LIMITS) -> Fetched:
    with a_street({"/": said}) as street:
        return a_fetcher(street, limits=limits).fetch(Question(street.url(), image))


def drip(what: bytes) -> Callable[[], Iterable[bytes]]:
    """Return what says it byte by byte, and for ever."""
    return lambda: (bytes([byte]) for byte in iter(lambda: what[0], None))


def again(what: bytes, *, first: bytes = b"", times: int = 100_000) -> Callable[[], Iterator[bytes]]:
    """Return what says something again and again, as fast as it is heard."""

    def say() -> Iterator[bytes]:
        yield first
        for _ in range(times):
            yield what * (50_000 // len(what))

    return say


HARMS: dict[str, Said] = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP 0.9": b"<html>hello</html>",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a status beyond all": b"HTTP/1.1 9999 OK\r\n\r\n",
    "a line without an end": HEAD + b"A: " + b"a" * 70_000,
    "more lines than one reads": HEAD + b"A: a\r\n" * 200,
    "larger heads than one reads": HEAD + (b"A: " + b"a" * 900 + b"\r\n") * 90,
    "heads without an end": again(b"A: a\r\n", first=HEAD),
    "to go on for ever": again(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a byte at a time": drip(b"H"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_no_answer_ends_soon_and_is_told(harm: str) -> None:
    began = time.monotonic()
    assert fetched(HARMS[harm]).outcome in {Outcome.BROKEN, Outcome.SILENT}
    assert time.monotonic() - began < 2


def test_a_server_that_says_nothing_has_its_time_and_no_more() -> None:
    def silence() -> Iterator[bytes]:
        threading.Event().wait(1)
        yield b""

    came = fetched(silence)
    assert came.outcome is Outcome.SILENT
    assert 0.4 < came.seconds < 0.9


def test_of_a_page_the_head_is_heard_and_nothing_else() -> None:
    came = fetched(again(b"a", first=HEAD + b"\r\n"))
    assert came.is_well
    assert came.size is None


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (IMAGE + b"Content-Length: 7\r\n\r\npicture", 7),
        (IMAGE + b"\r\npicture to the end", 18),
        (IMAGE + b"Transfer-Encoding: chunked\r\n\r\n4\r\npict\r\n3\r\nure\r\n0\r\n\r\n", 7),
        (answer(200, "image/png"), 0),
    ],
    ids=["a length", "the end", "pieces", "empty"],
)
def test_an_image_is_read_and_weighed(said: bytes, size: int) -> None:
    came = fetched(said, image=True)
    assert (came.outcome, came.kind, came.size) == (Outcome.ANSWERED, "image/png", size)


def test_of_an_image_no_more_is_read_than_tells_that_it_is_too_large() -> None:
    came = fetched(again(b"a", first=IMAGE + b"\r\n"), image=True)
    assert (came.outcome, came.size) == (Outcome.ANSWERED, LIMITS.body)


def test_of_what_is_not_the_image_nothing_is_read() -> None:
    came = fetched(again(b"a", first=b"HTTP/1.1 404 No\r\nContent-Type: image/png\r\n\r\n"), image=True)
    assert (came.outcome, came.status, came.size) == (Outcome.ANSWERED, 404, None)


def test_what_is_compressed_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    said = IMAGE + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
    assert fetched(said, image=True).size == len(bomb)


def test_an_image_in_pieces_that_are_nothing_but_heads_is_not_read_for_ever() -> None:
    said = again(
        b"1;" + b"x" * 500 + b"\r\na\r\n", first=IMAGE + b"Transfer-Encoding: chunked\r\n\r\n", times=99
    )
    assert fetched(said, image=True, limits=Limits(whole=30, body=100_000)).outcome is Outcome.BROKEN


def test_an_image_that_drips_has_its_time_and_no_more() -> None:
    def say() -> Iterator[bytes]:
        yield IMAGE + b"\r\n"
        while True:
            yield b"a"

    came = fetched(say, image=True)
    assert came.outcome is Outcome.SILENT
    assert came.seconds < 0.9


def test_an_image_that_ends_before_its_end_is_broken() -> None:
    assert fetched(IMAGE + b"Content-Length: 70\r\n\r\npicture", image=True).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("IMAGE/PNG; charset=x", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("\x1b[31mred", ""),
        ("image", ""),
        ("", ""),
    ],
)
def test_a_type_is_told_if_it_is_one(written: str, kind: str) -> None:
    assert fetched(answer(200, written)).kind == kind


def test_interim_answers_are_read_past() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    came = fetched(hints + b"HTTP/1.1 102 Processing\r\n\r\n" + answer(404))
    assert (came.outcome, came.status) == (Outcome.ANSWERED, 404)
    assert fetched(hints * 5_000).outcome is Outcome.BROKEN
