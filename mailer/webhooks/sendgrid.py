"""SendGrid's Event Webhook: the other face of transports/sendgrid.py."""

import base64
import binascii
import datetime as dt
import json
import re
import uuid
from collections.abc import Iterable
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from mailer.tracking.fingerprints import fingerprint
from mailer.tracking.rules import APPLE, by_machine, verdict
from mailer.transports.sendgrid import ATTEMPT, DELIVERY
from mailer.transports.words import fit_to_keep, pattern_of, without_addresses
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Heard, Told
from subscribers.networks import minimised

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

# SendGrid tells again for 24 hours, and whether it signs anew is not documented.
OLDEST = dt.timedelta(hours=25)
# As far may its clock be ahead of ours: the signature says who wrote it, whatever our clock says.
NEWEST = OLDEST

KINDS = {
    "processed": EventKind.PROCESSED,
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "bounce": EventKind.BOUNCED,
    "dropped": EventKind.DROPPED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
}
# Of these SendGrid says who it was: a user agent and an IP address.
SEEN = (EventKind.OPENED, EventKind.CLICKED)
_MILLISECONDS = 10**11  # a timestamp above this is not in seconds
_LONGEST = 500


def genuine(
    body: bytes,
    signature: str,
    timestamp: str,
    keys: Iterable[ec.EllipticCurvePublicKey],
    *,
    now: dt.datetime,
) -> bool:
    """Return whether one of `keys` signed exactly these bytes at a time that can be."""
    try:
        signed_at = dt.datetime.fromtimestamp(int(timestamp), dt.UTC)
        proof = base64.b64decode(signature, validate=True)
    except (ValueError, OverflowError, OSError, binascii.Error):
        return False
    if not now - OLDEST <= signed_at <= now + NEWEST:
        return False
    return any(_signed(key, proof, timestamp.encode() + body) for key in keys)


def _signed(key: ec.EllipticCurvePublicKey, proof: bytes, content: bytes) -> bool:
    try:
        key.verify(proof, content, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def hear(body: bytes) -> Heard:
    """Put a verified body into our words; what is no event, or of a kind unknown to us, is passed over."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            # More patient: half a surrogate pair in one reason must not lose the events beside it.
            told = json.loads(body)
        except (ValueError, RecursionError):
            return Heard((), fault="the body is not JSON")
    if not isinstance(told, list):
        return Heard((), fault="the body is not a list of events")
    events = [event for item in told if (event := _event(item)) is not None]
    return Heard(tuple(events), passed_over=len(told) - len(events))


def _event(item: object) -> Told | None:
    """Return one event in our words, or None for what harms nothing and says nothing."""
    if not isinstance(item, dict):
        return None
    kind = KINDS.get(str(item.get("event")))
    at = _moment(item.get("timestamp"))
    if kind is None or at is None:
        return None
    # SendGrid says "bounce" of refusals that are about this letter or this hour; its type tells them apart.
    if kind is EventKind.BOUNCED and item.get("type", "bounce") != "bounce":
        kind = EventKind.BLOCKED
    address = str(item.get("email") or "")
    delivery = _number(item.get(DELIVERY))
    return Told(
        kind=kind,
        at=at,
        address=address,
        delivery=delivery,
        attempt=_identity(item.get(ATTEMPT)),
        link=_link(str(item.get("url") or ""), address) if kind is EventKind.CLICKED else "",
        machine=_by_machine(item, kind),
        detail=without_addresses(str(item.get("reason") or item.get("response") or ""))[:_LONGEST],
        agent=_agent(item, delivery) if kind in SEEN else 0,
    )


def _link(url: str, address: str) -> str:
    """Return where a click led, as it may be kept: a link made for one reader loses their address."""
    link = fit_to_keep(url)
    if address and ("@" in link or "%40" in link):
        link = re.sub(pattern_of(address), "…", link, flags=re.IGNORECASE)
    return link


def _by_machine(item: dict[str, object], kind: EventKind) -> bool:
    """Return whether a program opened or clicked, as far as SendGrid or the program itself says so."""
    said = item.get("sg_machine_open") if kind is EventKind.OPENED else None
    rule = verdict(kind, str(item.get("useragent") or "")[:_LONGEST] or None)
    # SendGrid knows the addresses of Apple's proxies: where it denies one, another program is as curt.
    return said is True or (by_machine(rule) and not (rule is APPLE and said is False))


def _agent(item: dict[str, object], delivery: int) -> int:
    network = _network(str(item.get("ip") or "")[:_LONGEST])
    return fingerprint(settings.HASH_KEY, delivery, str(item.get("useragent") or "")[:_LONGEST], network)


_network = lru_cache(maxsize=4096)(minimised)  # a proxy opens letters of many readers


def _moment(timestamp: object) -> dt.datetime | None:
    try:
        seconds = int(str(timestamp))
        return dt.datetime.fromtimestamp(seconds // 1000 if seconds > _MILLISECONDS else seconds, dt.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _number(text: object) -> int:
    """Return our delivery id, or 0 for what is none."""
    written = str(text or "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0  # noqa: PLR2004 - fits a bigint


def _identity(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=str(text))
    except ValueError:
        return None
