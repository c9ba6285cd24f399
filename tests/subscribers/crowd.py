"""Random people on two lists, with consent and suppressions, as rows and as plain values to count by hand."""

import datetime as dt
import json
import random
from dataclasses import dataclass, field
from typing import Any

from subscribers.addresses import address_key
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Action, Status, Suppressed

NOW = dt.datetime(2026, 3, 24, 12, 30, 0, 250_000, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

LOCALS = ("Reader", "=x", "+y", "-z", "'=w", "a%b_c")
DOMAINS = ("gmail.com", "example.org", "mail.example.org", "notgmail.com", "xn--mnchen-3ya.test")
NAMES = (
    *("", "Nina Okafor", "НИНА Петрова", "Zoë 100%", "under_score", "Wang!", "Ωmega", "O'Brien, Pat"),
    *(
        "=1+1",
        "+49 30",
        "-5",
        "@home",
        "'=quoted",
        "''+twice",
        "'plain",
        "＝SUM(A1)",
        "－5",
        'the "Second"',
        "a;b,c",
    ),
)
HOWS = (
    "form /subscribe",
    "=cmd|' /C calc'!A0",
    "stand\r\nin Cape Town",
    "paper, “signed”",
    "\ttabbed\rreturned",
)
ATTRIBUTES: tuple[dict[str, Any], ...] = (
    {},
    {"city": "Köln", "=1+1": "x,y"},
    {"b": [1, None, {"c": 0.1}], "a": "\u2028 \ud7ff 🚀", "n": 10**30},
)
# Who was erased is not here.
REASONS = [reason for reason in Suppressed if reason is not Suppressed.ERASED]
# Around every edge of what is counted: days, months, and moments with and without parts of a second.
MOMENTS = tuple(
    moment + step
    for moment in (
        *(NOW - days * DAY for days in (0, 7, 30, 90, 200, 400)),
        *(dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 2, 3)),
        *(dt.datetime(2025, month, 1, tzinfo=dt.UTC) for month in (3, 4, 5, 12)),
    )
    for step in (dt.timedelta(microseconds=-1), dt.timedelta(), dt.timedelta(seconds=1))
    if moment + step <= NOW
)


# For ever, until a day to come, and over already, though nobody has ended it yet.
PAUSES = (None, NOW + 30 * DAY, NOW - DAY + dt.timedelta(microseconds=1))


@dataclass
class Member:
    """One person on one list, in plain values."""

    newsletter: List
    status: Status
    everything: bool
    interests: frozenset[str]
    since: dt.datetime
    changed_at: dt.datetime
    paused_until: dt.datetime | None = None
    consents: list[tuple[Action, dt.datetime, str]] = field(default_factory=list)


@dataclass
class Somebody:
    """One person, in plain values; `suppressed`: list (None: everywhere), reason, moment, whether lifted."""

    address: str
    name: str
    locale: str
    attributes: dict[str, Any]
    opened_at: dt.datetime | None
    clicked_at: dt.datetime | None
    members: list[Member]
    text_only: bool = False
    tracked: bool = True
    suppressed: list[tuple[List | None, Suppressed, dt.datetime, bool]] = field(default_factory=list)

    @property
    def canonical(self) -> str:
        return self.address.lower()

    @property
    def domain(self) -> str:
        return self.canonical.partition("@")[2]

    def reason(self, newsletter: List | None) -> str | None:
        """Return why they are suppressed: the widest that is in force, and of these the first."""
        in_force = [
            (on is not None, at, reason)
            for on, reason, at, lifted in self.suppressed
            if not lifted and (newsletter is None or on in {None, newsletter})
        ]
        return min(in_force)[2].value if in_force else None


def gather(lists: list[List], count: int, seed: int) -> list[Somebody]:
    """Put so many people into the database, and return them; the same seed makes the same people."""
    chance = random.Random(seed)  # noqa: S311 - nobody has to guess it
    crowd = [_somebody(lists, chance, number) for number in range(count)]
    rows = [
        Subscriber(
            address=each.address,
            canonical=each.canonical,
            address_key=address_key(each.canonical),
            name=each.name,
            locale=each.locale,
            attributes=each.attributes,
            text_only=each.text_only,
            tracked=each.tracked,
            last_opened_at=each.opened_at,
            last_clicked_at=each.clicked_at,
            created_at=NOW,
        )
        for each in crowd
    ]
    for each, row in zip(crowd, Subscriber.objects.bulk_create(rows), strict=True):
        _write(each, row)
    return crowd


def slugs(newsletter: List) -> list[str]:
    """Return a list's interests in its order."""
    return list(newsletter.interests.values_list("slug", flat=True))


def _somebody(lists: list[List], chance: random.Random, number: int) -> Somebody:
    moments = [chance.choice([None, *MOMENTS]) for _ in range(2)]
    each = Somebody(
        address=f"{chance.choice(LOCALS)}{number}@{chance.choice(DOMAINS)}",
        name=chance.choice(NAMES),
        locale=chance.choice(["", "pt-BR"]),
        attributes=chance.choice(ATTRIBUTES),
        opened_at=moments[0],
        clicked_at=moments[1],
        members=[_member(on, chance) for on in chance.sample(lists, chance.randint(1, len(lists)))],
        text_only=number % 7 == 3,
        tracked=number % 5 != 2,
    )
    for member in each.members:
        if member.status is Status.PAUSED:
            member.paused_until = PAUSES[number % len(PAUSES)]
    for reason in chance.sample(REASONS, chance.choice([0, 0, 0, 1, 2])):
        on = chance.choice([None, *lists])
        # The moments differ, so that which was first is not for chance to say.
        at = NOW - (number * 10 + len(each.suppressed)) * dt.timedelta(seconds=1)
        each.suppressed.append((on, reason, at, chance.random() < 0.3))
    return each


def _member(newsletter: List, chance: random.Random) -> Member:
    known = slugs(newsletter)
    everything = chance.random() < 0.3
    member = Member(
        newsletter,
        chance.choice([Status.ACTIVE, *Status]),
        everything,
        frozenset() if everything else frozenset(chance.sample(known, chance.randint(1, len(known)))),
        chance.choice(MOMENTS),
        chance.choice(MOMENTS),
    )
    for at in chance.sample(MOMENTS, chance.choice([0, 1, 1, 3])):
        member.consents.append((chance.choice(list(Action)), at, chance.choice(HOWS)))
    return member


def _write(each: Somebody, row: Subscriber) -> None:
    for member in each.members:
        numbers = dict(member.newsletter.interests.values_list("slug", "number"))
        Subscription.objects.create(
            subscriber=row,
            list=member.newsletter,
            status=member.status,
            everything=member.everything,
            interests=sum(1 << numbers[slug] for slug in member.interests),
            since=member.since,
            changed_at=member.changed_at,
            paused_until=member.paused_until,
        )
        for action, at, how in member.consents:
            Consent.objects.create(subscriber=row, list=member.newsletter, action=action, at=at, how=how)
    for on, reason, at, lifted in each.suppressed:
        Suppression.objects.create(
            address_key=row.address_key, list=on, reason=reason, at=at, lifted_at=NOW if lifted else None
        )


def as_text(attributes: dict[str, Any]) -> str:
    """Return attributes as export writes them."""
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True) if attributes else ""
