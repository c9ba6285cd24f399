"""Events as the Event Webhook tells them: rows in, the JSON array and its signature out."""

import base64
from collections.abc import Iterable, Sequence
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
    """Return the event as the webhook writes it, custom arguments as keys beside its own, which win."""
    arguments: dict[str, object] = {} if event.bare else orjson.loads(event.custom_args)
    return arguments | own(event)


def own(event: DueEvent) -> dict[str, object]:
    """Return the event without custom arguments."""
    found: dict[str, object] = {
        "email": event.address,
        "timestamp": event.happened_at,
        "event": event.kind,
        "sg_event_id": event_id(event),
    }
    details: dict[str, object] = orjson.loads(event.details)
    if event.bare:
        # Bounces that come back later are matched by address alone and lack these.
        details.pop("ip", None)
        return found | {"sg_message_id": ""} | details
    found["sg_message_id"] = message_id(event.message_id, event.n)
    if event.kind in DELIVERY_KINDS:
        found["smtp-id"] = f"<{event.message_id}@sandbox.invalid>"
    return found | details


def message_id(request: str, n: int) -> str:
    """Return the sg_message_id of a copy: its request's X-Message-Id, then what is its own."""
    return f"{request}.recvd-sandbox-1-{n:X}-0.0"


def event_id(event: DueEvent) -> str:
    """Return the event's own id, the same however often it is told; URL-safe, at most 100 characters."""
    name = f"{event.kind}-{event.ordinal}-{event.n}-{event.message_id}"
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def group(events: Sequence[DueEvent], strange: Sequence[bytes] = ()) -> tuple[bytes, int]:
    """Return the body of one post and how many of `events`, from the first, are in it.

    A JSON array that ends in CRLF, as the service's does: at most 1,000 events or 768 KB, at least one event.
    What is `strange` goes among them, whole.
    """
    written: list[bytes] = []
    size = len(b"[]\r\n") + sum(len(each) + 1 for each in strange)
    for event in events[:GROUP]:
        each = orjson.dumps(payload(event))
        size += len(each) + 1
        if written and size > GROUP_BYTES:
            break
        written.append(each)
    middle = len(written) // 2
    return body([*written[:middle], *strange, *written[middle:]]), len(written)


def body(events: Iterable[bytes]) -> bytes:
    """Return the body of a post whose events are written already."""
    return b"[" + b",".join(events) + b"]\r\n"


def signed_headers(key: SigningKey, body: bytes, now: float) -> dict[str, str]:
    """Return the headers of one post; `now` in unix seconds."""
    timestamp = str(int(now))
    return {
        "Content-Type": "application/json",
        "User-Agent": "SendGrid Event API",
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: key.sign(timestamp, body),
    }
