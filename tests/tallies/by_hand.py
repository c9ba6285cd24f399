"""What a list of events comes to, counted the slow and plain way: no code of what it is compared with."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailer.webhooks.told import Told

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
QUICK = dt.timedelta(seconds=3)
NAMES = {
    "opened": ("opened", "machine_opened"),
    "clicked": ("clicked", "machine_clicked"),
}
REASONS = {"bounced": "bounce_reason", "blocked": "block_reason", "dropped": "drop_reason"}
DOMAINS = {
    "deferred": "defer_domain",
    "bounced": "bounce_domain",
    "blocked": "block_domain",
    "complained": "complaint_domain",
}
ANOTHER, UNSEEN = "another", "unseen"
Sums = Counter[tuple[str, object]]


@dataclass(frozen=True)
class ByHand:
    """How many copies count for each measure and key, and when each thing first happened to each copy.

    A key is an hour, a link's address (or ANOTHER, UNSEEN), a reason's number or a domain.
    """

    sums: Sums
    firsts: dict[int, dict[str, dt.datetime]]


def counted(told: Iterable[Told], links: Iterable[str], domains: Mapping[int, str]) -> ByHand:
    """Count events about copies whose letters have these links, and whose readers are at these domains."""
    sums: Sums = Counter()
    firsts: dict[int, dict[str, dt.datetime]] = {}
    events = list(told)
    known = set(links)
    for copy in sorted({event.delivery for event in events}):
        mine = [event for event in events if event.delivery == copy]
        first: dict[str, dt.datetime] = {}
        counts: set[tuple[str, object]] = set()
        programs = {event.agent for event in mine if event.agent and _is_program(event.agent, mine, known)}
        for event in sorted(mine, key=lambda each: each.at):
            name = str(event.kind)
            by_machine = event.machine
            if name == "clicked":
                link = _link(event.link, known)
                by_machine = by_machine or link == UNSEEN or event.agent in programs
                counts.add(("machine_link" if by_machine else "link", link))
            if name in NAMES:
                name = NAMES[name][by_machine]
            first.setdefault(name, event.at)
            if name in REASONS:
                counts.add((REASONS[name], reason(event.detail)))
            if name in DOMAINS:
                counts.add((DOMAINS[name], domains[copy]))
        counts |= {(name, (at - EPOCH) // dt.timedelta(hours=1)) for name, at in first.items()}
        sums.update(counts)
        firsts[copy] = first
    return ByHand(sums, firsts)


def _is_program(agent: int, mine: list[Told], known: set[str]) -> bool:
    """Return whether one agent followed what no person sees, or five links of a copy within three seconds."""
    follows = [
        (event.at, _link(event.link, known))
        for event in mine
        if event.kind == "clicked" and event.agent == agent
    ]
    if any(link == UNSEEN for _, link in follows):
        return True
    earliest = {link: min(at for at, each in follows if each == link) for _, link in follows}
    return any(
        sum(begin <= at <= begin + QUICK for at in earliest.values()) >= 5 for begin in earliest.values()
    )


def _link(url: str, known: set[str]) -> str:
    if url.endswith("/c/unseen"):
        return UNSEEN
    return url if url in known else ANOTHER


def reason(words: str) -> int:
    found = re.search(r"\b([245])\.(\d+)\.(\d+)\b", words)
    if found:
        return int(found[1]) * 1_000_000 + int(found[2]) * 1_000 + int(found[3])
    found = re.search(r"\b[45]\d\d\b", words)
    dropped = {
        "Bounced Address": 1,
        "Unsubscribed Address": 2,
        "Spam Reporting Address": 3,
        "Invalid": 7,
    }
    return int(found[0]) if found else dropped.get(words, 0)
