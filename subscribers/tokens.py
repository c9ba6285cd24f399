"""Tokens for the links in letters: bound to one purpose, readable by nobody else, valid for ever.

A token is one byte that says which key made it, a 16-byte keyed hash of what it claims, and the claim itself,
masked by a keyed hash of that hash: a synthetic initialisation vector (the scheme of RFC 5297), with BLAKE2b
in both places. The same claim always makes the same token, and none of its bits can be changed. One takes
about 2 µs, since a million readers need two million.
"""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from django.conf import settings

Purpose = Literal[
    # in letters, for ever: a subscription's
    "leave",
    "preferences",
    # in letters that were asked for, once and not for long, as the request's row says
    "confirm",
    "data",
    "forget",
    "readdress",
    "move",
    # on the page that says good-bye
    "undo",
    "why",
]

_MAC = 16
_CLAIM = 16
# 33 octets are 44 characters exactly: no spare bits at the end that could be flipped unseen.
_TOKEN = 1 + _MAC + _CLAIM
_WRITTEN = _TOKEN * 4 // 3


@dataclass(frozen=True)
class Claim:
    """What a token says: which subscription, and in which delivery its link was sent (0: none)."""

    subscription: int
    delivery: int


@dataclass(frozen=True)
class _Key:
    """One secret, prepared for one purpose: hashers with their key mixed in, to be copied."""

    number: bytes  # one octet; two keys may share it, so it only narrows the search
    mac: blake2b
    mask: blake2b

    def seal(self, claim: bytes) -> bytes:
        mac = _hash(self.mac, claim)
        return self.number + mac + _xor(claim, _hash(self.mask, mac))

    def open(self, sealed: bytes) -> bytes | None:
        mac, masked = sealed[1 : 1 + _MAC], sealed[1 + _MAC :]
        claim = _xor(masked, _hash(self.mask, mac))
        return claim if hmac.compare_digest(mac, _hash(self.mac, claim)) else None


def make(purpose: Purpose, subscription: int, delivery: int = 0) -> str:
    """Return the token, 44 characters that stand in a URL as they are."""
    claim = (subscription << 64 | delivery).to_bytes(_CLAIM, "big")
    return base64.urlsafe_b64encode(_key(settings.SECRET_KEY, purpose).seal(claim)).decode()


def read(purpose: Purpose, token: str) -> Claim | None:
    """Return what a token made for `purpose` says, or None if we never made it.

    Tokens made with a key of SECRET_KEY_FALLBACKS are as good as new ones: letters are opened years later.
    """
    if len(token) != _WRITTEN or not token.isascii():
        return None
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    for key in _keys(purpose):
        if key.number == sealed[:1] and (claim := key.open(sealed)) is not None:
            return Claim(int.from_bytes(claim[:8], "big"), int.from_bytes(claim[8:], "big"))
    return None


def _keys(purpose: Purpose) -> Iterator[_Key]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _key(secret, purpose)


@lru_cache(maxsize=64)
def _key(secret: str, purpose: Purpose) -> _Key:
    key = blake2b(secret.encode()).digest()
    bound = purpose.encode()
    return _Key(
        number=blake2b(key=key, digest_size=1, person=b"number").digest(),
        mac=blake2b(key=key, digest_size=_MAC, salt=b"mac", person=bound),
        mask=blake2b(key=key, digest_size=_CLAIM, salt=b"mask", person=bound),
    )


def _hash(keyed: blake2b, message: bytes) -> bytes:
    digest = keyed.copy()
    digest.update(message)
    return digest.digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(_CLAIM, "big")
