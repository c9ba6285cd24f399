"""A list's interests over the years: one more, another name, another order. Their numbers never change."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from subscribers import changes, list_fields
from subscribers.errors import SubscribersError
from subscribers.interests import EVERYTHING, UnknownInterestError
from subscribers.list_fields import ListError
from subscribers.models import Interest, List, Subscription
from subscribers.models.lists import MOST_INTERESTS
from subscribers.vocabulary import Status


class InterestError(SubscribersError):
    """What was asked of an interest makes no sense."""


def listing(newsletter: List) -> list[dict[str, Any]]:
    """Return the list's interests in order, the retired too, and how many readers chose each.

    `only` counts those of them who chose nothing else; who has left is not counted.
    """
    chosen = (
        Subscription.objects.filter(list=newsletter, everything=False)
        .exclude(status=Status.UNSUBSCRIBED)
        .order_by()
        .values_list("interests")
        .annotate(Count("pk"))
    )
    sets = list(chosen)  # few sets, many readers
    return [
        {
            "slug": interest.slug,
            "name": interest.name,
            "number": interest.number,
            "readers": sum(readers for bits, readers in sets if bits >> interest.number & 1),
            "only": sum(readers for bits, readers in sets if bits == 1 << interest.number),
            "retired": interest.retired_at is not None,
            "retired_at": interest.retired_at,
        }
        for interest in newsletter.interests.all()
    ]


def find(newsletter: List, slug: str) -> Interest:
    """Return the interest of that slug, retired or not. Raises UnknownInterestError."""
    if found := newsletter.interests.filter(slug=slug).first():
        return found
    known = newsletter.interests.filter(retired_at=None).values_list("slug", flat=True)
    raise UnknownInterestError(slug, newsletter.slug, known)


def having(newsletter: List, slug: str) -> Interest | None:
    """Return the interest that has this slug, or had it before."""
    interests = newsletter.interests.all()
    named = [interest for interest in interests if interest.slug == slug or slug in interest.former]
    return named[0] if named else None


def add(newsletter: List, slug: str, name: str, *, by: str, at: dt.datetime) -> bool:
    """Give the list one more interest; return False where it has that very one. Raises ListError."""
    slug, name = _slug(slug), list_fields.line("An interest's name", name)
    with transaction.atomic():
        locked(newsletter)
        if there := having(newsletter, slug):
            if (there.slug, there.name, there.retired_at) == (slug, name, None):
                return False
            raise InterestError(_taken(newsletter, there, slug))
        create(newsletter, slug, name)
        changes.record(
            "interests add", by=by, at=at, newsletter=newsletter, subject=slug, after={"name": name}
        )
    return True


def create(newsletter: List, slug: str, name: str) -> Interest:
    """Write the row of one more interest; its number is its own for ever. Raises ListError.

    The caller holds a transaction, has looked that the slug is free, and writes down who did it.
    """
    slug, name = _slug(slug), list_fields.line("An interest's name", name)
    # The update locks the list's row first, so that two who add at once never see the same number.
    free = List.objects.filter(pk=newsletter.pk, next_interest__lt=MOST_INTERESTS)
    if not free.update(next_interest=F("next_interest") + 1):
        raise ListError(
            f"{newsletter.slug} has had {MOST_INTERESTS} interests, and numbers are never used again:"
            f" start a second list"
        )
    newsletter.refresh_from_db(fields=["next_interest"])
    number = newsletter.next_interest - 1
    return newsletter.interests.create(number=number, position=number, slug=slug, name=name)


def rename(
    newsletter: List,
    slug: str,
    *,
    new_slug: str | None = None,
    name: str | None = None,
    by: str,
    at: dt.datetime,
) -> bool:
    """Give an interest another slug, another name or both; return False where it has them already.

    Raises UnknownInterestError, ListError, and InterestError where the slug is taken.
    """
    wanted = {}
    if new_slug is not None:
        wanted["slug"] = _slug(new_slug)
    if name is not None:
        wanted["name"] = list_fields.line("An interest's name", name)
    with transaction.atomic():
        locked(newsletter)
        interest = find(newsletter, slug)
        before = {field: getattr(interest, field) for field in wanted}
        if before == wanted:
            return False
        new = wanted.get("slug", slug)
        if (taken := having(newsletter, new)) and taken.pk != interest.pk:
            raise InterestError(_taken(newsletter, taken, new))
        former = [*(old for old in interest.former if old != new), *([slug] if new != slug else [])]
        newsletter.interests.filter(pk=interest.pk).update(**wanted, former=former)
        move_words(newsletter, slug, new)
        changes.record(
            "interests rename",
            by=by,
            at=at,
            newsletter=newsletter,
            subject=slug,
            before=before,
            after=wanted,
        )
    return True


def reorder(newsletter: List, slugs: Sequence[str], *, by: str, at: dt.datetime) -> bool:
    """Show the interests in this order; return False where they stand so. The retired keep their places.

    Raises UnknownInterestError, and InterestError where one that is offered is missing or there twice.
    """
    with transaction.atomic():
        locked(newsletter)
        offered = list(newsletter.interests.filter(retired_at=None))
        before = [interest.slug for interest in offered]
        _check_order(newsletter, slugs, before)
        if before == list(slugs):
            return False
        # Each takes a place that one of them had, so that all others, and their colours, stay where they are.
        for slug, place in zip(slugs, [interest.position for interest in offered], strict=True):
            newsletter.interests.filter(slug=slug).update(position=place)
        changes.record(
            "interests reorder",
            by=by,
            at=at,
            newsletter=newsletter,
            before={"order": before},
            after={"order": list(slugs)},
        )
    return True


def locked(newsletter: List) -> None:
    """Let one change of a list's interests wait for another, within a transaction. Raises ListError."""
    # It need not keep readers from coming meanwhile, whose rows refer to the list's key.
    rows = List.objects.select_for_update(no_key=True).filter(pk=newsletter.pk)
    if not list(rows.values_list("pk")):
        raise ListError(f"The list {newsletter.slug} is gone; `mailer lists ls` shows those there are")


