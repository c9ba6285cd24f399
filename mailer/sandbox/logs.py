"""The Email Logs API over the ledger: POST /v3/logs searches, GET /v3/logs/{sg_message_id} shows one letter.

As at the service, a letter may appear late, or never: that one is not there says nothing.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from werkzeug import Request

from mailer.sandbox import ledger, logquery, outbox
from mailer.sandbox.events import DueEvent, message_id, own
from mailer.sandbox.faults import Fault, error_body
from mailer.sandbox.ledger import Copy
from mailer.sandbox.life import ONE_CLICK, chances
from mailer.sandbox.logquery import Query, QueryError
from mailer.sandbox.misbehaving import Misbehaviour
from mailer.sandbox.outbox import Happening
from mailer.sandbox.reception import JSON, Answer, Refusal, authorize, decode, limits, read, refused
from mailer.sandbox.store import Store
from mailer.sandbox.turns import Turns

PATH = "/v3/logs"
LIMIT, MOST = 10, 1000
EVENTS = 100  # the latest, of one letter

_ID = re.compile(r"(?P<request>[A-Za-z0-9_-]+)\.recvd-sandbox-1-(?P<n>[0-9A-F]{1,4})-0\.0")
_STATUSES = {
    "processed": "processed",
    "dropped": "dropped",
    "deferred": "deferred",
    "bounce": "bounced",
    "delivered": "delivered",
    "open": "delivered",
    "click": "delivered",
}


@dataclass(frozen=True)
class Standing:
    """How a letter stands: the status that its events add up to, and the words that came with it."""

    status: str = "processed"
    reason: str = ""


def answer(request: Request, store: Store, now: float, turns: Turns) -> Answer:
    """Decide the answer to one question; `now` in unix seconds. Raises werkzeug's ClientDisconnected."""
    try:
        authorize(request)
        number, orders = turns.next_question()
        if chances(orders.seed, f"logs {number}")[0] < orders.logs.rate:
            tired = limits(now, remaining=0, wait=orders.wait)
            return Answer(429, error_body([Fault("too many requests")]), JSON | tired)
        if request.path == PATH:
            return _search(request, store, now, orders)
        return _show(request, store, now, orders)
    except Refusal as refusal:
        return refusal.answer


def standing(happenings: list[Happening]) -> Standing:
    """Return how a letter stands after what happened to it, in order."""
    found = Standing()
    for each in happenings:
        if status := _STATUSES.get(each.kind):
            blocked = status == "bounced" and each.details.get("type") == "blocked"
            reason = each.details.get("reason") or each.details.get("response") or found.reason
            found = Standing("blocked" if blocked else status, str(reason))
    return found


def _search(request: Request, store: Store, now: float, orders: Misbehaviour) -> Answer:
    if request.method != "POST":
        raise Refusal(405, Fault("method not allowed"))
    asked = decode(read(request))
    if not isinstance(asked, dict) or asked.keys() - {"query", "limit", "subusers"}:
        raise Refusal(400, Fault("write an object with query and limit"))
    limit, text = asked.get("limit", LIMIT), asked.get("query", "")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise Refusal(400, Fault("limit must be from 1 to 1000", "limit"))
    if not isinstance(text, str):
        raise Refusal(400, Fault("query must be a string", "query"))
    try:
        query = logquery.parse(text)
    except QueryError as error:
        raise Refusal(400, Fault(f"invalid query: {error}", "query")) from None
    matching = itertools.islice(_matching(store, query, now, orders), limit)
    return Answer(200, orjson.dumps({"messages": list(matching)}), JSON)


def _show(request: Request, store: Store, now: float, orders: Misbehaviour) -> Answer:
    if request.method != "GET":
        raise Refusal(405, Fault("method not allowed"))
    named = _ID.fullmatch(request.path.removeprefix(f"{PATH}/"))
    found = ledger.find(store, named["request"], int(named["n"], 16)) if named else None
    if found is None or not _visible(found[0], now, orders):
        return refused(404, Fault("message not found"))
    copy, body = found
    happenings = outbox.happened(store, [copy.id], now)[copy.id]
    stands = standing(happenings)
    events = [
        own(_told(copy, number, each)) | {"custom_args": copy.custom_args}
        for number, each in enumerate(happenings)
        if each.kind != ONE_CLICK
    ]
    return Answer(
        200,
        orjson.dumps(
            {
                "from_email": _sender(body),
                "sg_message_id": message_id(copy.message_id, copy.n),
                "subject": copy.subject,
                "to_email": copy.address,
                "status": stands.status,
                "api_key_id": "sandbox",
                "client_ip": "127.0.0.1",
                "category": _categories(body),
                "custom_args": copy.custom_args,
                "events": events[-EVENTS:],
            }
        ),
        JSON,
    )


def _matching(store: Store, query: Query, now: float, orders: Misbehaviour) -> Iterator[dict[str, object]]:
    """Yield the letters that a query finds, the latest first."""
    wanted = query.equal.get("sg_message_id")
    named = _ID.fullmatch(wanted) if wanted is not None else None
    if wanted is not None and not named:
        return
    for copy, body in ledger.search(
        store,
        message_id=named["request"] if named else None,
        address=query.equal.get("to_email"),
        subject=query.equal.get("subject"),
    ):
        stands = standing(outbox.happened(store, [copy.id], now)[copy.id])
        if (
            _visible(copy, now, orders)
            and wanted in (None, message_id(copy.message_id, copy.n))
            and stands.status in query.among.get("status", {stands.status})
            and query.equal.get("reason", stands.reason) == stands.reason
            and all(_holds(sign, _created(copy), bound) for sign, bound in query.bounds)
            and ("categories" not in query.among or query.among["categories"] & set(_categories(body)))
        ):
            yield _summary(copy, body, stands)


def _summary(copy: Copy, body: dict[str, Any], stands: Standing) -> dict[str, object]:
    found: dict[str, object] = {
        "from_email": _sender(body),
        "sg_message_id": message_id(copy.message_id, copy.n),
        "subject": copy.subject,
        "to_email": copy.address,
        "status": stands.status,
        "sg_message_id_created_at": dt.datetime.fromtimestamp(_created(copy), dt.UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        ),
    }
    return found | ({"reason": stands.reason} if stands.reason else {})


def _visible(copy: Copy, now: float, orders: Misbehaviour) -> bool:
    """Return whether the logs have this letter by now."""
    if copy.accepted_at > now - orders.logs.lag:
        return False
    return chances(orders.seed, f"log of {copy.message_id}/{copy.n}")[0] >= orders.logs.missing


def _created(copy: Copy) -> int:
    return int(copy.accepted_at)


def _holds(sign: str, moment: float, bound: float) -> bool:
    return {
        "<": moment < bound,
        "<=": moment <= bound,
        ">": moment > bound,
        ">=": moment >= bound,
    }[sign]


def _sender(body: dict[str, Any]) -> str:
    return str(body["from"]["email"])


def _categories(body: dict[str, Any]) -> list[str]:
    return body.get("categories") or []


def _told(copy: Copy, ordinal: int, happening: Happening) -> DueEvent:
    """Return an event as the webhook would tell it, so that both say the same."""
    return DueEvent(
        id=0,
        kind=happening.kind,
        ordinal=ordinal,
        happened_at=happening.happened_at,
        details=orjson.dumps(happening.details).decode(),
        bare=0,
        message_id=copy.message_id,
        n=copy.n,
        address=copy.address,
        custom_args="{}",
    )
