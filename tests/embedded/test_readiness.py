"""Readiness is what a program answers, never that it was started."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mailer.embedded import broker, readiness


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        pass


@contextmanager
def answering() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_web_server_is_ready_when_it_answers_well() -> None:
    with answering() as port:
        assert readiness.web_answers(port, "/healthz")


def test_a_web_server_in_trouble_is_not_ready() -> None:
    with answering() as port:
        assert not readiness.web_answers(port, "/elsewhere")


def test_a_port_where_nobody_listens_is_not_ready(free_port: int) -> None:
    assert not readiness.web_answers(free_port, "/healthz")


def test_a_socket_that_is_not_there_is_no_broker(tmp_path: Path) -> None:
    assert not readiness.broker_answers(tmp_path / "socket")


def test_a_worker_that_does_not_run_does_not_answer(redis_url: str) -> None:
    assert not readiness.worker_answers(redis_url, "nobody@nowhere")


def test_a_broker_that_does_not_run_has_no_worker(tmp_path: Path) -> None:
    assert not readiness.worker_answers(broker.url(tmp_path), "nobody@nowhere")


def test_a_broker_that_answers_has_no_fault(redis_url: str) -> None:
    assert readiness.broker_fault(redis_url) == ""


@pytest.mark.parametrize("url", ["redis://:hunter2@127.0.0.1:{}/0", "redis+socket:///no/such/{}"])
def test_a_broker_that_is_not_there_is_told_in_one_line_without_its_password(
    url: str, free_port: int
) -> None:
    fault = readiness.broker_fault(url.format(free_port))
    assert fault.startswith("Error ")
    assert "\n" not in fault
    assert "hunter2" not in fault


def test_a_broker_without_such_a_database_is_told(redis_url: str) -> None:
    assert "news" in readiness.broker_fault(f"{redis_url.rpartition('/')[0]}/news")
