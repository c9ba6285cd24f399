"""People to whom all sorts of things happen by the functions that do them, and an onlooker who notes it.

The onlooker knows nothing of evidence: after each thing they look at the rows, and whoever was not there a
moment ago has joined. So their sums are what those that are counted back must be.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from subscribers import (
    answering,
    asking,
    choosing,
    confirming,
    curating,
    leaving,
    lifting,
    pausing,
    people,
    retiring,
    returning,
    suppressions,
)
from subscribers.addresses import address_key, parse
from subscribers.enrolling import Arrival, Standing, enrol
from subscribers.evidence import Origin
from subscribers.models import Interest, List, Request, Subscription, Suppression
from subscribers.retiring import Plan
from subscribers.suppressions import Report
from subscribers.vocabulary import RequestKind, Status, Suppressed

MINUTE = dt.timedelta(minutes=1)
ORIGIN = Origin("form@1", "198.51.100.0/24")
WHOLE = -1  # the list, beside the numbers of its interests

Slots = frozenset[int]


@dataclass
class World:
    """A list, so many addresses, and what the onlooker has noted."""

    owner: List
    chance: random.Random
    addresses: list[str]
    zone: str
    joined: Counter[tuple[dt.date, int]] = field(default_factory=Counter)
    left: Counter[tuple[dt.date, int]] = field(default_factory=Counter)
    active: dict[dt.date, Counter[int]] = field(default_factory=dict)
    seen: dict[int, Slots] = field(default_factory=dict)

    def live(self, since: dt.datetime, hours: int, things: int) -> None:
        """Let so many things happen within so many hours, each at a moment of its own."""
        minutes = sorted(self.chance.sample(range(1, hours * 60), things))
        for minute in minutes:
            at = since + minute * MINUTE
            self.chance.choice(THINGS)(self, at)
            self.look(at)

    def look(self, at: dt.datetime) -> None:
        """Note who is on the list now, and who was a moment ago."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        reads, gets = self._standing(at)
        for person in reads.keys() | self.seen.keys():
            was, there = self.seen.get(person, frozenset()), reads.get(person, frozenset())
            self.joined.update((day, slot) for slot in there - was)
            self.left.update((day, slot) for slot in was - there)
        self.seen = reads
        self.active[day] = Counter(slot for slots in gets.values() for slot in slots)

    def said(self, day: dt.date, interest: Interest | None) -> tuple[int, int, int]:
        """Return what the onlooker says of a day: active at its end, joined, left."""
        slot = WHOLE if interest is None else interest.number
        days = [each for each in self.active if each <= day]
        active = self.active[max(days)][slot] if days else 0
        return active, self.joined[day, slot], self.left[day, slot]

    def _standing(self, at: dt.datetime) -> tuple[dict[int, Slots], dict[int, Slots]]:
        numbers = list(self.owner.interests.values_list("number", flat=True))
        bars = Suppression.objects.filter(lifted_at=None).values_list("address_key", "list", "at")
        barred = {key for key, where, since in bars if where in {None, self.owner.pk} and since <= at}
        rows = Subscription.objects.filter(list=self.owner).values_list(
            "subscriber", "subscriber__address_key", "status", "everything", "interests"
        )
        reads, gets = {}, {}
        for person, key, status, everything, bits in rows:
            if key in barred:
                continue
            slots = frozenset([WHOLE, *(number for number in numbers if everything or bits >> number & 1)])
            if status in {Status.ACTIVE, Status.PAUSED}:
                reads[person] = slots
            if status == Status.ACTIVE:
                gets[person] = slots
        return reads, gets

    def one(self) -> str:
        return self.chance.choice(self.addresses)

    def slugs(self) -> list[str]:
        offered = self.owner.interests.filter(retired_at=None).values_list("slug", flat=True)
        return self.chance.sample(list(offered), self.chance.choice([0, 1, 1, 2]))

    def row(self, *statuses: Status) -> Subscription | None:
        """Return somebody's subscription of one of these statuses."""
        rows = list(Subscription.objects.filter(list=self.owner, status__in=statuses).order_by("pk"))
        return self.chance.choice(rows) if rows else None


def _add(world: World, at: dt.datetime) -> None:
    try:
        people.add(world.owner, world.one(), consent="a stand", by="ed", at=at, interests=world.slugs())
    except people.PersonError:
        """They left, or must not be written to."""


def _import(world: World, at: dt.datetime) -> None:
    arrivals = []
    for line, text in enumerate(world.chance.sample(world.addresses, 3), 1):
        known = parse(text)
        # Not as paused: that an import ended a pause that an import had begun is said by no evidence.
        standing = world.chance.choice([Standing.PENDING, Standing.ACTIVE, Standing.ACTIVE, *_ENDED])
        ended = at if standing in _ENDED else None
        arrivals.append(
            Arrival(
                line,
                known.written,
                known.canonical,
                address_key(known.canonical),
                everything=False,
                interests=1,
                standing=standing,
                ended_at=ended,
            )
        )
    enrol(world.owner, arrivals, how="a file", at=at)


