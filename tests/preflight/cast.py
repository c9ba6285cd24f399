"""A sound edition, and what else preflight looks at; a test changes one thing and sees what is said."""

import datetime as dt
from itertools import combinations

from mailer.manuscript.arriving import arrive
from mailer.preflight import Finding, Letter, Matter, check
from mailer.preflight.rules import RULES
from mailer.rendering.sets import render_sets
from mailer.rendering.values import InterestLook, Look, Reading, Rendered

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
NAMES = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
READERS = {frozenset({slug}): number for number, slug in enumerate(NAMES, 1)}
SOUND = """---
list: space-digest
title: Space, seen from elsewhere
subtitle: News from four corners
date: 2026-12-01
subject: A launch, a dish, and a pad that waits
preheader: Four stories for you, and a short list of what is on the rise.
---
# Trend analysis

## Rising
- Ground stations that several countries share {china, africa}
- Small launchers bought by the dozen

# Outlook
The committee in Vienna meets in spring. Expect a draft on debris.

# Selected news

## [A launch from Wenchang](https://a.example/wenchang) {china, russia}
The rocket flew, and its second stage came down where it was meant to.

## [A station over Nairobi](https://b.example/nairobi) {africa, south-asia}
The dish turned, and the first pictures of the rains were free for all.

## [Vostochny waits](https://c.example/vostochny) {russia, africa}
The pad stood empty for a third winter.

## [Chandrayaan calls home](https://d.example/chandrayaan) {china, south-asia}
The orbiter spoke after a week of silence.
"""


def a_look(**changes: object) -> Look:
    values: dict[str, object] = {
        "list_slug": "space-digest",
        "list_name": "Space Digest",
        "postal_address": "Space Digest\n14 Observatory Road\nCape Town 7925",
        "interests": tuple(InterestLook(slug, name, n) for n, (slug, name) in enumerate(NAMES.items())),
    }
    return Look(**(values | changes))  # type: ignore[arg-type]  # each by its name


def a_matter(source: str | bytes = SOUND, look: Look | None = None, **changes: object) -> Matter:
    """Return a text as it arrives, rendered for every set of interests; `changes` are fields of Matter."""
    look = look or a_look()
    offered = {interest.slug: interest.name for interest in look.interests}
    data = source if isinstance(source, bytes) else source.encode()
    arrival = arrive(data, list_slug="space-digest", interests=NAMES | offered)
    values: dict[str, object] = {
        "text": arrival.text,
        "document": arrival.document,
        "look": look,
        "now": NOW,
        "sends_on": NOW.date(),
        "sender_name": "Space Digest",
        "sender_address": "editor@news.example",
        "readers": READERS,
    }
    values |= changes
    if "letters" not in values:
        sets = [some for size in range(1, len(offered) + 1) for some in combinations(offered, size)]
        readings = {"everything": Reading()} | {"+".join(some): Reading(frozenset(some)) for some in sets}
        rendered = render_sets(arrival.document, look, readings.values())
        names: dict[str, list[str]] = {}
        for name, reading in readings.items():
            names.setdefault(rendered[reading].html, []).append(name)
        values["letters"] = tuple(Letter(tuple(same), rendered[readings[same[0]]]) for same in names.values())
    return Matter(**values)  # type: ignore[arg-type]  # each by its name


def with_html(old: str, new: str, *, text: str | None = None) -> Matter:
    """Return the sound edition in a template that writes `new` in the place of `old`, in HTML or in text."""
    sound = a_matter()
    letters = []
    for letter in sound.letters:
        html, plain = letter.rendered.html, letter.rendered.text
        assert old in (html if text is None else plain)
        html = html.replace(old, new) if text is None else html
        plain = plain if text is None else plain.replace(old, new)
        changed = Rendered(letter.rendered.subject, html, plain, letter.rendered.links, True)  # noqa: FBT003 - has_story
        letters.append(Letter(letter.names, changed))
    return a_matter(letters=tuple(letters))


def said(matter: Matter, rule: str = "") -> list[Finding]:
    """Return what is found, by one rule or by all."""
    return [finding for finding in check(matter) if rule in {"", finding.rule}]


def rules() -> list[str]:
    return [rule.name for rule in RULES]
