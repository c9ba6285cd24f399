"""The cast: a product that listens to the webhook, a sandbox at work, and a sound letter to send."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sendgrid import SendGridAPIClient

from mailer.sandbox.application import Sandbox
from mailer.sandbox.deliverer import Manner
from mailer.sandbox.misbehaving import Misbehaviour
from tests.sandbox.cast import PATIENCE, Client, Letter, Posted, Product, Start


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def letter() -> Letter:
    """Return a maker of sound bodies: one personalization for each address, anything else by name."""

    def make(*addresses: str, **changes: object) -> dict[str, Any]:
        body: dict[str, Any] = {
            "personalizations": [
                {"to": [{"email": address}], "custom_args": {"delivery": str(number)}}
                for number, address in enumerate(addresses or ("amina@example.org",))
            ],
            "from": {"email": "news@example.org", "name": "Space Digest"},
            "subject": "Space this week",
            "content": [
                {"type": "text/plain", "value": "Plain news"},
                {"type": "text/html", "value": '<p><a href="https://news.example/one">One</a></p>'},
            ],
        }
        return body | changes

    return make


@pytest.fixture
def product() -> Iterator[Product]:
    listening = Product()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = listening.answer(Posted(self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    listening.url = f"http://127.0.0.1:{server.server_port}"
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts a sandbox in this test's folder; all are stopped at the end."""
    with ExitStack() as stack:

        def begin(
            webhook_url: str | None = None,
            manner: Manner = Manner(),  # noqa: B008 - frozen
            faults: Misbehaviour = Misbehaviour(),  # noqa: B008 - the same
        ) -> Sandbox:
            made = Sandbox(
                tmp_path / "sandbox",
                host="127.0.0.1",
                port=0,
                webhook_url=webhook_url,
                manner=manner,
                faults=faults,
            )
            return stack.enter_context(made)

        yield begin


@pytest.fixture
def client() -> Client:
    """Return a maker of the official client for a sandbox's address."""

    def make(url: str, key: str = "SG.any") -> SendGridAPIClient:
        made = SendGridAPIClient(key, host=url)
        made.client.timeout = PATIENCE
        return made

    return make
