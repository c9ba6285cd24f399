"""Clicks as rows with bars: by story, by interest, by link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from mailer.charts import drawing
from mailer.charts.bars import Bar, Tone, bars
from mailer.reporting.values import (
    InterestClicks,
    LinkClicks,
    Refused,
    StoryClicks,
)
from subscribers.models import List


@dataclass(frozen=True)
class Topic:
    """An interest as pages show it: its name, and its place among those of its list, which has its colour."""

    slug: str
    name: str
    place: int

    @property
    def colour(self) -> str:
        """Return the class of the stylesheet that has its colour."""
        return f"i{drawing.colour(self.place)}"


def topics(owner: List) -> dict[str, Topic]:
    """Return a list's interests by slug, in its order."""
    return {each.slug: Topic(each.slug, each.name, place) for place, each in enumerate(owner.interests.all())}


def by_story(
    stories: Sequence[StoryClicks], known: Mapping[str, Topic]
) -> list[tuple[StoryClicks, list[Topic], Markup]]:
    """Return each story with its interests and its bar, the most clicked first."""
    ordered = sorted(stories, key=lambda each: -(each.clicked.people or 0))
    drawn = bars([Bar(each.clicked.people, each.clicked.machines) for each in ordered])
    return [
        (each, [known[slug] for slug in each.interests if slug in known], bar)
        for each, bar in zip(ordered, drawn, strict=True)
    ]


def by_interest(
    interests: Sequence[InterestClicks], known: Mapping[str, Topic]
) -> list[tuple[InterestClicks, Topic, Markup]]:
    """Return each interest in its own colour, with its bar."""
    found = [(each, known.get(each.slug) or Topic(each.slug, each.name, 0)) for each in interests]
    drawn = bars(
        [Bar(each.clicked.people, each.clicked.machines, interest=topic.place) for each, topic in found]
    )
    return [(each, topic, bar) for (each, topic), bar in zip(found, drawn, strict=True)]


def by_link(links: Sequence[LinkClicks]) -> list[tuple[LinkClicks, str, Markup]]:
    """Return each link in the letter's order, with how it is written for people, and its bar."""
    drawn = bars([Bar(each.clicked.people, each.clicked.machines) for each in links])
    return [(each, written(each.url), bar) for each, bar in zip(links, drawn, strict=True)]


def by_reason(refusals: Sequence[Refused]) -> list[tuple[Refused, Markup]]:
    """Return each reason with its bar; what is refused for good is a fault."""
    drawn = bars(
        [Bar(each.copies, tone=Tone.FAULT if each.how == "bounced" else Tone.PEOPLE) for each in refusals]
    )
    return list(zip(refusals, drawn, strict=True))


def written(url: str | None) -> str:
    """Return an address as people read it: without its scheme and a slash at the end; '' for none."""
    if url is None:
        return ""
    scheme = urlsplit(url).scheme if "://" in url[:12] else ""
    return url.removeprefix(f"{scheme}://").removesuffix("/") or url
