"""Segments of a list: named, listed, counted, changed and removed.

A segment keeps its conditions together with the numbers of the interests they name, which never change:
an interest that gets another slug stays in every segment, and another that takes its slug does not slip in.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from subscribers import changes
from subscribers.models import List, Segment
from subscribers.models.lists import MOST_INTERESTS
from subscribers.segments.conditions import (
    AsOf,
    Chose,
    Condition,
    GetsEverything,
    Quantifier,
    SegmentError,
    interests_of,
    leaves,
)
from subscribers.segments.querying import Where, where
from subscribers.segments.reading import read
from subscribers.segments.renaming import renamed
from subscribers.segments.storing import from_json, to_json
from subscribers.segments.writing import describe, write
from subscribers.vocabulary import Status

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 64

_COUNT = """
SELECT subscription.status, count(*) FROM subscription {join}
WHERE subscription.list_id = %(list)s AND {conditions}
GROUP BY subscription.status
"""
# Left out where nothing is asked of the person: it is a second table to read.
_JOIN = "JOIN subscriber ON subscriber.id = subscription.subscriber_id"


@dataclass(frozen=True)
class Kept:
    """Conditions with the numbers of the interests they name, as a segment and a send hold them."""

    condition: Condition
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, data: object) -> "Kept":
        """Read what `json` wrote. Raises SegmentError."""
        held = data if isinstance(data, dict) else {}
        condition, known = from_json(held.get("conditions")), held.get("interests")
        numbers: dict[str, int] = {}
        for slug in interests_of(condition):
            number = known.get(slug) if isinstance(known, dict) else None
            if not isinstance(number, int) or number not in range(MOST_INTERESTS):
                raise SegmentError(f"the interest {slug!r} has no number", place="interests")
            numbers[slug] = number
        return cls(condition, numbers)

    def json(self) -> dict[str, Any]:
        """Return it as JSON columns take it: {"conditions": {…}, "interests": {"china": 0}}."""
        return {"conditions": to_json(self.condition), "interests": dict(self.numbers)}

    def as_of(self, newsletter: List, now: dt.datetime) -> AsOf:
        """Return what the conditions are relative to at this moment."""
        return AsOf(now, newsletter.language, self.numbers)


@dataclass(frozen=True)
class Count:
    """How many people conditions are true of, by the status of their subscription."""

    statuses: Mapping[Status, int]

    @property
    def total(self) -> int:
        """Return all of them, those who have left too."""
        return sum(self.statuses.values())

    @property
    def candidates(self) -> int:
        """Return those who have not left: the candidates, if a send to them began now."""
        return self.total - self.statuses[Status.UNSUBSCRIBED]


@dataclass(frozen=True)
class Added:
    """A segment, and whether this made or changed it."""

    segment: Segment
    new: bool
    changed: bool


def understood(newsletter: List, text: str) -> Kept:
    """Read conditions about a list's people. Raises SegmentError with a column."""
    numbers = dict(newsletter.interests.values_list("slug", "number"))
    condition = read(text, interests=tuple(numbers))
    return Kept(condition, {slug: numbers[slug] for slug in interests_of(condition)})


def add(newsletter: List, slug: str, text: str, *, by: str, at: dt.datetime, replace: bool = False) -> Added:
    """Name a part of the list; one that is already so stays as it is.

    Raises SegmentError where the slug or the conditions (with a column) cannot be, or where a segment of that
    slug has others and is not to be replaced.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise SegmentError(
            f"A segment's slug must be at most {_LONGEST_SLUG} small letters, digits and single hyphens, for"
            f" example china-lapsed, not {slug!r}"
        )
    wanted = understood(newsletter, text)
    with transaction.atomic():
        segment, new = Segment.objects.select_for_update().get_or_create(
            list=newsletter, slug=slug, defaults={"conditions": wanted.json(), "created_at": at}
        )
        before, after = "" if new else _text(segment), write(wanted.condition)
        if before == after:
            return Added(segment, new=False, changed=False)
        if before and not replace:
            raise SegmentError(
                f"There is already a segment {slug} of {newsletter.slug}, which is: {before};"
                f" --replace changes it"
            )
        segment.conditions = wanted.json()
        segment.save(update_fields=["conditions"])
        changes.record(
            "segments add",
            by=by,
            at=at,
            newsletter=newsletter,
            subject=slug,
            before={"conditions": before} if before else None,
            after={"conditions": after},
        )
    return Added(segment, new=new, changed=not new)


def find(newsletter: List, slug: str) -> Segment:
    """Return the list's segment of that slug. Raises SegmentError naming those there are."""
    if found := newsletter.segments.select_related("list").filter(slug=slug).first():
        return found
    known = ", ".join(newsletter.segments.order_by("slug").values_list("slug", flat=True)[:20])
    advice = f"there is {known}" if known else f"make one with `mailer segments add {newsletter.slug}`"
    raise SegmentError(f"{newsletter.slug} has no segment {slug!r}; {advice}")


