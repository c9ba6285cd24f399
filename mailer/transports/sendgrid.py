"""SendGrid's v3 Mail Send: one request for one batch, through the official library, exactly once."""

import http.client
import math
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import orjson
from python_http_client.client import Client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK
from mailer.transports.answers import Accepted, Answer, AnswerError, NotAccepted, Refused, Unknown
from mailer.transports.request import Envelope, Reader

NAME = "sendgrid"
MOST_READERS = 1000  # personalizations in one request
# Our own ids, as custom_args on the way out and as top-level keys of each event on the way back.
DELIVERY, SEND, ATTEMPT = "nl_delivery", "nl_send", "nl_attempt"

ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 §3.1
# Answers after which nothing was taken and asking again the same way is of no use.
_REFUSALS = frozenset({200, 400, 401, 403, 404, 405, 413, 415})
_RATE_LIMITED = 429
LONGEST_WAIT = 3600.0  # seconds; a header that asks for more is in milliseconds, or wrong
_LONGEST_DETAIL = 500
LONGEST_MESSAGE_ID = 200
_ADDRESS = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")


def payload(envelope: Envelope, readers: Iterable[Reader]) -> dict[str, Any]:
    """Return the body of one request; `readers` keep their order and number at most 1,000."""
    content = [{"type": "text/plain", "value": envelope.text}]
    if envelope.html:
        content.append({"type": "text/html", "value": envelope.html})
    body: dict[str, Any] = {
        "personalizations": [_personalization(reader) for reader in readers],
        "from": {"email": envelope.sender_address, "name": envelope.sender_name},
        "subject": envelope.subject,
        "content": content,
        "headers": {"List-Id": f"<{envelope.list_slug}.{envelope.list_host}>"},  # RFC 2919
        "custom_args": {SEND: str(envelope.send), ATTEMPT: envelope.attempt},
        # What is left out is the account's default, which nobody here chose: so everything is said.
        "tracking_settings": {
            "click_tracking": {"enable": envelope.tracked, "enable_text": False},
            "open_tracking": {"enable": envelope.tracked},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    if envelope.reply_to:
        body["reply_to"] = {"email": envelope.reply_to}
    return body


def _personalization(reader: Reader) -> dict[str, Any]:
    recipient = {"email": reader.address}
    # SendGrid takes ";" and "," in a name for the start of another address.
    if name := reader.name.translate(_NOT_IN_NAMES).strip():
        recipient["name"] = name
    return {
        "to": [recipient],
        "headers": {"List-Unsubscribe": f"<{reader.leave_url}>", "List-Unsubscribe-Post": ONE_CLICK},
        "substitutions": {LEAVE_MARK: reader.leave_url, PREFERENCES_MARK: reader.preferences_url},
        "custom_args": {DELIVERY: str(reader.delivery)},
    }


_NOT_IN_NAMES = {ord(";"): " ", ord(","): " "} | dict.fromkeys(range(32), " ")


class Transport(Protocol):
    """Whatever takes one request and says what became of it."""

    def submit(self, body: Mapping[str, Any]) -> Accepted:
        """Offer `body` once; return `Accepted` or raise `NotAccepted`, `Refused` or `Unknown`."""


class SendGrid:
    """The official client, held to one request: no redirect followed, no retry, no wait without end."""

    def __init__(self, key: str, url: str, timeout: float) -> None:
        """Talk to `url` with `key`; give up after `timeout` seconds of silence."""
        client = SendGridAPIClient(key, host=url)
        # The library knows no time-out of its own and follows a redirect with the key in hand.
        client.client = _OnceClient(host=url, request_headers=client.client.request_headers, version=3)
        client.client.timeout = timeout
        self._post = client.client.mail.send.post

    def submit(self, body: Mapping[str, Any]) -> Accepted:
        """Offer `body` once; only 202 is acceptance."""
        try:
            response = self._post(request_body=body)
        except HTTPError as error:
            raise judge(error.status_code, dict(error.headers or {}), error.body) from error
        except urllib.error.URLError as error:
            # Raised while connecting or handing over the body: it cannot have been read to its end.
            raise NotAccepted(f"no connection: {_cause(error.reason)}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unknown(f"no answer: {_cause(error)}") from error
        if response.status_code != http.client.ACCEPTED:
            raise judge(response.status_code, dict(response.headers or {}), response.body)
        message_id = fit_to_keep(response.headers.get("X-Message-Id") or "")
        return Accepted(response.status_code, message_id[:LONGEST_MESSAGE_ID])


def answer(transport: Transport, body: Mapping[str, Any]) -> Answer:
    """Offer `body` once and return the answer as a value; what nobody foresaw is unknown."""
    try:
        return transport.submit(body)
    except AnswerError as no:
        return no
    except Exception as error:  # noqa: BLE001 - whatever it was, the request may have left
        return Unknown(f"unforeseen: {type(error).__name__}")


def judge(status: int, headers: Mapping[str, str], body: bytes) -> AnswerError:
    """Return what an answer other than 202 means, with SendGrid's own words."""
    detail = f"{status} {said(body)}".strip()
    if status == _RATE_LIMITED:
        return NotAccepted(detail, status, wait=_seconds_to_reset(headers))
    if status in _REFUSALS or 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        return Refused(detail, status)
    return Unknown(detail, status)


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
    return without_addresses(words)[:_LONGEST_DETAIL]


def without_addresses(text: str) -> str:
    """Return `text` on one line with every address struck out, fit for a database and a log."""
    return _ADDRESS.sub("…", " ".join(fit_to_keep(text).split()))


def fit_to_keep(text: str) -> str:
    """Return what a database can hold of `text`: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _seconds_to_reset(headers: Mapping[str, str]) -> float | None:
    """Return how long SendGrid asks to wait: X-RateLimit-Reset is in unix seconds."""
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        wait = float(lowered["x-ratelimit-reset"]) - time.time()
    except (KeyError, ValueError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT) if math.isfinite(wait) else None


def _cause(error: object) -> str:
    """Return an exception's class and words, or a plain reason."""
    return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leave a 3xx as the answer it is: urllib would repeat the request elsewhere, key included."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""
        return


class _OnceClient(Client):  # type: ignore[misc]  # the library ships no types
    """The library's client with an opener that follows no redirect and asks no proxy of the environment."""

    _opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))

    def _build_client(self, name: str | None = None) -> "_OnceClient":
        child: _OnceClient = super()._build_client(name)
        child.__class__ = _OnceClient
        return child

    def _make_request(
        self, _opener: object, request: urllib.request.Request, timeout: float | None = None
    ) -> object:
        return super()._make_request(self._opener, request, timeout=timeout)
