"""One form and one Save: what a reader chose on the page of preferences is saved together, or none of it."""

import calendar
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.db import transaction

from subscribers import choosing, pausing, preferring
from subscribers.evidence import Origin
from subscribers.models import List, Subscriber, Subscription

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


def as_stored(subscription: Subscription, offered: Collection[tuple[str, int]]) -> Wish:
    """Return what the form says before anybody touches it; `offered` are slugs with their numbers."""
    person = subscription.subscriber
    return Wish(
        interests=frozenset(slug for slug, number in offered if subscription.interests >> number & 1),
        pause=AS_IT_IS if subscription.status == "paused" else NO_PAUSE,
        text_only=person.text_only,
        tracked=person.tracked,
        locale=person.locale,
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


def save(
    subscription: Subscription, wish: Wish, stored: Wish, *, how: str, at: dt.datetime, origin: Origin
) -> None:
    """Save a wish, all of it or nothing. Raises OutdatedError, and UnknownInterestError."""
    number = subscription.pk
    with transaction.atomic():
        # People are locked before what hangs on them.
        list(Subscriber.objects.select_for_update(no_key=True).filter(pk=subscription.subscriber_id))
        preferring.prefer(
            number,
            text_only=wish.text_only,
            tracked=wish.tracked,
            locale=wish.locale,
            how=how,
            at=at,
            origin=origin,
        )
        # An interest that is offered no more is not given up by saving something else.
        if not wish.interests or wish.interests != stored.interests:
            choosing.choose(subscription, wish.interests, how, at, origin=origin)
        if wish.pause == NO_PAUSE:
            pausing.resume(number, how, at, origin=origin)
        elif wish.pause != AS_IT_IS:
            pausing.pause(number, _end(wish.pause, subscription.list, at), how, at, origin=origin)


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
