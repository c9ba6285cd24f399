"""Sow: lists, then people, then the past, edition by edition; each step is a transaction of its own.

What is still to be done is read off the rows: a run that was killed is simply called again, and goes on where
it ended. The audit log holds what was asked for, and the moment from which all times are counted.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice

from django.conf import settings
from django.db import transaction

from mailer.database import execute, fetch, is_postgresql
from mailer.models import Delivery, Event
from mailer.seeding import happenings, history, storing
from mailer.seeding.course import COMING
from mailer.seeding.errors import SeedError
from mailer.seeding.people import People
from mailer.seeding.plan import Plan, Wish
from mailer.seeding.standing import INTERESTS, Place
from subscribers import changes
from subscribers.lists import Sender, add_list
from subscribers.models import Change, List, Subscriber, Subscription

# What is under way, how much is done, how much in all.
Progress = Callable[[str, int, int], None]

BEGUN, FINISHED = "seed", "seed finished"
# People a transaction: SQLite's lock is held for some tens of milliseconds.
PEOPLE_POSTGRESQL, PEOPLE_SQLITE = 20_000, 2_000
NAMES = (
    *("Space Digest", "Orbit Weekly", "The Ground Station", "Launch Notes", "Far Side", "The Antenna"),
    *("Low Earth", "Payload", "Transfer Window", "The Long March", "Southern Skies", "Apogee"),
)
LOCK = 5_325_553  # any number that nothing else here locks


@dataclass(frozen=True)
class Sown:
    """What a seed has made; `new` false: it was there already, and nothing was changed.

    `seconds` are this run's, by step.
    """

    seed: str
    new: bool
    lists: list[str]
    subscribers: int
    subscriptions: int
    sends: int
    deliveries: int
    events: int
    seconds: dict[str, float]


@dataclass(frozen=True)
class _Ground:
    """A seed that has begun: its plan, its lists, and the row of the first person."""

    plan: Plan
    lists: Sequence[List]
    first: int


def refuse_outside() -> None:
    """Raise SeedError where letters really leave: invented people must never be written to."""
    configuration = settings.CONFIGURATION
    if not configuration.sandboxed:
        variable = "SMTP_URL" if configuration.smtp.relay else "SENDGRID_API_KEY"
        raise SeedError(
            f"{variable} is set: letters would really leave, and invented people must never be written to;"
            f" seed an installation whose transport is the sandbox"
        )


def is_empty() -> bool:
    """Return whether there are neither people nor lists."""
    return not List.objects.exists() and not Subscriber.objects.exists()


def has_begun(wish: Wish) -> bool:
    """Return whether this seed is there, whole or in part. Raises SeedError where it is of another size."""
    return _line(wish) is not None


def sow(wish: Wish, *, by: str, now: dt.datetime, progress: Progress | None = None) -> Sown:
    """Make all that the wish asks for, with a past that ends `now`; what is there is not made again.

    Raises SeedError where it cannot be made, where letters really leave, and while another seed is sown.
    """
    wish.check()
    refuse_outside()
    show = progress or (lambda _step, _done, _total: None)
    steps = {"people": _people, "deliveries": _deliveries, "readers": _readers}
    seconds: dict[str, float] = {}
    with _alone():
        line = _line(wish)
        if line is not None and (finished := _finished(line)) is not None:
            return _sown(wish, line, finished, new=False)
        line = line or _begin(wish, by=by, now=now)
        ground = _ground(wish, line)
        for name, step in steps.items():
            began = time.perf_counter()
            step(ground, show)
            seconds[name] = round(time.perf_counter() - began, 1)
        finished = _finish(ground, line, by=by)
    return _sown(wish, line, finished, new=True, seconds=seconds)


def _sown(
    wish: Wish, line: Change, made: dict[str, int], *, new: bool, seconds: dict[str, float] | None = None
) -> Sown:
    return Sown(
        seed=wish.word,
        new=new,
        lists=line.after["lists"],
        subscribers=wish.subscribers,
        seconds=seconds or {},
        **made,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two runs from sowing the same; on SQLite, where one waits for the other, each step sees to it."""
    if not is_postgresql():
        yield
        return
    if not fetch("SELECT pg_try_advisory_lock(%s)", [LOCK])[0][0]:
        raise SeedError("Another `mailer seed` is at work in this database; wait until it has ended")
    try:
        yield
    finally:
        fetch("SELECT pg_advisory_unlock(%s)", [LOCK])


def _line(wish: Wish) -> Change | None:
    """Return the line of the audit log that this seed began with."""
    line = Change.objects.filter(what=BEGUN, subject=wish.word).order_by("pk").last()
    if line is None:
        return None
    there = line.after
    sizes = (there["subscribers"], there["deliveries"], len(there["lists"]))
    if sizes != (wish.subscribers, wish.deliveries, wish.lists):
        raise SeedError(
            f"The seed {wish.word} is here, of another size: say --subscribers {sizes[0]} --deliveries"
            f" {sizes[1]} --lists {sizes[2]}, or another --seed"
        )
    if List.objects.filter(slug__in=there["lists"]).count() != len(there["lists"]):
        raise SeedError(f"The seed {wish.word} was here, and lists of it are gone: say another --seed")
    return line


