"""Every chart on one page of the desk, with figures that are invented: for whoever looks, and for axe."""

import datetime as dt
import math
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

from django.template import engines
from markupsafe import Markup

from mailer.charts.against_limit import Rate, against_limit
from mailer.charts.bars import Bar, Tone, bars
from mailer.charts.ledger import ledger
from mailer.charts.line import Growth, line
from mailer.charts.over_time import HOUR, Hour, over_time
from mailer.charts.turnover import Day, turnover

STATIC = Path(__file__).parents[2] / "templates" / "desk" / "static"
MONDAY = dt.datetime(2025, 3, 24, 6, tzinfo=dt.UTC)
INTERESTS = ["China", "Russia", "Africa", "South Asia"]
SHEET = Path(__file__).with_name("sheet.html")


def page() -> str:
    """The page, as the desk would answer it."""
    values = {
        "sandboxed": True,
        "places": [],
        "said": [],
        "user": SimpleNamespace(is_authenticated=False),
        "now": MONDAY,
        "times": _times(),
        "stories": _stories(),
        "interests": _per_interest(),
        "big": ledger(
            {"accepted": 23_418, "in_flight": 600, "pending": 16_328, "unknown": 300, "rejected": 1}
        ),
        "small": ledger({"accepted": 40_638, "excluded": 639, "rejected": 3, "unknown": 1}, in_a_row=True),
        "rates": _rates(),
        "lines": _lines(),
        "turned": turnover(
            (
                Day(
                    dt.date(2025, 1, 1) + dt.timedelta(days=n),
                    None if 30 <= n < 34 else 20 + n % 7 * 9,
                    n % 11,
                )
                for n in range(80)
            ),
            name="turned",
            title="Who joined and who left",
        ),
    }
    return engines["jinja2"].from_string(SHEET.read_text()).render(values)


def _opens(long: int, missing: range = range(0)) -> list[Hour]:
    return [
        Hour(
            MONDAY + n * HOUR,
            None if n in missing else round(3_100 * math.exp(-n / 4) + 90 * (1 + math.sin(n / 4))),
            None if n in missing else round(5_152 * math.exp(-n / 1.5)),
        )
        for n in range(long)
    ]


def _times() -> list[tuple[str, str]]:
    given = {
        "First opens, two days": _opens(48),
        "Ten hours, some not measured": _opens(10, range(4, 7)),
        "A month, by the day": _opens(31 * 24, range(200, 260)),
        "One hour": _opens(1),
        "Not measured": [Hour(MONDAY + n * HOUR, None, None) for n in range(48)],
        "Nothing": [Hour(MONDAY + n * HOUR, 0, 0) for n in range(48)],
    }
    return [
        (name, over_time(hours, name=f"time-{place}", title=name, zone="Africa/Nairobi"))
        for place, (name, hours) in enumerate(given.items())
    ]


def _stories() -> list[tuple[str, list[int | None], str]]:
    rows: list[tuple[str, int | None, int | None]] = [
        ("China’s Tiangong space station will host Pakistani astronaut as first foreign visitor", 1_165, 204),
        ("China builds space alliances in Africa as Trump cuts foreign aid", 773, 182),
        ("محطة الفضاء الصينية تستضيف رائد فضاء باكستاني", 143, 163),
        ("One reader only", 1, 0),
        ("No link of ours was in it", None, None),
    ]
    drawn = bars([Bar(people, machines) for _, people, machines in rows])
    return [(name, list(numbers), bar) for (name, *numbers), bar in zip(rows, drawn, strict=True)]


def _per_interest() -> list[tuple[str, tuple[int], str]]:
    clicked = [2_871, 1_094, 1_486, 1_310]
    given = [Bar(number, interest=place, limit=2_000) for place, number in enumerate(clicked[:3])]
    drawn = bars([*given, Bar(clicked[3], tone=Tone.FAULT)])
    names = [
        Markup('<b class="interest i{}">{}</b>').format(place, name) for place, name in enumerate(INTERESTS)
    ]
    return [(name, (number,), bar) for name, number, bar in zip(names, clicked, drawn, strict=True)]


def _rates() -> list[tuple[str, str, str]]:
    given = {
        "Complaints": Rate(9, 40_101, Fraction(1, 1000)),
        "Unsubscribes": Rate(46, 40_101, Fraction(5, 1000)),
        "Bounces": Rate(1_378, 40_101, Fraction(2, 100)),
        "Complaints elsewhere": Rate(None, 40_101, Fraction(1, 1000)),
    }
    return [
        (name, against_limit(rate, name=f"rate-{place}", title=name), rate.words)
        for place, (name, rate) in enumerate(given.items())
    ]


def _lines() -> list[tuple[str, str]]:
    days = [dt.date(2024, 12, 30) + dt.timedelta(days=n) for n in range(85)]
    four = [
        Growth(
            name,
            place,
            {
                day: None if 40 <= n < 46 or (place == 1 and 60 <= n < 70) else begin + n * by + n * n // 30
                for n, day in enumerate(days)
            },
        )
        for place, (name, begin, by) in enumerate(
            [("China", 25_210, 20), ("Russia", 17_105, 9), ("Africa", 16_822, 18), ("South Asia", 16_490, 22)]
        )
    ]
    many = [
        Growth(
            (
                "中国与亚洲太空合作的新闻与评论"
                if place == 3
                else "أخبار الفضاء"
                if place == 5
                else f"Interest {place}"
            )
            if place
            else "A name that is far too long to stand beside its line",
            place,
            {day: 9_000 // (place + 1) + n * (40 - place) // 9 for n, day in enumerate(days)},
        )
        for place in range(63)
    ]
    return [
        ("Growth of each interest", line(four, name="four", title="Growth of each interest")),
        ("Sixty-three of them", line(many, name="many", title="Sixty-three interests")),
    ]
