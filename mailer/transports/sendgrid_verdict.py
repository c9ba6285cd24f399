"""What SendGrid's answers mean, and what of their words may be kept."""

import math
import re
import time
from collections.abc import Mapping, Sequence

import orjson

from mailer.transports.answers import (
    LONGEST_WAIT,
    Accepted,
    AddressRefused,
    Answer,
    AnswerError,
    NotAccepted,
    Refused,
    Unknown,
)
from mailer.transports.sendgrid_client import Reply
from mailer.transports.words import LONGEST, fit_to_keep, without_addresses

ACCEPTED, BAD_REQUEST, RATE_LIMITED = 202, 400, 429
# Answers after which nothing was taken and asking again the same way is of no use.
_REFUSALS = frozenset({200, 401, 403, 404, 405, 413, 415})
LONGEST_MESSAGE_ID = 200

# What a 400 was about: one reader, by their place in the request; or somebody, unsaid whom.
_OF_ONE = re.compile(r"personalizations\.(\d{1,6})(?:\..*)?")
_OF_SOMEBODY = re.compile(r"(?:null|personalizations(?:\..*)?)?")


def verdict(reply: Reply, deliveries: Sequence[int]) -> Answer:
    """Return what `reply` says of a request to `deliveries`, in the request's order."""
    if reply.status != ACCEPTED:
        answer = judge(reply.status, reply.headers, reply.body, deliveries)
        if reply.whole or not isinstance(answer, Unknown):
            return answer
        return NotAccepted(f"{answer.detail} (before it had the whole request)", reply.status)
    if not reply.whole:
        return Unknown("202 before it had the whole request", reply.status)
    message_id = fit_to_keep(reply.headers.get("x-message-id") or "")[:LONGEST_MESSAGE_ID]
    spent = reply.headers.get("x-ratelimit-remaining", "").strip() == "0"
    return Accepted(reply.status, message_id, wait=_seconds_to_reset(reply.headers) if spent else None)


def judge(
    status: int, headers: Mapping[str, str], body: bytes, deliveries: Sequence[int] = ()
) -> AnswerError:
    """Return what an answer other than 202 means, with SendGrid's own words.

    `headers` have their names in lower case; `deliveries` were in the request, in this order.
    """
    detail = f"{status} {said(body)}".strip()
    if status == RATE_LIMITED:
        return NotAccepted(detail, status, wait=_seconds_to_reset(headers))
    if status == BAD_REQUEST:
        return _bad_request(detail, body, deliveries)
    if status in _REFUSALS or 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        return Refused(detail, status)
    return Unknown(detail, status)


def _bad_request(detail: str, body: bytes, deliveries: Sequence[int]) -> AnswerError:
    """Tell a fault of one reader from one that every request with this letter would have."""
    fields = _fields(body)
    places = [match and int(match[1]) for match in map(_OF_ONE.fullmatch, fields)]
    if not fields or not all(
        place is not None or _OF_SOMEBODY.fullmatch(field)
        for place, field in zip(places, fields, strict=True)
    ):
        return Refused(detail, BAD_REQUEST)
    named = [deliveries[place] for place in places if place is not None and place < len(deliveries)]
    return AddressRefused(detail, BAD_REQUEST, delivery=named[0] if named else 0)


def _fields(body: bytes) -> list[str]:
    """Return which field each error is about, '' where it is not said; nothing of what cannot be read."""
    try:
        errors = orjson.loads(body)["errors"]
        return [str(error.get("field") or "").strip() for error in errors]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return []


def said(body: bytes) -> str:
    """Return the messages of SendGrid's error body, or the beginning of whatever came; no address in it."""
    try:
        errors = orjson.loads(body)["errors"]
        words = "; ".join(
            f"{error['message']} ({error['field']})" if error.get("field") else str(error["message"])
            for error in errors
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        words = " ".join(body.decode("utf-8", "replace").split())
    return without_addresses(words)[:LONGEST]


def _seconds_to_reset(headers: Mapping[str, str]) -> float | None:
    """Return how long SendGrid asks to wait: X-RateLimit-Reset is in unix seconds."""
    try:
        wait = float(headers["x-ratelimit-reset"]) - time.time()
    except (KeyError, ValueError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT) if math.isfinite(wait) else None
