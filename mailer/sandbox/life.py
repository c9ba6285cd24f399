"""What becomes of each copy: decided by seed and address alone, so that the truth is known beforehand.

Special addresses decide by themselves: a local part that is one of these words, alone or before a `+`
(`bounce@example.org`, `bounce+7@example.org`), whatever the seed:

    deliver      delivered and never opened        never-open   the same
    defer        asked to wait, then delivered     open         opened by a person
    bounce       refused for good, with a status   machine      opened by a privacy proxy alone
    bounce-bare  the same, without a status        click        opened, and up to three links clicked
    late-bounce  delivered, then bounced, told     scanner      every link clicked by a machine at once
                 without our ids                   complain     marked as spam
    block        refused this once                 leave        leaves with one click
    drop         not even tried                    unsubscribe  leaves by the service's own link
    invalid      not even tried, as no address

Whoever is in one of the service's own lists by then, blocks apart, gets nothing more: `turned_away`.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

# How many times faster than life: two days pass in three seconds.
PACE = 57_600.0
# Two days pass in less than half a second.
BRISK = 400_000.0

MINUTE, HOUR = 60.0, 3600.0
LAST_OPEN = 40 * HOUR
CLICKS = 3

ONE_CLICK = "one-click"  # not an event of the service: the reader's own mail client acts

PERSON_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# What Apple's privacy proxy calls itself: the bare beginning of a browser's name.
MACHINE_AGENT = "Mozilla/5.0"
SCANNER_AGENT = "Mozilla/5.0 (compatible; LinkScanner/1.0)"
# Documentation addresses (RFC 5737): none of them is anybody's.
SERVER, PERSON, PROXY, SCANNER = "192.0.2.25", "198.51.100.7", "203.0.113.17", "203.0.113.80"


class Outcome(StrEnum):
    """How the transport's part ends."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Fate:
    """All that is decided for one reader; clicks count only as far as the letter has links."""

    outcome: Outcome = Outcome.DELIVERED
    deferred: bool = False
    opened: bool = False
    machine_opened: bool = False
    clicks: int = 0
    scanned: bool = False
    complained: bool = False
    leaves: bool = False
    unsubscribes: bool = False
    late_bounce: bool = False
    without_status: bool = False
    invalid: bool = False


@dataclass(frozen=True)
class Watched:
    """What of a letter can come to light: whether opens are counted, and which links are.

    `hidden` are the places of those that no person sees, and programs follow all the same.
    """

    opens: bool
    links: tuple[str, ...]
    hidden: frozenset[int] = frozenset()

    @property
    def seen(self) -> list[int]:
        """Return the places of the links that a person can click."""
        return [place for place in range(len(self.links)) if place not in self.hidden]


@dataclass(frozen=True)
class PlannedEvent:
    """One event to come; times in unix seconds. `ordinal` counts within the life and names the event."""

    ordinal: int
    kind: str
    happened_at: int
    due_at: float
    details: dict[str, object] = field(default_factory=dict)
    bare: bool = False
    lost: bool = False  # it happens, and is never told


class _Happening(NamedTuple):
    """One event before it has a clock: seconds after acceptance, at the pace of life."""

    after: float
    kind: str
    details: dict[str, object] = {}  # noqa: RUF012 - never changed, only written out
    bare: bool = False


# Of all copies; the rest is delivered.
SHARES = {Outcome.BOUNCED: 0.012, Outcome.BLOCKED: 0.018, Outcome.DROPPED: 0.010}
WITHOUT_STATUS = 0.2  # of the bounced
# Of the delivered.
DEFERRED, OPENED, MACHINE_OPENED, SCANNED = 0.03, 0.35, 0.25, 0.02
COMPLAINED, LEAVES, UNSUBSCRIBES = 0.001, 0.003, 0.002
CLICKED = (0.25, 0.08, 0.03)  # of those who open: one link at least, two, three
DOUBLED, DOUBLED_AFTER = 0.2, 0.5  # of all events; seconds
DROPS = ("Bounced Address", "Unsubscribed Address", "Spam Reporting Address")
INVALID = "Invalid"  # of a drop, too, but of special addresses alone
DROPPED_AFTER = 0.5
BLOCKS = (
    ("552 5.2.2 mailbox full", "5.2.2", "Mailbox Unavailable"),
    ("554 5.7.1 message refused by policy", "5.7.1", "Content"),
    ("550 5.7.1 sending address listed", "5.7.1", "Reputation"),
)

