"""A whole send against the sum of its bare parts: freeze, requests, and what comes back."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import orjson

from benchmarks import stage
from benchmarks.measuring import Figure, figure, once
from mailer.transports.port import Parcel


def measure(size: int) -> Iterator[Figure]:
    """Yield the figures of one send to `size` readers, each stage on its own."""
    with stage.database():
        send = stage.a_send(size)
        yield _freeze(send, size)
        requests: list[dict[str, Any]] = []
        with _Stand() as stand:
            yield _requests(send, size, stand, requests)
        yield _events(requests, size)


def _freeze(send: Any, size: int) -> Figure:
    """Freeze the audience; the limit is one bare insert of the same rows under the same three keys."""
    from mailer import audience, database, variants  # noqa: PLC0415 - models need Django, which starts with the run
    from mailer.look import look_of  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    look = look_of(send.edition.list)
    keys = {(bits, False, True) for bits in range(-1, 16)}
    variants.make(send.revision, look, send.content_hash, keys, now=now)
    ours = once(lambda: audience.freeze(send, look, size=1000, now=now, useful_life=86_400))
    database.execute("CREATE TEMPORARY TABLE bare AS SELECT * FROM delivery WHERE 1 = 0")
    for number, columns in enumerate(
        ("send_id, subscriber_id", "edition_id, address_key", "edition_id, subscriber_id")
    ):
        database.execute(f"CREATE UNIQUE INDEX bare_key_{number} ON bare ({columns})")
    limit = once(lambda: database.execute("INSERT INTO bare SELECT * FROM delivery"))
    return figure("freeze an audience, a reader", "µs", ours / size * 1e6, limit / size * 1e6)


def _requests(send: Any, size: int, stand: "_Stand", requests: list[dict[str, Any]]) -> Figure:
    """Claim, fire, post and settle every batch; the limit is posting the same bodies, encoded already."""
    from mailer import batches  # noqa: PLC0415 - models need Django, which starts with the run
    from mailer.models import Batch  # noqa: PLC0415 - the same
    from mailer.transports.sendgrid import SendGrid  # noqa: PLC0415 - the same

    transport = SendGrid("SG.bench", stand.url, 60)

    def ours() -> None:
        for number in Batch.objects.filter(send=send).order_by("pk").values_list("pk", flat=True):
            now = dt.datetime.now(dt.UTC)
            attempt = batches.claim(number, now=now, lease=60)
            fired = batches.fire(number, attempt, transport, now=now) if attempt else None
            if fired is None:
                raise RuntimeError(f"batch {number} was not there to take")
            batches.settle(number, fired.attempt, batches.submit(fired, transport, _Idle()), now=now)
            parcels.append(fired.parcel)

    parcels: list[Parcel] = []
    took = once(ours)
    limit = once(lambda: [transport.submit(parcel, _Idle()) for parcel in parcels])
    requests += [orjson.loads(parcel.content) for parcel in parcels if isinstance(parcel.content, bytes)]
    return figure("claim, fire, post, settle, a reader", "µs", took / size * 1e6, limit / size * 1e6)


def _events(requests: list[dict[str, Any]], size: int) -> Figure:
    """Apply one delivered event a reader; the limit is parsing them and one bare insert of each."""
    from mailer import database, events  # noqa: PLC0415 - models need Django, which starts with the run

    now = dt.datetime.now(dt.UTC)
    bodies = [
        json.dumps(
            [
                {"email": person["to"][0]["email"], "timestamp": int(now.timestamp()), "event": "delivered"}
                | body["custom_args"]
                | person["custom_args"]
                for person in body["personalizations"]
            ]
        ).encode()
        for body in requests
    ]

    def ours() -> None:
        for body in bodies:
            number = events.store(body, now=now)
            if number is not None:
                events.apply(number, now=now)

    def bare() -> None:
        for body in bodies:
            rows = [(event["nl_delivery"], event["event"]) for event in json.loads(body)]
            database.execute_many("INSERT INTO bare_event VALUES (%s, %s)", rows)

    took = once(ours)
    database.execute("CREATE TEMPORARY TABLE bare_event (delivery bigint, kind text)")
    limit = once(bare)
    return figure("verify nothing, store, apply an event", "µs", took / size * 1e6, limit / size * 1e6)


class _Idle:
    """A witness with nothing to note: SendGrid takes whole batches."""

    def begin(self, delivery: int) -> bool:  # noqa: ARG002 - nobody asks
        return True

    def end(self, delivery: int, said: str) -> None:
        pass


class _Stand:
    """A server on loopback that reads a request and says 202."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Accepting)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Accepting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("X-Message-Id", "bench")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
