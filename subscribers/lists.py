"""Make lists, find them, show them, and remove those of which nothing must be kept."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.db.models.deletion import Collector, ProtectedError

from subscribers import changes, curating, list_fields
from subscribers.list_fields import ListError, Sender, parse_sender
from subscribers.models import List, Subscription
from subscribers.vocabulary import NoStory, Status, UnchosenStories

__all__ = [
    "Added",
    "ListError",
    "Removal",
    "Sender",
    "add_list",
    "find",
    "listing",
    "parse_sender",
    "removal",
    "remove",
    "show",
]


@dataclass(frozen=True)
class Added:
    """A list, and whether it was not there before."""

    newsletter: List
    new: bool


@dataclass(frozen=True)
class Removal:
    """What goes with a list, and who is on no list afterwards."""

    subscriptions: int
    active: int
    suppressions: int  # those of this list alone; those of all lists stay
    segments: int
    on_no_list: int


def add_list(
    slug: str,
    *,
    name: str,
    sender: Sender,
    postal_address: str,
    interests: Mapping[str, str] | None = None,
    reply_to: str = "",
    language: str = "en",
    zone: str = "UTC",
    owner: str = "",
    description: str = "",
    unchosen_stories: UnchosenStories | None = None,
    no_story: NoStory | None = None,
    tracked: bool | None = None,
    public: bool | None = None,
    by: str = "mailer",
    at: dt.datetime | None = None,
) -> Added:
    """Make a list with its interests (slug: name, in order); a list that is already so stays as it is.

    What is None is not stated: it begins as the columns' defaults say, and may be anything in a list that is
    there. Raises ListError where a value is wrong, or a list of that slug differs.
    """
    rules = {
        "unchosen_stories": unchosen_stories,
        "no_story": no_story,
        "tracked": tracked,
        "public": public,
    }
    values = list_fields.columns(
        name=name,
        sender=sender,
        postal_address=postal_address,
        reply_to=reply_to,
        language=language,
        zone=zone,
        owner=owner,
        description=description,
        **{rule: value for rule, value in rules.items() if value is not None},
    )
    wanted = {
        list_fields.slug("An interest's", key): list_fields.line("An interest's name", label)
        for key, label in (interests or {}).items()
    }
    with transaction.atomic():
        newsletter, new = List.objects.get_or_create(
            slug=list_fields.slug("The list's", slug), defaults=values
        )
        if new:
            for key, label in wanted.items():
                curating.create(newsletter, key, label)
            changes.record(
                "lists add",
                by=by,
                at=at or dt.datetime.now(dt.UTC),
                newsletter=newsletter,
                subject=slug,
                after=list_fields.stated(newsletter) | {"interests": list(wanted)},
            )
    if not new:
        _refuse_another(newsletter, values, wanted)
    return Added(newsletter, new)


def find(slug: str) -> List:
    """Return the list of that slug. Raises ListError naming those there are."""
    if found := List.objects.filter(slug=slug).first():
        return found
    known = list(List.objects.order_by("slug").values_list("slug", flat=True)[:20])
    verb = "is" if len(known) == 1 else "are"
    advice = f"there {verb} {', '.join(known)}" if known else "make one with `mailer lists add`"
    raise ListError(f"There is no list {slug!r}; {advice}")


def show(newsletter: List) -> dict[str, Any]:
    """Return all that is known of one list."""
    [described] = listing(newsletter)
    return described


def listing(only: List | None = None) -> list[dict[str, Any]]:
    """Return all lists by slug, with their interests and how many subscriptions stand where."""
    lists = List.objects.prefetch_related("interests").order_by("slug")
    standing = Subscription.objects.order_by().values_list("list", "status").annotate(Count("pk"))
    if only:
        lists, standing = lists.filter(pk=only.pk), standing.filter(list=only)
    counts = {(pk, status): count for pk, status, count in standing}
    return [
        {
            "slug": newsletter.slug,
            **list_fields.stated(newsletter),
            "created_at": newsletter.created_at,
            "interests": [
                {"slug": interest.slug, "name": interest.name, "retired": interest.retired_at is not None}
                for interest in newsletter.interests.all()
            ],
            "subscribers": {status.value: counts.get((newsletter.pk, status.value), 0) for status in Status},
        }
        for newsletter in lists
    ]


def removal(newsletter: List) -> Removal:
    """Return what would go with a list. Raises ListError where something of it must be kept."""
    try:
        Collector(using="default", origin=newsletter).collect([newsletter])
    except ProtectedError as error:
        raise ListError(_kept(newsletter, error)) from None
    theirs = newsletter.subscriptions.all()
    elsewhere = Subscription.objects.filter(subscriber=OuterRef("subscriber")).exclude(list=newsletter)
    return Removal(
        subscriptions=theirs.count(),
        active=theirs.filter(status=Status.ACTIVE).count(),
        suppressions=newsletter.suppressions.filter(lifted_at=None).count(),
        segments=newsletter.segments.count(),
        on_no_list=theirs.filter(~Exists(elsewhere)).count(),
    )


def remove(newsletter: List, *, by: str, at: dt.datetime) -> Removal:
    """Remove a list with its interests, subscriptions, consents and segments; people stay.

    Suppressions of this list go, those of all lists stay. Raises ListError where something must be kept.
    """
    with transaction.atomic():
        curating.locked(newsletter)
        gone = removal(newsletter)
        changes.record(
            "lists rm",
            by=by,
            at=at,
            subject=newsletter.slug,
            before=list_fields.stated(newsletter)
            | {
                "interests": list(newsletter.interests.values_list("slug", flat=True)),
                "subscriptions": gone.subscriptions,
                "suppressions": gone.suppressions,
                "segments": gone.segments,
            },
        )
        try:
            newsletter.delete()
        except ProtectedError as error:  # somebody made an edition of it meanwhile
            raise ListError(_kept(newsletter, error)) from None
    return gone


def _kept(newsletter: List, error: ProtectedError) -> str:
    """Say what stands in the way: other apps' rows, which this one knows by their own names only."""
    kinds = Counter(type(kept) for kept in error.protected_objects)
    there = " and ".join(
        f"{number:,} {kind._meta.verbose_name if number == 1 else kind._meta.verbose_name_plural}"  # noqa: SLF001 - Django's documented way to a model's name
        for kind, number in kinds.items()
    )
    return (
        f"{newsletter.slug} has {there}, and what became of each copy must stay accounted for, so it cannot"
        f" be removed; `mailer lists set {newsletter.slug} --no-public` lets nobody new come"
    )


def _refuse_another(newsletter: List, values: dict[str, Any], wanted: dict[str, str]) -> None:
    """Raise ListError if the list that is there is not the one that was asked for."""
    differs = [field for field, value in values.items() if getattr(newsletter, field) != value]
    if dict(newsletter.interests.values_list("slug", "name")) != wanted:
        differs.append("interests")
    if differs:
        words = " and ".join(field.replace("_", " ") for field in differs)
        raise ListError(
            f"There is already a list {newsletter.slug}, which differs in {words}; nothing was changed"
        )
