"""Tickets of the sign-up form: made here for one list, not long ago, and used with some effort or patience.

A browser that runs our script pays with a number that is slow to find and quick to check (hashcash); one that
does not pays with a wait. Nothing about a visitor is in a ticket, and none is stored before it is used.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

LIFE = dt.timedelta(hours=2)
# Nobody reads the page, ticks and types in less.
QUICKEST = dt.timedelta(seconds=2)
# Hosts' clocks may differ a little.
_AHEAD = dt.timedelta(seconds=60)

_MOMENT, _SALT, _MAC = 6, 8, 16
_BODY = _MOMENT + _SALT + 2  # and an octet each for difficulty and wait
# 33 octets are 44 characters exactly; with ":" and ten digits they fit one block of SHA-256.
_TICKET = 1 + _BODY + _MAC
_WRITTEN = _TICKET * 4 // 3
_PROOF = re.compile(r"[0-9]{1,10}")
_SHA256 = 256


@dataclass(frozen=True)
class Demand:
    """What a sign-up costs: leading zero bits to find, or whole seconds to wait."""

    difficulty: int
    wait: int


# 15 bits are 33,000 hashes on average: a blink on a desktop, a second or two on an old telephone.
USUAL = Demand(difficulty=15, wait=10)
# While more sign up than a busy hour explains: sixteen times as many.
RAISED = Demand(difficulty=19, wait=60)


@dataclass(frozen=True)
class Ticket:
    """What a genuine ticket says; `wait` is after how many seconds it counts without proof, 0 never."""

    made: dt.datetime
    difficulty: int = USUAL.difficulty
    wait: int = 0

    @property
    def raised(self) -> bool:
        """Return whether it was given to one whose sign-up is counted already."""
        return self.difficulty >= RAISED.difficulty


class Standing(StrEnum):
    """What a ticket that came with a form is worth."""

    # none, none of ours, another list's or an old one
    NONE = "none"
    # filled in faster than people do
    HASTY = "hasty"
    # neither proved nor waited for
    UNPAID = "unpaid"
    PAID = "paid"


@dataclass(frozen=True)
class Verdict:
    """A ticket's standing; `left` is how many seconds of its wait are left, rounded up."""

    standing: Standing
    ticket: Ticket | None = None
    left: int = 0


def make(ticket: Ticket, newsletter: int) -> str:
    """Return the ticket for the list with this number: 44 characters that stand in a form as they are."""
    moment = int(ticket.made.timestamp() * 1000).to_bytes(_MOMENT, "big")
    body = moment + os.urandom(_SALT) + bytes([ticket.difficulty, ticket.wait])
    sealed = _number(settings.SECRET_KEY) + body + _mac(settings.SECRET_KEY, body, newsletter)
    return base64.urlsafe_b64encode(sealed).decode()


def read(text: str, newsletter: int, *, at: dt.datetime) -> Ticket | None:
    """Return what a ticket says, or None if it was not made for this list within the last two hours."""
    body = _body(text, newsletter)
    if body is None:
        return None
    made = dt.datetime.fromtimestamp(int.from_bytes(body[:_MOMENT], "big") / 1000, dt.UTC)
    if not -_AHEAD <= at - made < LIFE:
        return None
    return Ticket(made, difficulty=body[-2], wait=body[-1])


def judge(text: str, proof: str, newsletter: int, *, at: dt.datetime) -> Verdict:
    """Return what the ticket that came with a form is worth, whoever sent it."""
    ticket = read(text, newsletter, at=at)
    if ticket is None:
        return Verdict(Standing.NONE)
    age = at - ticket.made
    if age < QUICKEST and not ticket.wait:
        return Verdict(Standing.HASTY, ticket)
    if proved(text, proof, ticket.difficulty):
        return Verdict(Standing.PAID, ticket)
    left = max(0, math.ceil(ticket.wait - age.total_seconds()))
    paid = ticket.wait and not left
    return Verdict(Standing.PAID if paid else Standing.UNPAID, ticket, left)


def proved(text: str, proof: str, difficulty: int) -> bool:
    """Return whether SHA-256 of `<ticket>:<proof>` begins with `difficulty` zero bits; proof is a number."""
    if _PROOF.fullmatch(proof) is None:
        return False
    found = int.from_bytes(hashlib.sha256(f"{text}:{proof}".encode()).digest(), "big")
    return found >> (_SHA256 - difficulty) == 0


def name_of(text: str) -> str:
    """Return the name under which a ticket that was used is remembered."""
    return f"ticket {blake2b(text.encode(), digest_size=16).hexdigest()}"


def _body(text: str, newsletter: int) -> bytes | None:
    if len(text) != _WRITTEN or not text.isascii():
        return None
    try:
        sealed = base64.urlsafe_b64decode(text)
    except binascii.Error:
        return None
    # Spelled another way, with + for -, it would be another ticket to those who remember the used ones.
    if base64.urlsafe_b64encode(sealed).decode() != text:
        return None
    number, body, mac = sealed[:1], sealed[1:-_MAC], sealed[-_MAC:]
    for secret in _secrets():
        if _number(secret) == number and hmac.compare_digest(mac, _mac(secret, body, newsletter)):
            return body
    return None


def _secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _mac(secret: str, body: bytes, newsletter: int) -> bytes:
    keyed = blake2b(key=_key(secret), digest_size=_MAC, person=b"ticket")
    keyed.update(newsletter.to_bytes(8, "big") + body)
    return keyed.digest()


@lru_cache(maxsize=16)
def _number(secret: str) -> bytes:
    """Return the octet that says which key it was; two keys may share it, so it only narrows the search."""
    return blake2b(key=_key(secret), digest_size=1, person=b"ticket number").digest()


@lru_cache(maxsize=16)
def _key(secret: str) -> bytes:
    return blake2b(secret.encode()).digest()
