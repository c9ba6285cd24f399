"""The sandbox as a WSGI application and as a server: one process, and nothing leaves the machine."""

import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from mailer.sandbox import api, logs, pages, suppressions, witness
from mailer.sandbox.deliverer import Deliverer, Manner
from mailer.sandbox.endings import end
from mailer.sandbox.faults import Fault
from mailer.sandbox.life import PACE
from mailer.sandbox.misbehaving import Misbehaviour
from mailer.sandbox.reception import Answer, refused
from mailer.sandbox.signing import keypair
from mailer.sandbox.store import Store
from mailer.sandbox.trouble import ELSEWHERE
from mailer.sandbox.turns import Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

API = "/v3/"
SEND = "/v3/mail/send"

WELL_BEHAVED = Misbehaviour()
PATIENCE = 15.0  # seconds that requests under way have to end when the sandbox stops
HEARTBEAT = 1.0  # seconds between looks at whether the deliverer lives


def create(
    store: Store, turns: Turns, deliverer: Deliverer | None, stopping: threading.Event
) -> "WSGIApplication":
    """Return the application over `store`; whoever waits for an answer waits no longer once `stopping`."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if not request.path.startswith(API):
            return pages.page(request, store, turns)(environ, start_response)
        answer = _api_answer(request, store, turns)
        if answer.message_id and deliverer:
            if answer.early:
                deliverer.tell_early(answer.message_id)
            deliverer.wake()
        end(answer.ending, environ["werkzeug.socket"], answer.patience, stopping)
        kind = answer.headers.get("Content-Type", "text/plain; charset=utf-8")
        response = Response(answer.body, answer.status, answer.headers, content_type=kind)
        return response(environ, start_response)

    return application


class UnderWay:
    """Counts the requests that an application is at, so that the store is closed after the last of them."""

    def __init__(self, application: "WSGIApplication") -> None:
        """Stand before `application`."""
        self._application = application
        self._changed = threading.Condition()
        self._count = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        with self._changed:
            self._count += 1
        try:
            return self._application(environ, start_response)
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def wait(self, patience: float) -> None:
        """Return once no request is under way, or after `patience` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, patience)


class Sandbox:
    """The sandbox at work: a server and, where there is a webhook to tell, a deliverer."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        port: int,
        webhook_url: str | None,
        manner: Manner,
        faults: Misbehaviour = WELL_BEHAVED,
    ) -> None:
        """Open the store in `folder` and bind; port 0 takes any that is free."""
        self._store = Store(folder)
        self.turns = Turns(faults, witness.last(self._store))
        self._stopping = threading.Event()
        self._deliverer = None
        if webhook_url:
            self._deliverer = Deliverer(
                self._store, keypair(folder), webhook_url, manner, lambda: self.turns.orders
            )
        application = create(self._store, self.turns, self._deliverer, self._stopping)
        self._under_way = UnderWay(application)
        self._server = make_server(host, port, self._under_way, threaded=True, request_handler=_QuietHandler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(HEARTBEAT / 10,), name="sandbox-server", daemon=True
        )
        self.url = f"http://{host}:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer and to tell."""
        self._thread.start()
        if self._deliverer:
            self._deliverer.start()

    def stop(self) -> None:
        """End cleanly; what is not told stays in the folder and is told after the next start."""
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._under_way.wait(PATIENCE)
        if self._deliverer:
            self._deliverer.stop()
        self._store.close()

    @property
    def alive(self) -> bool:
        """Return whether every part of it works."""
        return self._thread.is_alive() and (self._deliverer is None or self._deliverer.is_alive())

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def serve(
    *,
    host: str,
    port: int,
    folder: Path,
    webhook_url: str | None,
    seed: str = "1",
    pace: float = PACE,
    doubles: bool = False,
    shuffle: bool = False,
    uneventful: bool = False,
    faults: Misbehaviour = WELL_BEHAVED,
) -> None:
    """Run the sandbox until SIGTERM or SIGINT; prints nothing.

    `pace` is how many times faster than life things happen; `doubles` and `shuffle` tell events more than
    once and in any order, as webhooks may; when `uneventful`, letters are delivered and nothing more. Without
    a webhook nothing happens to a letter, until a later start with one. `faults` is how it misbehaves until
    /sandbox/faults is told otherwise. Raises RuntimeError when a part of it dies, so that a keeper restarts
    it.
    """
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ended.set())
    manner = Manner(seed, pace, doubles, shuffle, uneventful)
    with Sandbox(
        folder, host=host, port=port, webhook_url=webhook_url, manner=manner, faults=faults
    ) as sandbox:
        while not ended.wait(HEARTBEAT):
            if not sandbox.alive:
                raise RuntimeError(
                    "the sandbox's deliverer died: its traceback is above; start the sandbox again"
                )


class _QuietHandler(WSGIRequestHandler):
    """Serves without a line for each request: an address could be in it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(self, _error: BaseException, _environ: "WSGIEnvironment | None" = None) -> None:
        """Read no further request from a connection that either side has given up."""
        self.close_connection = True


def _api_answer(request: Request, store: Store, turns: Turns) -> Answer:
    now = time.time()
    if request.path == ELSEWHERE:
        witness.stray(store, now, request.method)
        # It looks like an acceptance, and whoever believes it has lost these readers.
        return Answer(202)
    if request.path == logs.PATH or request.path.startswith(f"{logs.PATH}/"):
        return logs.answer(request, store, now, turns)
    if suppressions.asked(request.path):
        return suppressions.answer(request, store, now, turns)
    if request.path != SEND:
        return refused(404, Fault("not found"))
    if request.method != "POST":
        return refused(405, Fault("method not allowed"))
    return api.answer(request, store, now, turns)
