"""Tokens for the picture and the links of one reader's copy: which copy, and a proof that we made it.

A token says nothing that Message-ID does not say too, and stands in a letter some forty times: so it is
short, and one for all of them. Whoever makes one up counts a click, and no more: ten octets of proof will do.
"""

import base64
import binascii
import hmac
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

_DELIVERY, _MAC = 8, 10  # octets; together 24 characters, with no bit to spare
LENGTH = (_DELIVERY + _MAC) * 4 // 3


def make(delivery: int) -> str:
    """Return the token, 24 characters that stand in a URL as they are."""
    number = delivery.to_bytes(_DELIVERY, "big")
    return base64.urlsafe_b64encode(number + _proof(settings.SECRET_KEY, number)).decode("ascii")


def read(token: str) -> int | None:
    """Return the delivery of a token, None if we never made it; an earlier secret key's are as good."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        octets = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    number, proof = octets[:_DELIVERY], octets[_DELIVERY:]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(proof, _proof(secret, number)):
            return int.from_bytes(number, "big")
    return None


def _proof(secret: str, number: bytes) -> bytes:
    digest = _keyed(secret).copy()
    digest.update(number)
    return digest.digest()


@lru_cache(maxsize=32)
def _keyed(secret: str) -> blake2b:
    key = blake2b(secret.encode()).digest()
    return blake2b(key=key, digest_size=_MAC, salt=b"tracking")
