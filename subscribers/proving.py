"""Prove that an address is one's own, by a link that only its owner was sent: once, and not for long."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from subscribers.asking import LIFE
from subscribers.models import List, Request, Subscriber
from subscribers.vocabulary import RequestKind


class Ended(StrEnum):
    """Why a link does nothing any more."""

    # it did what it was for
    USED = "used"
    # too long ago
    OVER = "over"
    # nothing of the kind is known, or the address must not be written to
    GONE = "gone"


@dataclass(frozen=True)
class Proof:
    """Whose link it is, and on which list's page it was asked for; `address` is where the letter went."""

    request: int
    person: Subscriber
    list: List
    address: str
    language: str


def standing(request_id: int, kind: RequestKind, *, at: dt.datetime) -> Proof | Ended:
    """Return what a link of a reader proves, or why nothing any more; changes nothing."""
    rows = Request.objects.select_related("list", "subscriber")
    row = rows.filter(pk=request_id, kind=kind).first()
    if row is None or row.subscriber is None:
        return Ended.GONE
    if row.used_at is not None:
        return Ended.USED
    if row.written_at is None or at - row.written_at >= LIFE[kind]:
        return Ended.OVER
    # A mailbox that they have given up since proves nothing any more; the one of a move is not theirs yet.
    if kind != RequestKind.MOVE and row.address_key != row.subscriber.address_key:
        return Ended.OVER
    return Proof(row.pk, row.subscriber, row.list, row.address, row.language)


def use(request_id: int, kind: RequestKind, *, at: dt.datetime) -> Proof | Ended:
    """Use a link up and return what it proves; of two who press at once, one."""
    there = standing(request_id, kind, at=at)
    if isinstance(there, Ended):
        return there
    if Request.objects.filter(pk=request_id, used_at=None).update(used_at=at, address=""):
        return there
    return Ended.USED
