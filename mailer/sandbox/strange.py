"""Events that no one foresaw, which a webhook must take, and lies, which it must not believe."""

import base64
import json
from collections.abc import Sequence

import orjson

from mailer.sandbox.events import DueEvent, body, payload

MOST_LIES = 20  # in one post
LIES: tuple[dict[str, object], ...] = (
    {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 user unknown"},
    {"event": "spamreport"},
    {"event": "unsubscribe"},
    {"event": "dropped", "reason": "Bounced Address"},
)
NOBODY = "nobody@sandbox.invalid"


def strange(event: DueEvent, now: float, number: int) -> list[bytes]:
    """Return events that a webhook must take without believing anything new of `event`, which is true.

    `number` makes their ids differ from post to post; `now` is in unix seconds.
    """
    true = payload(event)
    name = f"strange-{number}"
    unknown = {"nl_delivery": str(10**12 + number), "nl_send": name, "nl_attempt": name}
    found: list[object] = [
        # A kind of tomorrow, and an event of the account, which is about no letter.
        true | {"event": "levitated", "sg_event_id": f"{name}-levitated", "height": {"metres": 1.5}},
        {"event": "account_status_change", "timestamp": int(now), "type": "compliance_suspend"},
        # About letters that were never sent.
        true | unknown | {"event": "bounce", "type": "bounce", "email": NOBODY, "sg_event_id": f"{name}-b"},
        {"event": "delivered", "timestamp": int(now), "email": NOBODY, "sg_event_id": f"{name}-d"},
        # Fields that are missing, null, or of another type than the pages say.
        {"event": "delivered"},
        {},
        dict.fromkeys(true) | {"event": true["event"]},
        dict.fromkeys(true, 7),
        true | {"response": 250, "smtp-id": 0, "category": {"a": []}, "tls": "1", "sg_event_id": 5},
        {"event": None, "timestamp": "yesterday", "email": ["a"], "sg_event_id": {}},
        true | {"event": "levitated", "timestamp": 1 << 70},
        "not even an object",
        None,
        # Half a surrogate pair, as browsers that are cut short leave it; strict decoders refuse all of it.
        true | {"event": "levitated", "useragent": "half a smile \ud83d", "sg_event_id": f"{name}-\ud83d"},
    ]
    return [json.dumps(each).encode() for each in found]


def lies(events: Sequence[DueEvent], number: int) -> bytes:
    """Return the body of a forged post: real deliveries are said to have bounced, complained and left."""
    told = []
    for n, event in enumerate(events[:MOST_LIES]):
        name = base64.urlsafe_b64encode(f"forged-{number}-{n}".encode()).decode().rstrip("=")
        lie = LIES[n % len(LIES)]
        told.append(orjson.dumps(payload(event) | lie | {"sg_event_id": name}))
    return body(told)
