"""The sandbox's own addresses: its inbox for people, its ledger, witness and orders for tests."""

import ipaddress
from collections.abc import Callable
from dataclasses import asdict

import orjson
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule

from mailer.sandbox import inbox, ledger, orders, witness
from mailer.sandbox.misbehaving import Misbehaviour
from mailer.sandbox.store import Store
from mailer.sandbox.turns import Turns

FAULTS = "faults"


def page(request: Request, store: Store, turns: Turns) -> Response:
    """Return what stands at the request's address."""
    try:
        view, values = PAGES.bind_to_environ(request.environ).match()
        if view == FAULTS:
            return _faults(request, turns)
        response: Response = view(request, store, **values)
    except NotFound:
        return inbox.missing()
    except HTTPException as error:
        return inbox.secured(Response(f"{error.name}\n", error.code, mimetype="text/plain"))
    return response


def _ledger_page(request: Request, store: Store) -> Response:
    """Return at most 10,000 copies and, where there may be more, what to ask `after` for the next of them."""
    after = ledger.bounded(request.args.get("after", 0, type=int))
    found = [asdict(copy) for copy in ledger.copies(store.path, after, ledger.PAGE)]
    return _json({"copies": found, "next": found[-1]["id"] if len(found) == ledger.PAGE else None})


def _requests(request: Request, store: Store) -> Response:
    """Return at most 10,000 requests, likewise, and how many followed a redirect."""
    after = ledger.bounded(request.args.get("after", 0, type=int))
    found = [asdict(seen) for seen in witness.requests(store.path, after, ledger.PAGE)]
    following = found[-1]["ordinal"] if len(found) == ledger.PAGE else None
    return _json({"requests": found, "next": following, "strays": witness.strays(store.path)})


def _posts(request: Request, store: Store) -> Response:
    """Return at most 10,000 posts of events, likewise."""
    after = ledger.bounded(request.args.get("after", 0, type=int))
    found = [asdict(post) for post in witness.posts(store.path, after, ledger.PAGE)]
    return _json({"posts": found, "next": found[-1]["id"] if len(found) == ledger.PAGE else None})


def _progress(_request: Request, store: Store) -> Response:
    return _json(asdict(ledger.progress(store)))


def _health(_request: Request, _store: Store) -> Response:
    return inbox.secured(Response("ok\n", mimetype="text/plain"))


def _faults(request: Request, turns: Turns) -> Response:
    """Show the orders in force, or take others; only this machine may, and only as JSON.

    A browser that is led here from another site cannot send JSON, so no page can give orders.
    """
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 - stands for nobody
        return _json({"error": "orders are taken from this machine only"}, 403)
    if request.method == "DELETE":
        turns.change(Misbehaviour())
    if request.method == "POST":
        if request.mimetype != "application/json":
            return _json({"error": "send the orders as application/json"}, 415)
        try:
            turns.change(orders.read(orjson.loads(request.get_data())))
        except (orders.OrdersError, orjson.JSONDecodeError) as error:
            return _json({"error": str(error)}, 400)
    return _json(orders.written(turns.orders))


def _json(value: dict[str, object], status: int = 200) -> Response:
    return inbox.secured(Response(orjson.dumps(value), status, mimetype="application/json"))


_VIEWS: dict[str, Callable[..., Response]] = {
    "/": inbox.index,
    "/letters/<message_id>/<int(max=999):n>": inbox.show,
    "/letters/<message_id>/<int(max=999):n>/html": inbox.document,
    "/sandbox.css": inbox.stylesheet,
    "/sandbox/ledger.json": _ledger_page,
    "/sandbox/requests.json": _requests,
    "/sandbox/posts.json": _posts,
    "/sandbox/progress.json": _progress,
    "/healthz": _health,
}
PAGES = Map(
    [
        *(Rule(path, endpoint=view, methods=["GET"]) for path, view in _VIEWS.items()),
        Rule("/sandbox/faults", endpoint=FAULTS, methods=["GET", "POST", "DELETE"]),
    ]
)
