"""Lift a suppression: its row stays, and says when and why it was lifted."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from subscribers import changes, suppressions
from subscribers.errors import SubscribersError
from subscribers.models import List, Suppression
from subscribers.vocabulary import Suppressed

LONGEST_REASON = 1_000  # characters

# What is lifted when nobody says which: a mailbox that works again, a decision of ours. What the reader said
# themselves has to be named.
UNNAMED = (Suppressed.BOUNCED, Suppressed.BY_HAND)
NAMED = (Suppressed.COMPLAINED, Suppressed.UNSUBSCRIBED)

WHY = {
    Suppressed.BOUNCED: "it bounced",
    Suppressed.COMPLAINED: "they complained",
    Suppressed.UNSUBSCRIBED: "they left",
    Suppressed.BY_HAND: "somebody here said so",
    Suppressed.ERASED: "the person asked to be forgotten",
}


class LiftError(SubscribersError):
    """A suppression cannot be lifted as asked; nothing was changed."""


@dataclass(frozen=True)
class Bar:
    """One suppression; `list` None is everywhere."""

    reason: Suppressed
    list: str | None
    at: dt.datetime


@dataclass(frozen=True)
class Lifted:
    """What is lifted now, and what still stands in the way of letters; both may be empty."""

    lifted: tuple[Bar, ...]
    standing: tuple[Bar, ...]


def lift(
    address_key: str,
    why: str,
    *,
    by: str,
    at: dt.datetime,
    newsletter: List | None = None,
    only: Suppressed | None = None,
) -> Lifted:
    """Lift an address's suppressions, all or those of one list; `only` names a reason.

    Subscriptions stay as they are: who left comes back by their own will alone. Raises LiftError for who was
    erased, where `why` says nothing, and where nothing but the reader's own word stands in the way and `only`
    does not name it.
    """
    why = _checked(why)
    with transaction.atomic():
        about = suppressions.whose(address_key)
        rows = Suppression.objects.select_for_update(of=("self",), no_key=True)
        in_force = list(
            rows.filter(address_key=address_key, lifted_at=None).select_related("list").order_by("pk")
        )
        _refuse_erased(in_force)
        within = [row for row in in_force if newsletter is None or row.list_id == newsletter.pk]
        wanted = (only,) if only else UNNAMED
        chosen = [row for row in within if row.reason in wanted]
        if within and not chosen and not only:
            raise LiftError(_named_only(within))
        if chosen:
            numbers = [row.pk for row in chosen]
            Suppression.objects.filter(pk__in=numbers).update(lifted_at=at, lifted_because=why)
            changes.record(
                "subscribers lift",
                by=by,
                at=at,
                newsletter=newsletter,
                **about,
                before={"suppressed": [_words(row) for row in chosen]},
                after={"suppressed": []},
            )
    return Lifted(
        lifted=tuple(map(_bar, chosen)), standing=tuple(_bar(row) for row in in_force if row not in chosen)
    )


def _checked(why: str) -> str:
    why = why.strip()
    if not why:
        raise LiftError("Say why it may be written to again: that is kept beside the suppression")
    if len(why) > LONGEST_REASON:
        raise LiftError(f"Say why in at most {LONGEST_REASON:,} characters")
    return why


def _refuse_erased(in_force: list[Suppression]) -> None:
    for row in in_force:
        if row.reason == Suppressed.ERASED:
            raise LiftError(
                f"This person was erased on {row.at:%Y-%m-%d}, which cannot be lifted: only they themselves"
                f" can come back, by signing up"
            )


def _named_only(rows: list[Suppression]) -> str:
    reasons = [reason for reason in NAMED if any(row.reason == reason for row in rows)]
    why = " and ".join(WHY[reason] for reason in reasons)
    flags = " or ".join(f"--only {reason}" for reason in reasons)
    return f"Nothing was lifted: this address is suppressed since {why}. If they asked for it, say {flags}"


def _words(row: Suppression) -> str:
    return f"{row.reason}, {row.list.slug if row.list else 'everywhere'}"


def _bar(row: Suppression) -> Bar:
    return Bar(Suppressed(row.reason), row.list.slug if row.list else None, row.at)
