"""The public keys that events are signed by: read off the settings, and told what is wrong with them."""

import base64
from collections.abc import Iterable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key


class WebhookKeyError(Exception):
    """A webhook key that is no key; the message says which and where to copy it from."""


def load_keys(texts: Iterable[str]) -> tuple[ec.EllipticCurvePublicKey, ...]:
    """Return the keys of `texts`, one-line base64 DER each; raises WebhookKeyError."""
    return tuple(load_key(text, place) for place, text in enumerate(texts, 1))


def load_key(text: str, place: int) -> ec.EllipticCurvePublicKey:
    """Return one key, the `place`-th of the setting; raises WebhookKeyError."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WebhookKeyError(
            f"SENDGRID_WEBHOOK_KEYS: key {place} is no public key; copy the verification key of the"
            " signed Event Webhook, one line that begins with MFkw"
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise WebhookKeyError(f"SENDGRID_WEBHOOK_KEYS: key {place} is not an elliptic-curve key")
    return key
