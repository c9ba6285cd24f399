import io
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from mailer import logs
from mailer.tracking import tokens as copies
from mailer.web.headers import COUNTED_PATHS, THEIR_PATHS
from subscribers import tokens

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Lines:
    """What the log of a process without a terminal holds; pytest's own handlers come back afterwards."""
    logs.configure("test")
    [handler] = logging.root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written := io.StringIO())
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_each_line_is_an_object_that_says_when_where_and_how_bad(lines: Lines) -> None:
    structlog.get_logger("mailer.batches").info("batch accepted", batch=7, readers=1000)
    [line] = lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "component": "test",
        "logger": "mailer.batches",
        "level": "info",
        "event": "batch accepted",
        "batch": 7,
        "readers": 1000,
    }


def test_other_libraries_write_the_same_lines(lines: Lines) -> None:
    logging.getLogger("celery.worker").warning("lost %s of %d", "the broker", 3)
    [line] = lines()
    assert (line["logger"], line["level"], line["event"]) == (
        "celery.worker",
        "warning",
        "lost the broker of 3",
    )


@pytest.mark.parametrize(
    "how",
    [
        lambda log, text: log.info(text),
        lambda log, text: log.info("event", reader=text),
        lambda log, text: log.info("event", readers=[{"to": (text, text.encode())}]),
        lambda log, text: log.info("event", by={text: 1}),
        lambda log, text: log.info("event", error=ValueError(text)),
        lambda log, text: log.info("event %s", text),
        lambda _, text: logging.getLogger("library").error("refused %s", text),
        lambda _, text: logging.getLogger("library").error("refused %r", {"to": text}),
        lambda _, text: logging.getLogger("library").error("to=%s;url=https://x.org/?to=%s", text, text),
    ],
)
def test_an_address_never_reaches_a_log(lines: Lines, canary: str, how: Callable[[Any, str], None]) -> None:
    how(structlog.get_logger("mailer"), canary)
    written = json.dumps(lines())
    assert "[address]" in written
    assert "canary" not in written
    assert canary.partition("@")[0] not in written


def test_an_address_in_a_traceback_is_struck_out(lines: Lines, canary: str) -> None:
    try:
        int(f"DETAIL: Key (canonical)=({canary}) already exists")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error")
    [line] = lines()
    assert "DETAIL: Key (canonical)=([address]) already exists" in line["exception"]
    assert canary not in line["exception"]


@pytest.mark.parametrize(
    "address",
    ["o'brien@example.org", "nina%40example.org", "nina@müller.example", "a=b@example.org", "a/b@x.org"],
)
def test_addresses_of_every_shape_are_struck_out(address: str) -> None:
    assert logs.redact(None, "info", {"event": f"to {address}, please"}) == {"event": "to [address], please"}


@pytest.mark.parametrize("path", THEIR_PATHS)
def test_the_token_of_every_readers_page_is_struck_out(path: str) -> None:
    event = {"event": f"Internal Server Error: {path}{tokens.make('undo', 7)}", "in": f"{path}notes.txt"}
    assert logs.redact(None, "", event) == {
        "event": f"Internal Server Error: {path}[token]",
        "in": f"{path}[token].txt" if path in {"/u/", "/preferences/"} else f"{path}notes.txt",
    }


@pytest.mark.parametrize("path", COUNTED_PATHS)
def test_the_token_of_a_copys_picture_and_links_is_struck_out(path: str) -> None:
    event = {"event": f"Not Found: {path}{copies.make(7)}/3", "in": f"/work{path}notes.txt"}
    assert logs.redact(None, "", event) == {
        "event": f"Not Found: {path}[token]/3",
        "in": f"/work{path}notes.txt",
    }


def test_tokens_of_links_and_keys_are_struck_out() -> None:
    token = tokens.make("leave", 7)
    event = {
        "event": f"Not Found: /u/{token}",
        "page": f"https://news.example.org/preferences/{token}?x=1",
        "headers": "{'Authorization': 'Bearer SG.abcdefgh.ijklmnop'}",
        "key": "SG.abcdefgh.ijklmnop",
    }
    assert logs.redact(None, "info", event) == {
        "event": "Not Found: /u/[token]",
        "page": "https://news.example.org/preferences/[token]?x=1",
        "headers": "{'Authorization': 'Bearer [key]",
        "key": "[key]",
    }


def test_a_worker_on_this_host_is_not_a_person() -> None:
    assert logs.redact(None, "info", {"event": "celery@laptop ready."}) == {"event": "celery@laptop ready."}


def test_the_provider_library_cannot_print_its_key(lines: Lines) -> None:
    logging.root.setLevel(logging.DEBUG)
    logging.getLogger("python_http_client.client").debug("HEADERS: Bearer SG.abcdefgh.ijklmnop")
    assert lines() == []


def test_a_page_that_is_not_found_is_no_line(lines: Lines) -> None:
    logging.getLogger("django.request").warning("Not Found: /u/x")
    assert lines() == []


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "@" + "a" * 300_000
    begin = time.perf_counter()
    logs.redact(None, "info", {"event": text})
    assert time.perf_counter() - begin < 5
