"""Retire an interest, or merge it into another, with a plan for those who chose it.

Nobody who chose only that one silently gets everything afterwards, nor silently nothing: the plan says
which, and each reader whose interests change has a record of it. First the interest is retired, so that
nobody chooses it any more, then its readers are moved: on PostgreSQL all in one transaction; on SQLite so
many at a time, since all others wait for its one lock. A run that is killed in between is simply repeated:
it goes on with the readers who still have it.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from subscribers import changes, curating
from subscribers.curating import InterestError
from subscribers.exchanging import ANY, ONLY, WITH_OTHERS, Exchange, Readers, check_offered, exchange, readers
from subscribers.interests import EVERYTHING
from subscribers.models import Interest, List

Progress = Callable[[int, int], None]  # readers done, readers in all


class Plan(StrEnum):
    """What becomes of the readers of an interest that is retired."""

    # they get another instead
    MOVE = "move"
    # who has nothing else gets everything, the others keep the rest
    EVERYTHING = "everything"
    # they keep it: old editions know it, and new ones hold nothing for who has nothing else
    LEAVE = "leave"


@dataclass(frozen=True)
class Retired:
    """What became of an interest; `new` is False where it had been retired before."""

    interest: Interest
    readers: Readers
    moved: int
    new: bool


def retire(
    newsletter: List,
    slug: str,
    plan: Plan,
    *,
    into: str = "",
    by: str,
    at: dt.datetime,
    progress: Progress | None = None,
) -> Retired:
    """Offer an interest no longer, and do with its readers as planned; `into` names what MOVE gives them.

    Raises UnknownInterestError, and InterestError where it is retired and the plan changes nothing.
    """
    interest = curating.find(newsletter, slug)
    target = find_target(newsletter, interest, into) if plan is Plan.MOVE else None
    retired = _retire(
        "interests retire", newsletter, interest, _steps(plan, target), by=by, at=at, progress=progress
    )
    if not retired.new and not retired.moved:
        raise InterestError(already(interest, retired.readers))
    return retired


def merge(
    newsletter: List, slug: str, into: str, *, by: str, at: dt.datetime, progress: Progress | None = None
) -> Retired:
    """Give all readers of one interest another instead, and retire it; once done, it changes nothing.

    Raises UnknownInterestError, and InterestError where the other is the same one or retired.
    """
    interest = curating.find(newsletter, slug)
    steps = _steps(Plan.MOVE, find_target(newsletter, interest, into), "merged into")
    return _retire("interests merge", newsletter, interest, steps, by=by, at=at, progress=progress)


def find_target(newsletter: List, interest: Interest, into: str) -> Interest:
    """Return the interest that readers get instead. Raises UnknownInterestError, InterestError."""
    target = curating.find(newsletter, into)
    if target.pk == interest.pk:
        raise InterestError(f"{into} is the same interest: name the one that its readers get instead")
    check_offered(target)
    return target


def segments_naming(newsletter: List, interest: Interest) -> list[str]:
    """Return the slugs of the list's segments that ask for an interest; they keep it by its number."""
    segments = newsletter.segments.order_by("slug").values_list("slug", "conditions")
    return [
        slug for slug, conditions in segments if interest.number in conditions.get("interests", {}).values()
    ]


def already(interest: Interest, still: Readers) -> str:
    """Return what to say to who retires a retired interest."""
    said = f"{interest.slug} is retired already, since {interest.retired_at:%Y-%m-%d}"
    if not still.all:
        return f"{said}, and no reader has it"
    verb = "reader has" if still.all == 1 else "readers have"
    return f"{said}; {still.all:,} {verb} it still, whom --move-to or --to-everything would change"


def _steps(plan: Plan, target: Interest | None, done: str = "retired, instead") -> tuple[Exchange, ...]:
    if target is not None:
        return (Exchange(ANY, f"{done} {target.slug}", target=target),)
    if plan is Plan.EVERYTHING:
        return (
            Exchange(ONLY, f"{done} {EVERYTHING}", everything=True),
            Exchange(WITH_OTHERS, f"{done} what else they chose"),
        )
    return ()


def _retire(
    what: str,
    newsletter: List,
    interest: Interest,
    steps: tuple[Exchange, ...],
    *,
    by: str,
    at: dt.datetime,
    progress: Progress | None,
) -> Retired:
    moved = 0
    with _one_transaction():
        with transaction.atomic():
            curating.locked(newsletter)
            for step in steps:
                if step.target is not None:
                    check_offered(step.target)
                    curating.move_words(newsletter, interest.slug, step.target.slug)
            whose = readers(newsletter, interest)
            new = bool(newsletter.interests.filter(pk=interest.pk, retired_at=None).update(retired_at=at))
            interest.refresh_from_db()
            if not new and not (steps and whose.all):
                return Retired(interest, whose, moved=0, new=False)
            changes.record(
                what,
                by=by,
                at=at,
                newsletter=newsletter,
                subject=interest.slug,
                before={"retired": not new},
                after={"retired": True, **_told(steps, whose)},
            )
        for step in steps:
            how = f"interest {interest.slug} {step.words}, by {by}"
            for portion in exchange(newsletter, interest, step, how=how, at=at):
                moved += portion
                if progress:
                    progress(moved, max(moved, whose.all))
    return Retired(interest, whose, moved=moved, new=new)


def _told(steps: tuple[Exchange, ...], whose: Readers) -> dict[str, Any]:
    """Return what the audit log says of the readers."""
    if not steps:
        return {"readers_left_with_it": whose.all}
    if steps[0].target is not None:
        return {"into": steps[0].target.slug, "readers_moved": whose.all}
    return {"readers_given_everything": whose.only, "readers_with_others": whose.others}


def _one_transaction() -> AbstractContextManager[Any]:
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
