"""The desk for a real browser: this process serves what the test has written, and Chromium looks at it."""

import threading
from collections.abc import Iterable, Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, sync_playwright


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def url(transactional_db: None) -> Iterator[str]:  # noqa: ARG001 - rows must be committed to be seen by the server
    # Models want Django ready, which conftest files are read before.
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - as said above
    from django.db import connections  # noqa: PLC0415 - as said above

    application = get_wsgi_application()

    def answering(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        answer = application(environ, start)
        try:
            return list(answer)
        finally:
            answer.close()
            connections.close_all()

    server = make_server("127.0.0.1", 0, answering, server_class=Threads, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # By its name: passkeys belong to a host that has one.
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def launched(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests of a file: to start it takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        # Playwright has a loop in this thread, which waits while rows are written.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def browser(launched: Browser) -> Iterator[Browser]:
    """A browser that remembers nothing; what a test has opened is closed before its server is."""
    yield launched
    for context in launched.contexts:
        context.close()
