"""The figures of a report, in values; `None` stands for what was not measured."""

import datetime as dt
from dataclasses import dataclass

from mailer.reckoning import Day
from mailer.reports import Ledger
from mailer.thresholds import Limits


@dataclass(frozen=True)
class Count:
    """Copies by who it was: people, and machines apart from them."""

    people: int | None
    machines: int | None


@dataclass(frozen=True)
class Hour:
    """What happened for the first time to copies of a send within one hour that begins at `at` (UTC)."""

    at: dt.datetime
    opened: Count
    clicked: Count


@dataclass(frozen=True)
class LinkClicks:
    """Of how many copies a link was followed.

    `place`: its place in the letter from 1, None for all links that are none of the letter's. `story`: the
    title of the story it leads to, None for every other link.
    """

    place: int | None
    url: str | None
    story: str | None
    clicked: Count


@dataclass(frozen=True)
class StoryClicks:
    """One story of the text that left, and of how many copies its link was followed; None without a link."""

    title: str
    url: str
    interests: tuple[str, ...]  # slugs
    clicked: Count


@dataclass(frozen=True)
class InterestClicks:
    """All stories of an interest together: each copy and story once."""

    slug: str
    name: str
    stories: int
    clicked: Count


@dataclass(frozen=True)
class Refused:
    """How many copies were refused for one reason: `how` is bounced, blocked or dropped."""

    how: str
    code: int
    words: str
    copies: int


@dataclass(frozen=True)
class DomainTroubles:
    """What came back from one domain; `domain` None: the small ones, and those nobody knows any more."""

    domain: str | None
    deferred: int | None
    bounced: int | None
    blocked: int | None
    complained: int | None


@dataclass(frozen=True)
class SendReport:
    """What became of one send.

    `counted`: accepted copies whose opens and clicks are counted; None where none is. `settled`: the sums are
    whole; False while those of an old send are still being made.
    """

    send: int
    edition: int
    title: str
    list: str
    kind: str
    status: str
    scheduled_at: dt.datetime
    settled: bool
    ledger: Ledger
    possibly_twice: int
    counted: int | None
    delivered: int | None
    deferred: int | None
    bounced: int | None
    blocked: int | None
    dropped: int | None
    complained: int | None
    unsubscribed: int | None
    opened: Count
    clicked: Count
    hours: tuple[Hour, ...] | None
    links: tuple[LinkClicks, ...]
    stories: tuple[StoryClicks, ...]
    interests: tuple[InterestClicks, ...]
    refusals: tuple[Refused, ...] | None
    domains: tuple[DomainTroubles, ...] | None
    limits: Limits


@dataclass(frozen=True)
class SendLine:
    """One send among others of its list; figures as in SendReport."""

    send: int
    title: str
    scheduled_at: dt.datetime
    status: str
    accepted: int
    counted: int | None
    opened: Count
    clicked: Count
    bounced: int | None
    complained: int | None
    unsubscribed: int | None


@dataclass(frozen=True)
class ListReport:
    """A list's last sends, newest first, what they came to together, and how the list and its interests grow.

    `growth` and `growth_of` (by slug) are of days that are over, the earliest first.
    """

    list: str
    name: str
    sends: tuple[SendLine, ...]
    interests: tuple[InterestClicks, ...]
    limits: Limits
    growth: tuple[Day, ...]
    growth_of: dict[str, tuple[Day, ...]]
