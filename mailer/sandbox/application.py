"""The sandbox as a WSGI application and as a server: one process, and nothing leaves the machine."""

import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import orjson
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server

from mailer.sandbox import api, inbox, ledger
from mailer.sandbox.deliverer import Deliverer, Manner
from mailer.sandbox.faults import Fault
from mailer.sandbox.life import PACE
from mailer.sandbox.signing import keypair
from mailer.sandbox.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

API = "/v3/"
SEND = "/v3/mail/send"

HEARTBEAT = 1.0  # seconds between looks at whether the deliverer lives


def create(store: Store, accepted: Callable[[], None] = lambda: None) -> "WSGIApplication":
    """Return the application over `store`; `accepted` is called after each request that was taken."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(API):
            answer = _api_answer(request, store)
            if answer.status == 202:  # noqa: PLR2004 - acceptance has this one number
                accepted()
            response = Response(answer.body, answer.status, answer.headers, mimetype="text/plain")
        else:
            response = _page(request, store)
        return response(environ, start_response)

    return application


class Sandbox:
    """The sandbox at work: a server and, where there is a webhook to tell, a deliverer."""

    def __init__(
        self, folder: Path, *, host: str, port: int, webhook_url: str | None, manner: Manner
    ) -> None:
        """Open the store in `folder` and bind; port 0 takes any that is free."""
        self._store = Store(folder)
        self._deliverer = None
        if webhook_url:
            self._deliverer = Deliverer(self._store, keypair(folder), webhook_url, manner)
        application = create(self._store, self._deliverer.wake if self._deliverer else lambda: None)
        self._server = make_server(host, port, application, threaded=True, request_handler=_QuietHandler)
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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
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
) -> None:
    """Run the sandbox until SIGTERM or SIGINT; prints nothing.

    `pace` is how many times faster than life things happen; `doubles` and `shuffle` tell events more than
    once and in any order, as webhooks may. Without a webhook nothing happens to a letter, until a later
    start with one. Raises RuntimeError when a part of it dies, so that a keeper restarts it.
    """
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ended.set())
    manner = Manner(seed, pace, doubles, shuffle)
    with Sandbox(folder, host=host, port=port, webhook_url=webhook_url, manner=manner) as sandbox:
        while not ended.wait(HEARTBEAT):
            if not sandbox.alive:
                raise RuntimeError(
                    "the sandbox's deliverer died: its traceback is above; start the sandbox again"
                )


class _QuietHandler(WSGIRequestHandler):
    """Serves without a line for each request: an address could be in it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def _api_answer(request: Request, store: Store) -> api.Answer:
    if request.path != SEND:
        return api.refused(404, Fault("not found"))
    if request.method != "POST":
        return api.refused(405, Fault("method not allowed"))
    return api.answer(request, store, time.time())


def _ledger_page(request: Request, store: Store) -> Response:
    """Return at most 10,000 copies and, where there may be more, what to ask `after` for the next of them."""
    after = ledger.bounded(request.args.get("after", 0, type=int))
    found = [asdict(copy) for copy in ledger.copies(store.path, after, ledger.PAGE)]
    return _json({"copies": found, "next": found[-1]["id"] if len(found) == ledger.PAGE else None})


def _progress(_request: Request, store: Store) -> Response:
    return _json(asdict(ledger.progress(store)))


def _health(_request: Request, _store: Store) -> Response:
    return inbox.secured(Response("ok\n", mimetype="text/plain"))


def _json(value: dict[str, object]) -> Response:
    return inbox.secured(Response(orjson.dumps(value), mimetype="application/json"))


PAGES = Map(
    [
        Rule(path, endpoint=view, methods=["GET"])
        for path, view in {
            "/": inbox.index,
            "/letters/<message_id>/<int(max=999):n>": inbox.show,
            "/letters/<message_id>/<int(max=999):n>/html": inbox.document,
            "/sandbox.css": inbox.stylesheet,
            "/sandbox/ledger.json": _ledger_page,
            "/sandbox/progress.json": _progress,
            "/healthz": _health,
        }.items()
    ]
)


def _page(request: Request, store: Store) -> Response:
    try:
        view, values = PAGES.bind_to_environ(request.environ).match()
        response: Response = view(request, store, **values)
    except NotFound:
        return inbox.missing()
    except HTTPException as error:
        return inbox.secured(Response(f"{error.name}\n", error.code, mimetype="text/plain"))
    return response