_ENDED = (Standing.UNSUBSCRIBED, Standing.BOUNCED)


def _ask(world: World, at: dt.datetime) -> None:
    tracked = world.chance.random() < 0.5
    wish = asking.Wish(
        world.owner, parse(world.one()), world.slugs(), tracked=tracked, current=False, language="en"
    )
    request = asking.sign_up(wish, origin=ORIGIN, at=at)
    answering.answer(request, at=at)


def _confirm(world: World, at: dt.datetime) -> None:
    waiting = Request.objects.filter(list=world.owner, kind=RequestKind.SIGN_UP, used_at=None)
    first = waiting.order_by("pk").first()
    there = confirming.standing(first.pk, at=at) if first else None
    if isinstance(there, confirming.Open):
        confirming.confirm(there.request, shown=there.digest, origin=ORIGIN, at=at)


def _leave(world: World, at: dt.datetime) -> None:
    if row := world.row(Status.ACTIVE, Status.PAUSED, Status.PENDING):
        leaving.unsubscribe(row.pk, "one-click", at, origin=ORIGIN)


def _leave_all(world: World, at: dt.datetime) -> None:
    leaving.leave(address_key(world.one()), None, "on the telephone", at, by="ed")


def _undo(world: World, at: dt.datetime) -> None:
    if (row := world.row(Status.ACTIVE, Status.PAUSED)) and leaving.unsubscribe(row.pk, "one-click", at):
        world.look(at)
        returning.undo(row.pk, left_at=at, at=at + dt.timedelta(seconds=20))
        world.look(at + dt.timedelta(seconds=20))


def _choose(world: World, at: dt.datetime) -> None:
    if row := world.row(Status.ACTIVE, Status.PAUSED):
        choosing.choose(row, world.slugs(), "preferences page", at, origin=ORIGIN)


def _pause(world: World, at: dt.datetime) -> None:
    if row := world.row(Status.ACTIVE, Status.PAUSED):
        until = at + world.chance.randint(1, 60) * dt.timedelta(hours=1)
        pausing.pause(row.pk, until, "preferences page", at, origin=ORIGIN)


def _resume(world: World, at: dt.datetime) -> None:
    if row := world.row(Status.PAUSED):
        pausing.resume(row.pk, "preferences page", at, origin=ORIGIN)


def _pauses_over(world: World, at: dt.datetime) -> None:
    pausing.resume_due(world.owner, now=at)


def _complain(world: World, at: dt.datetime) -> None:
    reason = world.chance.choice([Suppressed.BOUNCED, Suppressed.COMPLAINED])
    where = world.chance.choice([None, world.owner.pk])
    suppressions.suppress_keys([Report(address_key(world.one()), reason, at, "an event", where)])


def _suppress(world: World, at: dt.datetime) -> None:
    suppressions.by_hand(address_key(world.one()), "they asked", at, by="ed")


def _lift(world: World, at: dt.datetime) -> None:
    bars = Suppression.objects.filter(lifted_at=None).order_by("pk")
    if found := list(bars.values_list("address_key", "reason")):
        key, reason = world.chance.choice(found)
        lifting.lift(key, why="it works again", by="ed", at=at, only=Suppressed(reason))


def _another_list(world: World, at: dt.datetime) -> None:
    other = List.objects.exclude(pk=world.owner.pk).get()
    suppressions.suppress(address_key(world.one()), Suppressed.BOUNCED, "there", at, newsletter=other)


def _rename(world: World, at: dt.datetime) -> None:
    if slug := next(iter(world.slugs()), None):
        new = f"{slug.rstrip('0123456789')}{world.chance.randint(1, 10**9)}"
        curating.rename(world.owner, slug, new_slug=new, by="ed", at=at)


def _merge(world: World, at: dt.datetime) -> None:
    offered = list(world.owner.interests.filter(retired_at=None).values_list("slug", flat=True))
    if len(offered) > 3 and world.chance.random() < 0.3:
        one, other = world.chance.sample(offered, 2)
        retiring.merge(world.owner, one, other, by="ed", at=at)
    elif len(offered) > 2 and world.chance.random() < 0.3:
        retiring.retire(world.owner, offered[0], Plan.EVERYTHING, by="ed", at=at)


Thing = Callable[[World, dt.datetime], None]
THINGS: tuple[Thing, ...] = (
    *(_add,) * 8,
    *(_import,) * 3,
    *(_ask, _confirm) * 6,
    *(_leave,) * 4,
    *(_choose,) * 5,
    *(_pause, _resume) * 3,
    *(_complain, _lift) * 3,
    *(_leave_all, _undo, _pauses_over, _suppress, _another_list, _rename, _merge),
)
