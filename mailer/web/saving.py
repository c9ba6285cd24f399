"""One form and one Save: what a reader chose on the page of preferences is saved together, or none of it."""

import calendar
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest

from subscribers.evidence import Origin
from subscribers.models import List
from subscribers.preferring import Choice, Pause, Wanted, prefer
from subscribers.standings import Standing
from subscribers.vocabulary import Status

# What the choice of a pause may say beside a day: letters as ever, or what is so already.
NO_PAUSE, AS_IT_IS = "none", "as-it-is"
LONGEST_PAUSE = 3  # months
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class OutdatedError(Exception):
    """The page was loaded too long ago: what it offered is offered no more."""


class Posted(Protocol):
    """A form as Django reads it: the last value of a name, or all."""

    def get(self, name: str, default: str) -> str: ...  # noqa: D102 - Django's

    def getlist(self, name: str) -> list[str]: ...  # noqa: D102 - the same

    def __contains__(self, name: object) -> bool: ...  # noqa: D105 - the same


@dataclass(frozen=True)
class Wish:
    """What the form says; `pause` is the day that it ends, NO_PAUSE or AS_IT_IS, `locale` '' the list's."""

    interests: frozenset[str]
    pause: str
    text_only: bool
    tracked: bool
    locale: str


def as_stored(standing: Standing) -> Wish:
    """Return what the form says before anybody touches it."""
    offered = standing.offer.offered
    return Wish(
        interests=frozenset(one.slug for one in offered if standing.interests >> one.number & 1),
        pause=AS_IT_IS if standing.status == Status.PAUSED else NO_PAUSE,
        text_only=standing.text_only,
        tracked=standing.tracked,
        locale=standing.locale,
    )


def read(posted: Posted, stored: Wish, locales: Collection[str], *, counts: bool) -> Wish:
    """Return what was chosen; what the page did not offer stays as it is stored.

    `counts` is whether opens and clicks are counted on this list at all. Raises BadRequest for what no page
    of ours could send.
    """
    pause, locale = posted.get("pause", AS_IT_IS), posted.get("locale", stored.locale)
    if (pause not in (NO_PAUSE, AS_IT_IS) and not _DAY.fullmatch(pause)) or locale not in locales:
        raise BadRequest("the form says what it does not offer")
    return Wish(
        interests=frozenset(posted.getlist("interest")),
        pause=pause,
        text_only="text" in posted,
        tracked="count" in posted if counts else stored.tracked,
        locale=locale,
    )


def save(standing: Standing, wish: Wish, stored: Wish, *, how: str, at: dt.datetime, origin: Origin) -> None:
    """Save a wish, all of it or nothing. Raises OutdatedError, and UnknownInterestError."""
    # An interest that is offered no more is not given up by saving something else.
    chosen_anew = not wish.interests or wish.interests != stored.interests
    wanted = Wanted(
        choice=Choice(wish.interests, standing.offer.known) if chosen_anew else None,
        pause=_pause(wish.pause, standing.list, at),
        text_only=wish.text_only,
        # Where the list counts nothing the page does not ask.
        tracked=wish.tracked if standing.list.tracked else None,
        locale=wish.locale,
    )
    prefer(standing.subscription, wanted, how=how, at=at, origin=origin)


def _pause(choice: str, newsletter: List, at: dt.datetime) -> Pause | None:
    """Return the pause that the form asks for, None for no change. Raises OutdatedError."""
    if choice == AS_IT_IS:
        return None
    return Pause(None if choice == NO_PAUSE else _end(choice, newsletter, at))


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or its last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end(text: str, newsletter: List, at: dt.datetime) -> dt.datetime:
    """Return the instant at which that day begins in the list's zone, if the page offers it still."""
    zone = ZoneInfo(newsletter.zone)
    today = at.astimezone(zone).date()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadRequest("the form says what it does not offer") from None
    if not today < day <= months_later(today, LONGEST_PAUSE):
        raise OutdatedError
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(dt.UTC)
