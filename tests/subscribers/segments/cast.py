"""Random conditions, and people for whom they are sometimes true: both draw from the same few values."""

import datetime as dt
import random
from typing import Any as Anything

from hypothesis import strategies as st

from subscribers.models import List, Subscriber, Subscription
from subscribers.segments.conditions import (
    MOST_LEVELS,
    All,
    Among,
    Any,
    AsOf,
    Chose,
    Compared,
    Comparison,
    Condition,
    Dated,
    DomainEnds,
    Event,
    Field,
    GetsEverything,
    LocaleBegins,
    LocaleKnown,
    Never,
    Not,
    Present,
    Quantifier,
    Side,
    Within,
)
from subscribers.segments.evaluating import Person
from subscribers.vocabulary import Status

NOW = dt.datetime(2026, 3, 24, 12, 0, 0, 250_000, tzinfo=dt.UTC)
# The last number fills the sign's neighbour of a signed 64-bit column.
NUMBERS = {"china": 0, "russia": 1, "africa": 2, "south-asia": 3, "last": 61}
AS_OF = AsOf(NOW, "pt-BR", NUMBERS)

DOMAINS = ["gmail.com", "mail.example.cn", "example.cn", "xn--mnchen-3ya.de", "ox.ac.uk", "notgmail.com"]
ENDINGS = [".cn", ".example.cn", ".com", ".de", ".ac.uk", ".uk", ".xn--p1ai"]
LOCALES = ["", "pt", "pt-BR", "PT-br", "ptx", "fr", "fr-CA", "en", "zh-Hant-TW"]
DAYS = [dt.date(2025, 1, 1), dt.date(2026, 3, 24), dt.date(2026, 3, 23), dt.date(1900, 1, 1)]
WITHIN = [1, 7, 90, 448, 36_500]
_STEP = dt.timedelta(microseconds=1)
MOMENTS = [
    moment + step
    for moment in (
        *(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) for day in DAYS),
        *(NOW - dt.timedelta(days=days) for days in WITHIN),
        dt.datetime(2025, 1, 2, tzinfo=dt.UTC),
        NOW,
    )
    for step in (-_STEP, 0 * _STEP, _STEP)
]

NAMES = ["city", "age", "Город", 'a "quoted" \\ name', "$.city", "e\u0301te\u0301", "été", "🚀", "x" * 200]
TEXTS = [
    *("", "Addis Ababa", "addis ababa", "Addis", "Straße", "STRASSE", "İstanbul", "istanbul", "i̇"),
    *(
        "été",
        "e\u0301te\u0301",
        "🚀",
        "\uffee",
        "say \"x\" \\ 'y'",
        "50%",
        "50_",
        "%",
        "_",
        "*",
        "30",
        "true",
        "null",
    ),
    *("2025-01-01", "a b", " ", "' OR 1=1 --", "日本", "Z", "a", "ß"),
]
NUMBERS_ASKED: list[float] = [
    *(0, 1, -1, 30, 31, 2**31, 10**15 - 1, -(10**14), 0.1, 0.3, 4.5, -4.5, 99.99, 123456789012.345, 1e-14),
]
# What is stored may be anything that JSON holds.
STORED: list[Anything] = [
    *TEXTS,
    *NUMBERS_ASKED,
    *(True, False, None, [], ["Addis"], {}, {"city": "Addis"}),
    *(
        0.1 + 0.2,
        0.30000000000000004,
        0.29999999999999993,
        1e300,
        -1e300,
        1e-300,
        5e-324,
        1.7976931348623157e308,
    ),
    *(2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1e15, 30.0, 1.0, -0.0, 99.990000000000009),
]


def _leaves() -> st.SearchStrategy[Condition]:
    events = st.sampled_from(Event)
    slugs = st.lists(st.sampled_from(list(NUMBERS)), min_size=1, max_size=3, unique=True).map(tuple)
    compared = st.sampled_from([each for each in Comparison if each is not Comparison.CONTAINS])
    name = st.sampled_from(NAMES)
    return st.one_of(
        st.builds(Chose, st.sampled_from(Quantifier), slugs),
        st.just(GetsEverything()),
        st.builds(Among, st.just(Field.STATUS), _several([each.value for each in Status]), st.booleans()),
        st.builds(Among, st.just(Field.DOMAIN), _several(DOMAINS), st.booleans()),
        st.builds(Among, st.just(Field.LOCALE), _several([tag for tag in LOCALES if tag]), st.booleans()),
        st.builds(DomainEnds, st.sampled_from(ENDINGS)),
        st.builds(LocaleBegins, st.sampled_from(["pt", "fr", "PT-BR", "en", "zh-Hant"])),
        st.builds(LocaleKnown, st.booleans()),
        st.builds(Dated, events, st.sampled_from(Side), st.sampled_from(DAYS)),
        st.builds(Within, events, st.sampled_from(WITHIN)),
        st.builds(Never, st.sampled_from([Event.OPENED, Event.CLICKED])),
        st.builds(Present, name, st.booleans()),
        st.builds(Compared, name, compared, st.sampled_from(TEXTS)),
        st.builds(Compared, name, compared, st.sampled_from(NUMBERS_ASKED)),
        st.builds(
            Compared,
            name,
            st.sampled_from([Comparison.EQUAL, Comparison.NOT_EQUAL]),
            st.sampled_from([True, False]),
        ),
        st.builds(
            Compared, name, st.just(Comparison.CONTAINS), st.sampled_from([text for text in TEXTS if text])
        ),
    )


def _several(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def _deeper(inside: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return st.one_of(LEAVES, st.builds(All, parts), st.builds(Any, parts), st.builds(Not, inside))


LEAVES = _leaves()
# Made once, a level on top of another: to make a strategy takes longer than to draw from it.
CONDITIONS = LEAVES
for _ in range(MOST_LEVELS):
    CONDITIONS = _deeper(CONDITIONS)


def people(owner: List, count: int, seed: int) -> dict[int, Person]:
    """Put random people on a list; return their values by the number of the subscription."""
    chance = random.Random(seed)  # noqa: S311 - the same people each time are the point
    subscribers = Subscriber.objects.bulk_create(_subscriber(chance, n) for n in range(count))
    subscriptions = Subscription.objects.bulk_create(
        _subscription(chance, owner, subscriber) for subscriber in subscribers
    )
    rows = Subscription.objects.filter(pk__in=[row.pk for row in subscriptions]).select_related("subscriber")
    return {row.pk: Person.of(row) for row in rows}


def _subscriber(chance: random.Random, n: int) -> Subscriber:
    address = f"reader{n}@{chance.choice(DOMAINS)}"
    return Subscriber(
        address=address,
        canonical=address,
        address_key=f"{n:032}",
        locale=chance.choice(LOCALES),
        attributes={
            name: chance.choice(STORED) for name in chance.sample(NAMES, chance.randrange(len(NAMES) + 1))
        },
        last_opened_at=chance.choice([None, *MOMENTS]),
        last_clicked_at=chance.choice([None, None, *MOMENTS]),
        created_at=NOW,
    )


def _subscription(chance: random.Random, owner: List, subscriber: Subscriber) -> Subscription:
    everything = chance.random() < 0.2
    chosen = chance.sample(list(NUMBERS.values()), chance.randrange(len(NUMBERS) + 1))
    return Subscription(
        subscriber=subscriber,
        list=owner,
        status=chance.choice(list(Status)),
        everything=everything,
        interests=0 if everything else sum(1 << number for number in chosen),
        since=chance.choice(MOMENTS),
        changed_at=NOW,
    )
