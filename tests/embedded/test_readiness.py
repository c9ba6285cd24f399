"""Readiness is what a program answers, never that it was started."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

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
