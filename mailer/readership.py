"""Count who reads a list, by what they chose."""

from django.db.models import Count

from mailer.interest_sets import Group
from subscribers.interests import Interests
from subscribers.models import List, Subscription
from subscribers.vocabulary import Status


def groups(owner: List) -> tuple[Group, ...]:
    """Count the active readers of a list by what decides their letter, in one statement."""
    interests = Interests.of(owner)
    counted = (
        Subscription.objects.filter(list=owner, status=Status.ACTIVE)
        .values_list("everything", "interests", "subscriber__text_only", "subscriber__tracked")
        .annotate(readers=Count("pk"))
        .order_by()
    )
    return tuple(
        Group(
            interests=None if everything else frozenset(interests.slugs(bits)),
            readers=readers,
            text_only=text_only,
            tracked=tracked and owner.tracked,
        )
        for everything, bits, text_only, tracked, readers in counted
    )


def choices(owner: List) -> dict[frozenset[str], int]:
    """Count active readers by what they chose of what is offered, without those who get everything."""
    interests = Interests.of(owner)
    counted = (
        Subscription.objects.filter(list=owner, status=Status.ACTIVE, everything=False)
        .values_list("interests")
        .annotate(readers=Count("pk"))
        .order_by()
    )
    readers: dict[frozenset[str], int] = {}
    for bits, number in counted:
        chosen = frozenset(interests.slugs(bits)) - interests.retired
        readers[chosen] = readers.get(chosen, 0) + number
    return readers