SPECIAL = {
    "deliver": Fate(),
    "never-open": Fate(),
    "defer": Fate(deferred=True),
    "bounce": Fate(Outcome.BOUNCED),
    "bounce-bare": Fate(Outcome.BOUNCED, without_status=True),
    "late-bounce": Fate(late_bounce=True),
    "block": Fate(Outcome.BLOCKED),
    "drop": Fate(Outcome.DROPPED),
    "invalid": Fate(Outcome.DROPPED, invalid=True),
    "open": Fate(opened=True),
    "machine": Fate(machine_opened=True),
    "click": Fate(opened=True, clicks=CLICKS),
    "scanner": Fate(scanned=True),
    "complain": Fate(opened=True, complained=True),
    "leave": Fate(opened=True, leaves=True),
    "unsubscribe": Fate(opened=True, unsubscribes=True),
}


def fate(seed: str, address: str) -> Fate:
    """Return what is decided for `address`, whose case does not matter."""
    return _fate(address, chances(seed, address))


def truth(seed: str, addresses: Iterable[str]) -> dict[str, Fate]:
    """Return what must come to light for each address, for tests to compare with."""
    return {address: fate(seed, address) for address in addresses}


def life(
    seed: str,
    address: str,
    watched: Watched,
    now: float,
    pace: float = PACE,
    *,
    uneventful: bool = False,
) -> list[PlannedEvent]:
    """Return the life of a copy accepted at `now` (unix seconds), in order, `pace` times faster than life.

    An uneventful one is processed and delivered, whoever the reader is.
    """
    chance = chances(seed, address)
    lot = Fate() if uneventful else _fate(address, chance)
    happenings = sorted(_happenings(lot, chance, watched), key=lambda each: each.after)
    return [
        PlannedEvent(ordinal, kind, int(now + after / pace), now + after / pace, details, bare=bare)
        for ordinal, (after, kind, details, bare) in enumerate(happenings)
    ]


def turned_away(reason: str, now: float, pace: float = PACE) -> list[PlannedEvent]:
    """Return the life of a copy to one who is in the service's own list: dropped for that `reason`."""
    after, kind, details, _ = _drop(reason)
    return [PlannedEvent(0, kind, int(now + after / pace), now + after / pace, details)]


def hurry(pace: float) -> float:
    """Return what delays that are not of life are multiplied by, so that they do not outlast a brisk one."""
    return min(1.0, PACE / pace)


def doubled(
    seed: str, events: Iterable[PlannedEvent], share: float = DOUBLED, hurry: float = 1.0
) -> list[PlannedEvent]:
    """Return the events with about a `share` of them told again a little later, as webhooks do."""
    found: list[PlannedEvent] = []
    for event in events:
        found.append(event)
        if event.kind != ONE_CLICK and chances(seed, repr(event))[0] < share:
            found.append(replace(event, due_at=event.due_at + DOUBLED_AFTER * hurry))
    return found


def shuffled(seed: str, events: Iterable[PlannedEvent], hurry: float = 1.0) -> list[PlannedEvent]:
    """Return the events told up to a second late each, so that they arrive in any order; none changes."""
    return [replace(event, due_at=event.due_at + chances(seed, repr(event))[1] * hurry) for event in events]


def chances(seed: str, name: str) -> Sequence[float]:
    """Return sixteen numbers in [0, 1) that the seed and the name decide."""
    digest = blake2b(f"{seed}\0{name.lower()}".encode(), digest_size=64).digest()
    return [number / 2**32 for number in struct.unpack(">16I", digest)]


def _fate(address: str, chance: Sequence[float]) -> Fate:
    word = address.lower().partition("@")[0].partition("+")[0]
    if word in SPECIAL:
        return SPECIAL[word]
    outcome = _outcome(chance[0])
    if outcome is not Outcome.DELIVERED:
        return Fate(outcome, without_status=chance[8] < WITHOUT_STATUS)
    opened = chance[3] < OPENED
    return Fate(
        deferred=chance[1] < DEFERRED,
        opened=opened,
        machine_opened=chance[2] < MACHINE_OPENED,
        clicks=sum(chance[4] < share for share in CLICKED) if opened else 0,
        scanned=chance[5] < SCANNED,
        complained=chance[6] < COMPLAINED,
        leaves=chance[7] < LEAVES,
        unsubscribes=chance[8] < UNSUBSCRIBES,
    )


