"""The service's side of POST /v3/mail/send: a request in, one answer out."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import orjson
from werkzeug import Request
from werkzeug.exceptions import RequestEntityTooLarge

from mailer.sandbox import ledger
from mailer.sandbox.faults import UNREADABLE, Fault, error_body
from mailer.sandbox.limits import check, sandboxed
from mailer.sandbox.store import Store

# The limits page says "less than 30 MB" without saying which; this is the smaller reading.
BODY_BYTES = 30_000_000
REVOKED_KEY = "SG.revoked"
# No limit is published for this address; the sandbox never reaches one.
RATE = 10_000


@dataclass(frozen=True)
class Answer:
    """What goes back: only 202 means that the copies are in the ledger."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class _Refusal(Exception):  # noqa: N818 - an answer of the service, not an error of ours
    """The request is not taken: `answer` says why."""

    def __init__(self, status: int, *faults: Fault) -> None:
        super().__init__(status)
        self.answer = refused(status, *faults)


def answer(request: Request, store: Store, now: float) -> Answer:
    """Decide the answer to one request to send; the ledger is written before a 202 is returned.

    `now` is in unix seconds. Raises werkzeug's ClientDisconnected where the body is cut short: then nothing
    was taken.
    """
    try:
        _authorize(request.headers.get("Authorization", ""))
        raw = _read(request)
        body = _decode(raw)
    except _Refusal as refusal:
        return refusal.answer
    if faults := check(body, now):
        return refused(400, *faults)
    if sandboxed(body):
        # Checked and thrown away: neither queued nor counted, and no event will come.
        return Answer(200, headers=_headers(secrets.token_urlsafe(16), now))
    return Answer(202, headers=_headers(ledger.accept(store, body, raw, now), now))


def refused(status: int, *faults: Fault) -> Answer:
    """Return a refusal in the service's shape."""
    return Answer(status, error_body(faults), {"Content-Type": "application/json"})


def _authorize(authorization: str) -> None:
    """Refuse a key that is missing, empty or revoked; any other will do."""
    if not authorization:
        raise _Refusal(401, Fault("authorization required"))
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _Refusal(401, Fault("Permission denied, wrong credentials"))
    if key.strip() == REVOKED_KEY:
        raise _Refusal(401, Fault("The provided authorization grant is invalid, expired, or revoked"))


def _read(request: Request) -> bytes:
    if request.mimetype != "application/json":
        raise _Refusal(415, Fault("Content-Type should be application/json."))
    request.max_content_length = BODY_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _Refusal(413, Fault("content too large")) from None


def _decode(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds; check says whether it will do
    try:
        raw.decode()
        return orjson.loads(raw)
    except UnicodeDecodeError:
        raise _Refusal(400, Fault("Invalid UTF8 in request")) from None
    except orjson.JSONDecodeError:
        raise _Refusal(400, UNREADABLE) from None


def _headers(message_id: str, now: float) -> dict[str, str]:
    return {
        "X-Message-Id": message_id,
        "X-RateLimit-Limit": str(RATE),
        "X-RateLimit-Remaining": str(RATE - 1),
        "X-RateLimit-Reset": str(int(now) + 1),
    }