def current(segment: Segment) -> Kept:
    """Return a segment's conditions, naming interests as they are called now. Raises SegmentError."""
    try:
        kept = Kept.of(segment.conditions)
    except SegmentError as error:
        raise SegmentError(
            f"The segment {segment.slug} of {segment.list.slug} cannot be read ({error}); say anew what it"
            f" is, with `mailer segments add … --replace`, or remove it"
        ) from error
    slugs = {number: slug for slug, number in segment.list.interests.values_list("slug", "number")}
    names = {slug: slugs.get(number, slug) for slug, number in kept.numbers.items()}
    numbers = {names[slug]: number for slug, number in kept.numbers.items()}
    return Kept(renamed(kept.condition, names), numbers)


def listing(newsletter: List | None = None) -> list[dict[str, Any]]:
    """Return the segments of a list, or of all, in the order of their slugs."""
    found = Segment.objects.select_related("list").order_by("list__slug", "slug")
    return [show(segment) for segment in (found.filter(list=newsletter) if newsletter else found)]


def show(segment: Segment) -> dict[str, Any]:
    """Return one segment: its conditions as data, as text, and in words."""
    kept = current(segment)
    return {
        "list": segment.list.slug,
        "segment": segment.slug,
        "text": write(kept.condition),
        "words": describe(kept.condition),
        "conditions": to_json(kept.condition),
        "created_at": segment.created_at,
    }


def remove(segment: Segment, *, by: str, at: dt.datetime) -> None:
    """Forget a segment. Sends keep the conditions they were scheduled with."""
    with transaction.atomic():
        before = _text(segment)
        if not Segment.objects.filter(pk=segment.pk).delete()[0]:
            raise SegmentError(f"{segment.list.slug} has no segment {segment.slug!r} any more")
        changes.record(
            "segments rm",
            by=by,
            at=at,
            newsletter=segment.list,
            subject=segment.slug,
            before={"conditions": before},
        )


def count(newsletter: List, kept: Kept, *, now: dt.datetime) -> Count:
    """Count the list's people whom the conditions are true of at this moment."""
    found: Where = where(kept.condition, kept.as_of(newsletter, now))
    sql = _COUNT.format(join=_JOIN if found.of_subscriber else "", conditions=found.sql)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"list": newsletter.pk, **found.parameters})
        counted = dict(cursor.fetchall())
    return Count({status: counted.get(status.value, 0) for status in Status})


def remarks(newsletter: List, kept: Kept) -> list[str]:
    """Return what may surprise those who typed the conditions."""
    found = list(leaves(kept.condition))
    said = []
    if any(isinstance(leaf, Chose) and leaf.how is not Quantifier.NONE for leaf in found) and not any(
        isinstance(leaf, GetsEverything) for leaf in found
    ):
        said.append("who gets everything chose no single interest; `or everything` takes them in")
    retired = newsletter.interests.exclude(retired_at=None).values_list("slug", flat=True)
    said += [f"the interest {slug} is retired" for slug in sorted(kept.numbers.keys() & set(retired))]
    return said


def _text(segment: Segment) -> str:
    """Return the conditions as text, whatever the row holds: one that cannot be read may be changed too."""
    try:
        return write(current(segment).condition)
    except SegmentError:
        return "what cannot be read"
