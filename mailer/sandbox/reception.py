"""Where each request to the service's API is received: its key, its type, its size, its JSON."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import orjson
from werkzeug import Request
from werkzeug.exceptions import RequestEntityTooLarge

from mailer.sandbox.endings import Ending
from mailer.sandbox.faults import UNREADABLE, Fault, error_body

# The limits page says "less than 30 MB" without saying which; this is the smaller reading.
BODY_BYTES = 30_000_000
REVOKED_KEY = "SG.revoked"
# No limit is published for mail/send; the sandbox never reaches one unless it is told to.
RATE = 10_000

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What goes back. `message_id` names what is in the ledger now, whatever the status says.

    Where `ending` is not ANSWERED it comes after `patience` seconds (LATE) or, with status 0, not at all.
    `early` asks that events are told before it goes.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    message_id: str = ""
    ending: Ending = Ending.ANSWERED
    patience: float = 0.0
    early: bool = False


class Refusal(Exception):  # noqa: N818 - an answer of the service, not an error of ours
    """The request is not taken: `answer` says why."""

    def __init__(self, status: int, *faults: Fault) -> None:
        """Say `faults` with `status`."""
        super().__init__(status)
        self.answer = refused(status, *faults)


def refused(status: int, *faults: Fault) -> Answer:
    """Return a refusal in the service's shape."""
    return Answer(status, error_body(faults), JSON)


def limits(now: float, remaining: int = RATE - 1, wait: float = 0.0) -> dict[str, str]:
    """Return the headers that tell a client how fast it may go, again in full after `wait` seconds."""
    return {
        "X-RateLimit-Limit": str(RATE),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(now + wait) + 1),
    }


def new_id() -> str:
    """Return what an X-Message-Id looks like: 22 characters of base64url."""
    return secrets.token_urlsafe(16)


def authorize(request: Request) -> None:
    """Refuse a key that is missing, empty or revoked; any other will do."""
    authorization = request.headers.get("Authorization", "")
    if not authorization:
        raise Refusal(401, Fault("authorization required"))
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Refusal(401, Fault("Permission denied, wrong credentials"))
    if key.strip() == REVOKED_KEY:
        raise Refusal(401, Fault("The provided authorization grant is invalid, expired, or revoked"))


def read(request: Request) -> bytes:
    """Return the body; refuse what is no JSON by its type or larger than the service takes.

    Raises werkzeug's ClientDisconnected where the body is cut short.
    """
    if request.mimetype != "application/json":
        raise Refusal(415, Fault("Content-Type should be application/json."))
    request.max_content_length = BODY_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Refusal(413, Fault("content too large")) from None


def decode(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds; check says whether it will do
    """Return the JSON in `raw`, or refuse it."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise Refusal(400, Fault("Invalid UTF8 in request")) from None
    raise Refusal(400, UNREADABLE)
