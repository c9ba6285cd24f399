"""When refusals end a mailbox: one that turns away letter after letter for weeks is as good as none.

The rule: since the last sign of life at least 5 different letters came back, the last of them at least
14 days after the first. Refusals that are about us or the letter (policy, reputation, content, size) count
for nothing, or a blocklist would cost us every reader of a provider.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

LETTERS = 5
SPAN = dt.timedelta(days=14)

# An enhanced status (RFC 3463) by its subject and detail.
_STATUS = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ABOUT_US = frozenset({"5", "6", "7"})  # protocol, content, policy
_TOO_LONG = frozenset({("2", "3"), ("3", "4")})  # for the mailbox, for its system
# How servers that give no such status say that it is our name, or this letter, which they do not like.
_WORDS_ABOUT_US = re.compile(
    r"spam|virus|unsolicited|black|block|banned|denied|rejected by|listed|\brbl\b|dnsbl|reputation|polic"
    r"|abuse|complain|\bspf\b|dkim|dmarc|authenticat|content|too (?:many|large|big)|message size|\brate\b"
    r"|throttl|volume",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Refusal:
    """One event that a letter did not arrive; `words` are the server's own."""

    letter: int
    at: dt.datetime
    words: str


@dataclass(frozen=True)
class Run:
    """Letters that came back one after another."""

    letters: int
    first: dt.datetime
    last: dt.datetime

    def __str__(self) -> str:
        """Return what the suppression keeps as its source."""
        return f"soft bounces: {self.letters} letters from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


def run_of(refusals: Iterable[Refusal], sign: dt.datetime | None) -> Run | None:
    """Return the run that ends a mailbox, or None; `sign` is the last sign of its life, if there is one."""
    first: dict[int, dt.datetime] = {}
    for refusal in refusals:
        if not about_us(refusal.words):
            first[refusal.letter] = min(refusal.at, first.get(refusal.letter, refusal.at))
    since = sorted(at for at in first.values() if sign is None or at > sign)
    if len(since) < LETTERS or since[-1] - since[0] < SPAN:
        return None
    return Run(len(since), since[0], since[-1])


def about_us(words: str) -> bool:
    """Return whether a refusal is about the sender or the letter; a status says more than words."""
    found = _STATUS.findall(words)
    if found:
        return any(subject in _ABOUT_US or (subject, detail) in _TOO_LONG for subject, detail in found)
    return _WORDS_ABOUT_US.search(words) is not None