def move_words(newsletter: List, slug: str, into: str) -> None:
    """Let the list's words that propose `slug` propose `into`."""
    newsletter.refresh_from_db(fields=["gazetteer"])
    if slug == into or slug not in newsletter.gazetteer:
        return
    words = dict(newsletter.gazetteer)
    words[into] = list(dict.fromkeys([*words.get(into, []), *words.pop(slug)]))
    newsletter.gazetteer = words
    newsletter.save(update_fields=["gazetteer"])


def _slug(text: str) -> str:
    if text == EVERYTHING:
        raise InterestError(f"No interest can be called {EVERYTHING}: it is the word for all of them")
    return list_fields.slug("An interest's", text)


def _check_order(newsletter: List, slugs: Iterable[str], offered: Sequence[str]) -> None:
    named = list(slugs)
    if unknown := [slug for slug in named if slug not in offered]:
        raise UnknownInterestError(unknown[0], newsletter.slug, offered)
    if twice := [slug for slug in dict.fromkeys(named) if named.count(slug) > 1]:
        raise InterestError(f"{', '.join(twice)} is there twice: name each interest once")
    if missing := [slug for slug in offered if slug not in named]:
        raise InterestError(
            f"The order leaves out {', '.join(missing)}: name every interest of {newsletter.slug} once"
        )


def _taken(newsletter: List, interest: Interest, slug: str) -> str:
    if slug != interest.slug:
        return (
            f"{slug} was the slug of {newsletter.slug}'s interest {interest.slug}, and editions may still say"
            f" it; choose another slug"
        )
    if interest.retired_at is not None:
        return (
            f"{newsletter.slug} has had an interest {interest.slug}, retired on"
            f" {interest.retired_at:%Y-%m-%d}, which old editions name; choose another slug"
        )
    return (
        f"{newsletter.slug} already has an interest {interest.slug}, named {interest.name};"
        f" `mailer interests rename` gives it another name"
    )