def _finished(line: Change) -> dict[str, int] | None:
    """Return what was counted when this seed was finished; None where it never was."""
    last = Change.objects.filter(what=FINISHED, subject=line.subject, pk__gt=line.pk).first()
    return last.after if last else None


def _begin(wish: Wish, *, by: str, now: dt.datetime) -> Change:
    """Make the lists, take the numbers of all people to come, and write down what was asked for."""
    at = now.replace(microsecond=0)
    with transaction.atomic():
        if (there := _line(wish)) is not None:  # another run was quicker
            return there
        slugs = list(islice(_slugs(), wish.lists))
        for name, slug in zip(NAMES, slugs, strict=False):
            add_list(
                slug,
                name=name,
                sender=Sender(name, f"editor@{slug}.example"),
                postal_address=f"{name}, 14 Observatory Road, Cape Town 7925, South Africa",
                interests=INTERESTS,
                description="Invented by `mailer seed`, its readers too.",
                public=False,
                by=by,
                at=at,
            )
        List.objects.filter(slug__in=slugs).update(created_at=at - dt.timedelta(days=COMING + 1))
        asked = {"subscribers": wish.subscribers, "deliveries": wish.deliveries, "lists": slugs}
        first = storing.reserve(wish.subscribers)
        changes.record(BEGUN, by=by, at=at, subject=wish.word, after=asked | {"first_subscriber": first})
    return Change.objects.filter(what=BEGUN, subject=wish.word).latest("pk")


def _slugs() -> Iterator[str]:
    """Yield seed-1, seed-2 and so on, as far as no list has them."""
    there = set(List.objects.filter(slug__startswith="seed-").values_list("slug", flat=True))
    return (slug for number in count(1) if (slug := f"seed-{number}") not in there)


def _ground(wish: Wish, line: Change) -> _Ground:
    lists = {newsletter.slug: newsletter for newsletter in List.objects.filter(slug__in=line.after["lists"])}
    plan = Plan(wish, int(line.at.timestamp()))
    return _Ground(plan, [lists[slug] for slug in line.after["lists"]], line.after["first_subscriber"])


def _people(ground: _Ground, show: Progress) -> None:
    """Put everybody on their lists, some thousands in one transaction."""
    everybody = People(ground.plan, [Place(each.pk, each.slug) for each in ground.lists], ground.first)
    total = ground.plan.wish.subscribers
    portion = PEOPLE_POSTGRESQL if is_postgresql() else PEOPLE_SQLITE
    done = 0
    while done < total:
        show("people", done, total)
        with transaction.atomic():
            done = storing.last_stored(ground.first, total) - ground.first + 1
            numbers = range(done + 1, min(done + portion, total) + 1)
            if not numbers:
                break
            for table, rows in vars(everybody.rows(numbers)).items():
                storing.store(table, rows)
            done = numbers[-1]
            if done == total:
                storing.store("suppression", everybody.erased())
    show("people", total, total)
    storing.analyze("subscriber", "subscription", "consent", "suppression")


def _deliveries(ground: _Ground, show: Progress) -> None:
    """Make each edition and its send, one in one transaction, in the order they left."""
    total, done = ground.plan.wish.deliveries, 0
    for planned in ground.plan.issues:
        show("deliveries", done, total)
        at = dt.datetime.fromtimestamp(planned.at, dt.UTC)
        owner, word = ground.lists[planned.place], ground.plan.wish.word
        history.make(history.Issue(word, owner, planned.place, planned.number, at, ground.first))
        done += planned.candidates
    show("deliveries", done, total)


def _readers(ground: _Ground, show: Progress) -> None:
    """Write when everybody was last seen to read; to do it again changes nothing."""
    first, total = ground.first, ground.plan.wish.subscribers
    portion = PEOPLE_POSTGRESQL if is_postgresql() else PEOPLE_SQLITE
    for low in range(first, first + total if ground.plan.issues else first, portion):
        high = min(low + portion, first + total) - 1
        with transaction.atomic():
            execute(happenings.KEEP_LATEST, {"low": low, "high": high})
        show("readers", high - first + 1, total)


def _finish(ground: _Ground, line: Change, *, by: str) -> dict[str, int]:
    """Count what was made, and write down that it is complete."""
    storing.analyze("delivery", "event", "batch", "attempt", "subscriber", "suppression")
    sends = list(history.made(ground.lists).values_list("pk", flat=True))
    made = {
        "subscriptions": Subscription.objects.filter(list__in=ground.lists).count(),
        "sends": len(sends),
        "deliveries": Delivery.objects.filter(send__in=sends).count(),
        "events": Event.objects.filter(send_ref__in=sends).count(),
    }
    with transaction.atomic():
        if (finished := _finished(line)) is not None:  # another run was quicker
            return finished
        changes.record(FINISHED, by=by, at=dt.datetime.now(dt.UTC), subject=line.subject, after=made)
    return made
