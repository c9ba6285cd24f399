"""How many read a list, by all that decides their letter: exact where that takes no time, else a while ago.

A list that takes long to count is counted by the sweep every few minutes while somebody looks at its numbers,
so that no page waits for it; what is shown says as of when.
"""

import datetime as dt
from dataclasses import dataclass, field

from mailer.database import fetch
from mailer.interest_sets import Group
from mailer.models import Readership
from mailer.models.editions import EVERYTHING
from subscribers.interests import Interests
from subscribers.models import List
from subscribers.vocabulary import Status

MANY = 20_000  # people, who take some 50 ms to count; fewer are counted whenever somebody asks
ANEW, KEPT = dt.timedelta(minutes=5), dt.timedelta(minutes=20)
LATELY = dt.timedelta(hours=1)  # since somebody looked
_NOTED = dt.timedelta(minutes=1)  # how exactly that is known

# Who has left is not there any more, and not counted.
COUNT_PEOPLE = """
SELECT
  subscription.status,
  CASE WHEN EXISTS (
    SELECT 1 FROM suppression
    WHERE suppression.address_key = subscriber.address_key AND suppression.lifted_at IS NULL
      AND (suppression.list_id IS NULL OR suppression.list_id = %(list)s)
  ) THEN 1 ELSE 0 END AS suppressed,
  CASE WHEN subscription.everything THEN -1 ELSE subscription.interests END AS chosen,
  subscriber.text_only,
  subscriber.tracked,
  count(*)
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status <> 'unsubscribed' AND {conditions}
GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class People:
    """People of one standing (a status) who chose the same (EVERYTHING, or bits) and get it in one manner."""

    standing: str
    suppressed: bool
    chosen: int
    text_only: bool
    tracked: bool
    readers: int


@dataclass(frozen=True)
class Counted:
    """The people of a list, and when they were counted."""

    people: tuple[People, ...]
    at: dt.datetime
    owner: List = field(repr=False)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return active readers by what decides their letter."""
        interests = Interests.of(self.owner)
        sums: dict[tuple[frozenset[str] | None, bool, bool], int] = {}
        for some in self.people:
            if some.standing == Status.ACTIVE:
                chosen = None if some.chosen == EVERYTHING else frozenset(interests.slugs(some.chosen))
                key = chosen, some.text_only, some.tracked and self.owner.tracked
                sums[key] = sums.get(key, 0) + some.readers
        return tuple(
            Group(chosen, readers, text_only=text_only, tracked=tracked)
            for (chosen, text_only, tracked), readers in sums.items()
        )

    @property
    def all(self) -> int:
        """Return how many active readers there are."""
        return sum(some.readers for some in self.people if some.standing == Status.ACTIVE)

    @property
    def choices(self) -> dict[frozenset[str], int]:
        """Return readers by what they chose of what is offered, without those who get everything."""
        retired = Interests.of(self.owner).retired
        readers: dict[frozenset[str], int] = {}
        for group in self.groups:
            if group.interests is not None:
                chosen = group.interests - retired
                readers[chosen] = readers.get(chosen, 0) + group.readers
        return readers


def exact(owner: List, *, now: dt.datetime) -> Counted:
    """Return the people of a list as they are now, however long it takes; nothing is kept of it."""
    return Counted(people(owner), now, owner)


def counted(owner: List, *, now: dt.datetime) -> Counted:
    """Return the people of a list: as of now, or of some minutes ago where counting takes long."""
    kept = Readership.objects.filter(list=owner).first()
    if kept is None or not dt.timedelta() <= now - kept.counted_at < KEPT:
        return _anew(owner, now, kept=kept)
    if now - kept.asked_at >= _NOTED:
        Readership.objects.filter(pk=kept.pk).update(asked_at=now)
    return Counted(tuple(People(*line) for line in kept.people), kept.counted_at, owner)


def refresh(*, now: dt.datetime) -> None:
    """Count anew what somebody looked at lately and is some minutes old; forget what nobody looks at."""
    Readership.objects.filter(asked_at__lt=now - LATELY).delete()
    for kept in Readership.objects.filter(counted_at__lt=now - ANEW).select_related("list"):
        _anew(kept.list, now, kept=kept, asked_at=kept.asked_at)


def people(owner: List, *, conditions: str = "TRUE", **bound: object) -> tuple[People, ...]:
    """Count the people of a list of whom `conditions`, in SQL with its bound values, are true."""
    lines = fetch(COUNT_PEOPLE.format(conditions=conditions), {"list": owner.pk, **bound})
    return tuple(
        People(standing, bool(suppressed), int(chosen), bool(text_only), bool(tracked), int(readers))
        for standing, suppressed, chosen, text_only, tracked, readers in lines
    )


def _anew(
    owner: List, now: dt.datetime, *, kept: Readership | None, asked_at: dt.datetime | None = None
) -> Counted:
    found = exact(owner, now=now)
    if sum(some.readers for some in found.people) >= MANY:
        lines = [
            [some.standing, some.suppressed, some.chosen, some.text_only, some.tracked, some.readers]
            for some in found.people
        ]
        so = {"people": lines, "counted_at": now, "asked_at": asked_at or now}
        Readership.objects.update_or_create(list=owner, defaults=so)
    elif kept is not None:
        Readership.objects.filter(list=owner).delete()
    return found
