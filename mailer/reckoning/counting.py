"""Count days of a list and of its interests; nothing is kept of it here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.reckoning import spans
from mailer.reckoning.lapsing import lapsed
from mailer.reckoning.spans import Span
from mailer.reckoning.stories import stories
from mailer.reckoning.walking import LIST, Course, walk
from subscribers.models import Change, Interest, List


@dataclass(frozen=True)
class Line:
    """One day of the list (interest None), or of one interest."""

    day: dt.date
    interest: Interest | None
    active: int
    joined: int
    left: int
    lapsed: int | None


@dataclass(frozen=True)
class _Offered:
    """An interest, and from when to when readers could choose it; `until` None: still."""

    interest: Interest
    since: dt.datetime
    until: dt.datetime | None

    @property
    def bit(self) -> int:
        return 1 << self.interest.number

    def at(self, moment: dt.datetime) -> bool:
        return self.since < moment and (self.until is None or self.until >= moment)


def count(owner: List, days: Sequence[Span], *, now: dt.datetime) -> list[Line]:
    """Count days that follow one another: of each the list, and the interests on offer at its end.

    Who gets everything gets each interest, and counts for each. Who lapsed is counted of a day that was over
    less than a day ago; of others it is None.
    """
    if not days:
        return []
    offered = _offered(owner)
    courses = {bit: Course.of(len(days)) for bit in (LIST, *(each.bit for each in offered))}
    for story in stories(owner, days):
        walk(courses, story)
    lines = []
    for number, span in enumerate(days):
        there = [each for each in offered if each.at(min(span.ends, now))]
        fresh = span.ends <= now < span.ends + spans.DAY
        silent = lapsed(owner, span, sum(each.bit for each in there)) if fresh else None
        for bit, interest in ((LIST, None), *((each.bit, each.interest) for each in there)):
            course = courses[bit]
            lines.append(
                Line(
                    span.day,
                    interest,
                    active=course.active_at_the_end_of(number),
                    joined=course.joined[number],
                    left=course.left[number],
                    lapsed=None if silent is None else silent[bit],
                )
            )
    return lines


def recount(owner: List, first: dt.date, last: dt.date, *, now: dt.datetime) -> list[Line]:
    """Count days again by what is known now; what was kept of them may differ (docs/growth.md)."""
    return count(owner, spans.spans(owner, first, last), now=now)


def _offered(owner: List) -> list[_Offered]:
    """Return the interests, and when each was on offer; those that came with the list, as long as it is."""
    lines = Change.objects.filter(list=owner, what="interests add").order_by("-at")
    added = dict(lines.values_list("subject", "at"))
    found = []
    for each in owner.interests.all():
        names = [slug for slug in (*each.former, each.slug) if slug in added]
        since = added[names[0]] if names else owner.created_at
        found.append(_Offered(each, since, each.retired_at))
    return found