def _outcome(chance: float) -> Outcome:
    for outcome, share in SHARES.items():
        if chance < share:
            return outcome
        chance -= share
    return Outcome.DELIVERED


def _happenings(lot: Fate, chance: Sequence[float], watched: Watched) -> Iterator[_Happening]:
    """Yield what happens, in any order; seconds since acceptance at the pace of life."""
    if lot.outcome is Outcome.DROPPED:
        yield _drop(INVALID if lot.invalid else DROPS[int(chance[9] * len(DROPS))])
        return
    yield _Happening(0.2 + 0.5 * chance[9], "processed")
    arrived = 1 + 20 * chance[10]
    if lot.outcome is not Outcome.DELIVERED:
        yield _Happening(arrived, "bounce", _refusal(lot, chance[11]))
        return
    if lot.deferred:
        wait = {"response": "451 4.7.1 please try again later", "attempt": "1", "ip": SERVER, "tls": 1}
        yield _Happening(arrived, "deferred", wait)
        arrived += 5 * MINUTE + 20 * MINUTE * chance[11]
    yield _Happening(arrived, "delivered", {"response": "250 2.0.0 OK", "ip": SERVER, "tls": 1})
    yield from _reading(lot, chance, watched, arrived)
    if lot.late_bounce:
        yield _Happening(arrived + 10 * MINUTE, "bounce", _refusal(lot, 0.0), bare=True)


def _reading(lot: Fate, chance: Sequence[float], watched: Watched, arrived: float) -> Iterator[_Happening]:
    """Yield what people and machines do with a letter that arrived."""
    if lot.scanned:
        for index in range(len(watched.links)):
            yield _click(
                arrived + 0.5 + 1.5 * index / len(watched.links), watched, index, SCANNER_AGENT, SCANNER
            )
    if lot.machine_opened and watched.opens:
        yield _Happening(
            arrived + MINUTE + HOUR * chance[12], "open", _opening(MACHINE_AGENT, PROXY, machine=True)
        )
    # Most read within hours, a few two days later.
    read = arrived + 2 * MINUTE + LAST_OPEN * chance[13] ** 3
    if lot.opened and watched.opens:
        yield _Happening(read, "open", _opening(PERSON_AGENT, PERSON, machine=False))
    seen = watched.seen
    for turn in range(min(lot.clicks, len(seen))):
        # From a place the chance decides onwards, so that no link is clicked twice.
        index = seen[(int(chance[14] * len(seen)) + turn) % len(seen)]
        yield _click(read + (turn + 1) * (20 + 100 * chance[15]), watched, index, PERSON_AGENT, PERSON)
    if lot.complained:
        yield _Happening(read + 10 * MINUTE, "spamreport")
    if lot.unsubscribes:
        yield _Happening(read + 12 * MINUTE, "unsubscribe", {"useragent": PERSON_AGENT, "ip": PERSON})
    if lot.leaves:
        yield _Happening(read + 15 * MINUTE, ONE_CLICK)


def _drop(reason: str) -> _Happening:
    return _Happening(DROPPED_AFTER, "dropped", {"reason": reason, "status": "5.0.0"})


def _refusal(lot: Fate, chance: float) -> dict[str, object]:
    """Return what a bounce says; what refuses once (`blocked`) must not be taken for good."""
    if lot.outcome is Outcome.BLOCKED:
        reason, status, why = BLOCKS[int(chance * len(BLOCKS))]
        said: dict[str, object] = {"reason": reason, "status": status, "type": "blocked"}
    else:
        reason, status, why = "550 5.1.1 user unknown", "5.1.1", "Invalid Address"
        said = {"reason": reason, "status": status, "type": "bounce"}
    if lot.without_status:
        del said["status"]
    return said | {"bounce_classification": why, "ip": SERVER, "tls": 1}


def _opening(agent: str, ip: str, *, machine: bool) -> dict[str, object]:
    return {"useragent": agent, "ip": ip, "sg_machine_open": machine, "sg_content_type": "html"}


def _click(after: float, watched: Watched, index: int, agent: str, ip: str) -> _Happening:
    place = {"index": index, "type": "html"}
    told: dict[str, object] = {
        "url": watched.links[index],
        "url_offset": place,
        "useragent": agent,
        "ip": ip,
        "sg_content_type": "html",
    }
    return _Happening(after, "click", told)
