"""SendGrid's v3 Mail Send: one request for one batch, through the official library, exactly once."""

import hashlib
import urllib.parse
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK
from mailer.transports.answers import Answer, NotAccepted, Unknown
from mailer.transports.port import Parcel, Witness
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid_client import NoAnswerError, NotHandedOverError, Once
from mailer.transports.sendgrid_verdict import BAD_REQUEST, verdict

NAME = "sendgrid"
MOST_READERS = 1000  # personalizations in one request
# Our own ids, as custom_args on the way out and as top-level keys of each event on the way back.
DELIVERY, SEND, ATTEMPT = "nl_delivery", "nl_send", "nl_attempt"

ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 §3.1
CONTENT = "X-Content-SHA256"


class SendGrid:
    """Transport: takes a batch as one request, and answers for all of it."""

    name = NAME
    most_readers = MOST_READERS

    def __init__(self, key: str, url: str, timeout: float) -> None:
        """Talk to `url` with `key`; a request is over within `timeout` seconds in all."""
        self._once = Once(key, url, timeout)

    def pack(self, envelope: Envelope, readers: Sequence[Reader]) -> Parcel:
        """Return the request for `readers`, encoded once: these bytes are hashed, and these leave."""
        body = orjson.dumps(payload(envelope, readers))
        return Parcel(len(readers), hashlib.sha256(body).hexdigest(), body)

    def submit(self, parcel: Parcel, witness: Witness) -> Answer:  # noqa: ARG002 - no letter is on its own here
        """Offer the parcel once; only 202 is acceptance, and what nobody foresaw is unknown."""
        try:
            return self._offer(parcel)
        except Exception as error:  # noqa: BLE001 - whatever it was, the request may have left
            return Unknown(f"unforeseen: {type(error).__name__}")

    def _offer(self, parcel: Parcel) -> Answer:
        body = parcel.content
        if not isinstance(body, bytes):
            return NotAccepted("this parcel was not packed for SendGrid; nothing was sent")
        try:
            reply = self._once.post(("mail", "send"), body)
        except NotHandedOverError as no:
            return NotAccepted(f"no connection: {no}")
        except NoAnswerError as no:
            return Unknown(f"no answer: {no}")
        return verdict(reply, _deliveries(body) if reply.status == BAD_REQUEST else ())


def _deliveries(body: bytes) -> list[int]:
    """Return whose copies a request held, in its order; 0 where a copy belongs to no delivery."""
    people = orjson.loads(body)["personalizations"]
    return [int(person.get("custom_args", {}).get(DELIVERY, 0)) for person in people]


def payload(envelope: Envelope, readers: Iterable[Reader]) -> dict[str, Any]:
    """Return the body of one request; `readers` keep their order and number at most 1,000."""
    content = [{"type": "text/plain", "value": envelope.text}]
    if envelope.html:
        content.append({"type": "text/html", "value": envelope.html})
    tracked = envelope.tracked and not envelope.automatic
    body: dict[str, Any] = {
        "personalizations": [_personalization(envelope, reader) for reader in readers],
        "from": {"email": envelope.sender_address, "name": envelope.sender_name},
        "subject": envelope.subject,
        "content": content,
        "headers": _headers(envelope),
        # What is left out is the account's default, which nobody here chose: so everything is said.
        "tracking_settings": {
            "click_tracking": {"enable": tracked, "enable_text": False},
            "open_tracking": {"enable": tracked},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    ours = {SEND: str(envelope.send) if envelope.send else "", ATTEMPT: envelope.attempt}
    if known := {name: value for name, value in ours.items() if value}:
        body["custom_args"] = known  # an empty object is refused
    if envelope.reply_to:
        body["reply_to"] = {"email": envelope.reply_to}
    return body


def _headers(envelope: Envelope) -> dict[str, str]:
    if envelope.automatic:
        return {"Auto-Submitted": "auto-generated"}  # RFC 3834 §5
    headers = {"List-Id": f"<{envelope.list_slug}.{envelope.list_host}>"}  # RFC 2919
    return headers | ({CONTENT: envelope.content} if envelope.content else {})


def _personalization(envelope: Envelope, reader: Reader) -> dict[str, Any]:
    recipient = {"email": reader.address}
    # SendGrid takes ";" and "," in a name for the start of another address.
    if name := reader.name.translate(_NOT_IN_NAMES).strip():
        recipient["name"] = name
    one: dict[str, Any] = {
        "to": [recipient],
        "substitutions": {LEAVE_MARK: reader.leave_url, PREFERENCES_MARK: reader.preferences_url},
    }
    if reader.leave_url and not envelope.automatic:
        one["headers"] = {
            "List-Unsubscribe": _ways_to_leave(envelope, reader),
            "List-Unsubscribe-Post": ONE_CLICK,
        }
    if reader.delivery:
        one["custom_args"] = {DELIVERY: str(reader.delivery)}
    return one


def _ways_to_leave(envelope: Envelope, reader: Reader) -> str:
    """Return the value of List-Unsubscribe: the link and, where there is a mailbox for it, by mail."""
    ways = f"<{reader.leave_url}>"
    if envelope.bounce_address and reader.leave_token:
        local, _, host = envelope.bounce_address.rpartition("@")
        address = urllib.parse.quote(f"{local}+{reader.leave_token}", safe="+=")
        ways += f", <mailto:{address}@{host}?subject=unsubscribe>"
    return ways


_NOT_IN_NAMES = {ord(";"): " ", ord(","): " "} | dict.fromkeys(range(32), " ")
