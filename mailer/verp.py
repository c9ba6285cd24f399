"""Tokens for the mailbox that takes bounces and unsubscribes: a letter for the purpose, a copy, and a proof.

They stand in local parts, which are at most 64 octets and which servers may fold to lower case: so base32,
read whatever its case. A token says nothing that Message-ID does not say too; only we can make one.
"""

import base64
import binascii
import hmac
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from django.conf import settings

Purpose = Literal["bounce", "leave"]

PURPOSES: dict[str, Purpose] = {"b": "bounce", "u": "leave"}
_LETTERS = {purpose: letter for letter, purpose in PURPOSES.items()}
_DELIVERY, _MAC = 8, 12  # octets; together 32 characters, with no bit to spare
LENGTH = 1 + (_DELIVERY + _MAC) * 8 // 5


def make(purpose: Purpose, delivery: int) -> str:
    """Return the token, 33 lower-case letters and digits that begin with `b` or `u`."""
    number = delivery.to_bytes(_DELIVERY, "big")
    written = base64.b32encode(number + _proof(settings.SECRET_KEY, purpose, number))
    return _LETTERS[purpose] + written.decode("ascii").lower()


def read(text: str) -> tuple[Purpose, int] | None:
    """Return what a token says, or None if we never made it; an earlier secret key's are as good."""
    purpose = PURPOSES.get(text[:1].lower())
    if purpose is None or len(text) != LENGTH or not text.isascii():
        return None
    try:
        octets = base64.b32decode(text[1:].upper())
    except binascii.Error:
        return None
    number, proof = octets[:_DELIVERY], octets[_DELIVERY:]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(proof, _proof(secret, purpose, number)):
            return purpose, int.from_bytes(number, "big")
    return None


def _proof(secret: str, purpose: Purpose, number: bytes) -> bytes:
    digest = _keyed(secret, purpose).copy()
    digest.update(number)
    return digest.digest()


@lru_cache(maxsize=32)
def _keyed(secret: str, purpose: Purpose) -> blake2b:
    key = blake2b(secret.encode()).digest()
    return blake2b(key=key, digest_size=_MAC, salt=b"mailbox", person=purpose.encode())
