"""The real letter beside the sign-up form: some stories of the edition that readers had last."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from mailer.current import Mark, mark_of_last, send_of
from mailer.manuscript.inline import block_html
from mailer.models import Revision, Story
from mailer.rendering.addresses import address, source
from mailer.rendering.languages import script_of, words_of
from mailer.rendering.palette import INTERESTS
from subscribers.models import Interest, List
from subscribers.offers import Offer

FEWEST, MOST = 3, 5
_PICTURE = re.compile(r"<img [^>]*>")
# The stylesheet has a rule for each place of an interest in the form; beyond them the sample stays whole.
PLACES = 12


@dataclass(frozen=True)
class Label:
    """An interest beside a story; `colour` counts from 1."""

    name: str
    colour: int


@dataclass(frozen=True)
class Told:
    """A story as the sample shows it; `classes` tell the stylesheet whose it is."""

    title: str
    url: str  # '' for none
    source: str
    html: Markup
    labels: tuple[Label, ...]
    classes: str


@dataclass(frozen=True)
class Sample:
    """Part of a letter, and how many of its `total` stories each interest had, by slug."""

    title: str
    date: dt.date | None
    written: str  # the date as the letter writes it
    direction: str
    stories: tuple[Told, ...]
    total: int
    counts: dict[str, int]
    follows: bool  # whether the stylesheet can show what a tick changes


@dataclass(frozen=True)
class _Row:
    """A story as it is kept; `places` are its interests' in the form, from 0, and -1 for a retired one."""

    title: str
    url: str
    summary: str
    places: tuple[int, ...]


def sample_of(newsletter: List, interests: Sequence[Interest], revision: Revision) -> Sample:
    """Return the sample of what was sent; `interests` are all of the list, in order, retired ones too."""
    offered = [interest for interest in interests if interest.retired_at is None]
    colours = {interest.pk: colour for colour, interest in enumerate(interests)}
    rows = _rows(revision.pk, revision.text_hash, tuple(interest.pk for interest in offered))
    labels = [Label(interest.name, colours[interest.pk] % len(INTERESTS) + 1) for interest in offered]
    day = revision.edition.date
    return Sample(
        title=revision.edition.title,
        date=day,
        written=words_of(newsletter.language).date_of(day) if day else "",
        direction=script_of(newsletter.language).direction,
        stories=tuple(_told(row, labels) for row in _representative(rows, len(offered))),
        total=len(rows),
        counts={
            interest.slug: sum(place in row.places for row in rows) for place, interest in enumerate(offered)
        },
        follows=len(offered) <= PLACES,
    )


# A revision never changes, so what was read of it once holds; the hash tells apart what tests write anew.
@lru_cache(maxsize=64)
def _rows(revision: int, text_hash: str, offered: tuple[int, ...]) -> tuple[_Row, ...]:  # noqa: ARG001 - part of the key
    places = {interest: place for place, interest in enumerate(offered)}
    stories = Story.objects.filter(revision=revision).prefetch_related("interests")
    return tuple(
        _Row(
            story.title,
            story.url,
            story.summary,
            tuple(sorted(places.get(interest.pk, -1) for interest in story.interests.all())),
        )
        for story in stories
    )


def _representative(rows: Sequence[_Row], interests: int) -> list[_Row]:
    """Return the first story, and those that show the most interests not yet shown; in the letter's order."""
    missing, taken = set(range(interests)), rows[:1]
    while len(taken) < MOST and (left := [row for row in rows if row not in taken]):
        missing -= {place for row in taken for place in row.places}
        best = max(left, key=lambda row: len(missing.intersection(row.places)))
        if len(taken) >= FEWEST and missing.isdisjoint(best.places):
            break
        taken = [*taken, best]
    return [row for row in rows if row in taken]


def _told(row: _Row, labels: Sequence[Label]) -> Told:
    return Told(
        title=row.title,
        url=address(row.url),
        source=source(row.url),
        html=_opening(row.summary),
        labels=tuple(labels[place] for place in row.places if place >= 0),
        classes=_classes(row.places),
    )


def _classes(places: Iterable[int]) -> str:
    """Return t1 for the first interest of the form and so on; `all` for a story that everybody gets."""
    return " ".join(f"t{place + 1}" for place in places if place >= 0) if places else "all"


def _opening(summary: str) -> Markup:
    """Return the first paragraph of a summary that has words; the form shows no pictures."""
    paragraphs = (_PICTURE.sub("", block_html(part)) for part in summary.split("\n\n"))
    return Markup(next((part for part in paragraphs if part != "<p></p>"), ""))  # noqa: S704 - sanitised by manuscript.inline


def sample_for(offer: Offer) -> Sample | None:
    """Return the sample of what everybody on the list was sent last, None before the first time."""
    mark = mark_of_last(offer.list.pk)
    return _sample(offer, mark) if mark else None


# Neither an offer nor what was sent ever changes; another of either is another sample.
@lru_cache(maxsize=64)
def _sample(offer: Offer, mark: Mark) -> Sample:
    return sample_of(offer.list, offer.interests, send_of(mark).revision)
