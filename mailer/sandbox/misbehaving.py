"""How the service misbehaves on purpose: orders and a request in, what is done with it out.

Whatever is drawn comes from the seed and the request's number alone, so a bad day can be had again.
A request is *accepted* when its copies are in the ledger, which is so before anything is answered; whatever
is not accepted leaves no copy.

Poisoned addresses are refused for ever, whatever else is ordered: a local part that is `poison` (with the
number of its personalization) or `poison0` (without a field), alone or before `+` or `-`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailer.sandbox.life import chances
from mailer.sandbox.telling import Telling


class Kind(StrEnum):
    """What is done with one request; only those in ACCEPTING take it."""

    WELL = "well"
    # Refused with certainty, and nothing is written.
    TOO_MANY = "429"  # with X-RateLimit-Reset
    BAD_INDEX = "400-index"  # names one personalization, at random
    BAD_NULL = "400-null"  # names no field
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    TOO_LARGE = "413"
    # Trouble of the service, which may have taken the letters or not.
    ERROR = "500"
    ERROR_TAKEN = "500-accepted"
    GATEWAY = "502"  # a body of HTML
    GATEWAY_TAKEN = "502-accepted"
    UNAVAILABLE = "503"
    UNAVAILABLE_TAKEN = "503-accepted"
    TIMEOUT = "504"
    TIMEOUT_TAKEN = "504-accepted"
    # No answer that could be read.
    SILENCE = "silence"
    SILENCE_TAKEN = "silence-accepted"
    RESET = "reset"  # after the whole body
    RESET_TAKEN = "reset-accepted"
    RESET_IN_BODY = "reset-in-body"  # after half of it
    GARBAGE = "garbage"  # bytes that are no HTTP
    GARBAGE_TAKEN = "garbage-accepted"
    EMPTY = "empty"  # the connection is closed without a byte
    EMPTY_TAKEN = "empty-accepted"
    # Answers that are no acceptance, however they look.
    FOUND = "302"
    TEMPORARY_REDIRECT = "307"
    OK = "200"
    # An acceptance that takes its time.
    SLOW = "slow"


FAULTY = tuple(kind for kind in Kind if kind is not Kind.WELL)
ACCEPTING = frozenset(
    kind for kind in Kind if kind in (Kind.WELL, Kind.SLOW) or kind.value.endswith("-accepted")
)
# What a sender gets over without a person: no reader is refused, no key doubted, no redirect seen.
PASSING = (
    Kind.TOO_MANY,
    *(kind for kind in Kind if kind.value.removesuffix("-accepted") in {"500", "502", "503", "504"}),
    *(kind for kind in Kind if kind.value.partition("-")[0] in {"reset", "garbage", "empty"}),
    Kind.SLOW,
)

_POISON = re.compile(r"(poison0?)(?:[-+].*)?@.*", re.IGNORECASE)
WITHOUT_INDEX = 0.25  # of the addresses that the seed poisons


@dataclass(frozen=True)
class Step:
    """One request of a script: `mute` loses all its events, `early` tells of it before it is answered."""

    kind: Kind = Kind.WELL
    mute: bool = False
    early: bool = False

    def __str__(self) -> str:
        """Return it as a script writes it, such as `503-accepted+mute`."""
        return self.kind + "+mute" * self.mute + "+early" * self.early


@dataclass(frozen=True)
class Logs:
    """How the Email Logs misbehave: they lag behind by `lag` seconds, and never show a share `missing`.

    `rate` is the share of questions answered 429, of those to the Suppressions API too.
    """

    lag: float = 0.0
    missing: float = 0.0
    rate: float = 0.0


@dataclass(frozen=True)
class Misbehaviour:
    """What is ordered: first the script, then a share `rate` of requests with one of `kinds`, drawn evenly.

    After `limit` faulty requests all is well but for poisoned addresses. Times in seconds: `silence` until
    the connection is given up, `slow` until a late 202, `wait` until X-RateLimit-Reset.
    """

    seed: str = "1"
    rate: float = 0.0
    kinds: tuple[Kind, ...] = FAULTY
    script: tuple[Step, ...] = ()
    limit: int | None = None
    poisoned: float = 0.0
    silence: float = 120.0
    slow: float = 1.0
    wait: float = 1.0
    webhook: Telling = field(default_factory=Telling)
    logs: Logs = field(default_factory=Logs)


@dataclass(frozen=True)
class Facts:
    """What the plan may know of a body: whom each personalization is addressed to."""

    addresses: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Conduct:
    """What is done with one request; `named` are the personalizations that a 400 names, if any."""

    step: Step
    named: tuple[int, ...] = ()
    poisoned: bool = False

    @property
    def accepts(self) -> bool:
        """Return whether its copies go into the ledger."""
        return self.step.kind in ACCEPTING and not self.poisoned


def bad_day(seed: str, rate: float) -> Misbehaviour:
    """Return the orders of a rehearsal: whatever a sender gets over without a person, and a bad webhook."""
    telling = Telling(
        lost=rate / 10, doubled=rate, reordered=rate, late=rate, early=rate, forged=rate, strange=rate
    )
    return Misbehaviour(seed=seed, rate=rate, kinds=PASSING, webhook=telling, logs=Logs(lag=10, rate=rate))


def draw(orders: Misbehaviour, ordinal: int, turn: int) -> Step:
    """Return what is done with request number `ordinal`, the `turn`-th (from 0) since the orders came."""
    if turn < len(orders.script):
        return orders.script[turn]
    chance = chances(orders.seed, f"request {ordinal}")
    faulty = bool(orders.kinds) and chance[0] < orders.rate
    kind = orders.kinds[int(chance[1] * len(orders.kinds))] if faulty else Kind.WELL
    return Step(kind, mute=chance[2] < orders.webhook.mute, early=chance[3] < orders.webhook.early)


def plan(orders: Misbehaviour, ordinal: int, step: Step, facts: Facts) -> Conduct:
    """Return what is done with a sound body: `step`, unless someone in it is poisoned."""
    if step.kind in ACCEPTING:
        poisons = [_worst(orders, each) for each in facts.addresses]
        if any(poisons):
            # One fault without a field hides all the others, as it does at the service.
            hidden = "poison0" in poisons
            named = () if hidden else tuple(n for n, poison in enumerate(poisons) if poison)
            return Conduct(step, named, poisoned=True)
    if step.kind is Kind.BAD_INDEX and facts.addresses:
        return Conduct(step, (int(chances(orders.seed, f"index {ordinal}")[0] * len(facts.addresses)),))
    return Conduct(step)


def poison(orders: Misbehaviour, address: str) -> str:
    """Return `poison` or `poison0` for an address that is refused for ever, '' for any other."""
    if marked := _POISON.fullmatch(address):
        return marked[1].lower()
    if orders.poisoned:
        chance = chances(orders.seed, f"poison {address}")
        if chance[0] < orders.poisoned:
            return "poison0" if chance[1] < WITHOUT_INDEX else "poison"
    return ""


def _worst(orders: Misbehaviour, addresses: Sequence[str]) -> str:
    return max((poison(orders, each) for each in addresses), default="")
