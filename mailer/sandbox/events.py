"""Events as the Event Webhook tells them: rows in, the JSON array and its signature out."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from mailer.sandbox.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, SigningKey

GROUP = 1000  # events in one post at most
GROUP_BYTES = 768 * 1024

# Only what the transport itself does carries the SMTP id.
DELIVERY_KINDS = frozenset({"processed", "dropped", "delivered", "deferred", "bounce"})


@dataclass(frozen=True)
class DueEvent:
    """One planned event joined with the copy it is about; `id` is its row, `details` its JSON."""

    id: int
    kind: str
    ordinal: int
    happened_at: int
    details: str
    bare: int
    message_id: str
    n: int
    address: str
    custom_args: str


def payload(event: DueEvent) -> dict[str, object]:
    """Return the event as the service writes it, custom arguments as keys beside its own, which win."""
    own: dict[str, object] = {
        "email": event.address,
        "timestamp": event.happened_at,
        "event": event.kind,
        "sg_event_id": event_id(event),
    }
    details: dict[str, object] = orjson.loads(event.details)
    if event.bare:
        # Bounces that come back later are matched by address alone and lack these.
        details.pop("ip", None)
        return own | {"sg_message_id": ""} | details
    own["sg_message_id"] = f"{event.message_id}.recvd-sandbox-1-{event.n:X}-0.0"
    if event.kind in DELIVERY_KINDS:
        own["smtp-id"] = f"<{event.message_id}@sandbox.invalid>"
    arguments: dict[str, object] = orjson.loads(event.custom_args)
    return arguments | own | details


def event_id(event: DueEvent) -> str:
    """Return the event's own id, the same however often it is told; URL-safe, at most 100 characters."""
    name = f"{event.kind}-{event.ordinal}-{event.n}-{event.message_id}"
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def group(events: Sequence[DueEvent]) -> tuple[bytes, int]:
    """Return the body of one post and how many of `events`, from the first, are in it.

    A JSON array that ends in CRLF, as the service's does: at most 1,000 events or 768 KB, at least one event.
    """
    written: list[bytes] = []
    size = len(b"[]\r\n")
    for event in events[:GROUP]:
        each = orjson.dumps(payload(event))
        size += len(each) + 1
        if written and size > GROUP_BYTES:
            break
        written.append(each)
    return b"[" + b",".join(written) + b"]\r\n", len(written)


def signed_headers(key: SigningKey, body: bytes, now: float) -> dict[str, str]:
    """Return the headers of one post; `now` in unix seconds."""
    timestamp = str(int(now))
    return {
        "Content-Type": "application/json",
        "User-Agent": "SendGrid Event API",
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: key.sign(timestamp, body),
    }
