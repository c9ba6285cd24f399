"""Move to another address, which its owner has proved by opening the letter that went there."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from subscribers import proving
from subscribers.addresses import parse
from subscribers.amending import Wish, amend
from subscribers.collisions import again_after_collision
from subscribers.evidence import UNSTATED, Origin
from subscribers.models import List, Request, Subscriber
from subscribers.proving import Ended
from subscribers.readdressing import AddressTakenError
from subscribers.vocabulary import RequestKind

WHO = "the reader"
HOW = "links in letters to the old and to the new address"


@dataclass(frozen=True)
class Move:
    """What a link would do: letters go from `old` to `new`; `list` is the one on whose page it was asked."""

    list: List
    old: str
    new: str


@dataclass(frozen=True)
class Taken:
    """The new address is somebody's already, or must not be written to; nothing was changed."""

    list: List


def standing(request_id: int, *, at: dt.datetime) -> Move | Ended:
    """Return what the link would do, or why it does nothing any more; changes nothing."""
    proof = proving.standing(request_id, RequestKind.MOVE, at=at)
    if isinstance(proof, Ended):
        return proof
    return Move(proof.list, proof.person.address, proof.address)


def move(
    request_id: int, subscriber_id: int, *, origin: Origin = UNSTATED, at: dt.datetime
) -> Move | Taken | Ended:
    """Give the person who asked, and nobody who asked for the same since, their address; twice is once."""
    return again_after_collision(lambda: _move(request_id, subscriber_id, origin, at))


def _move(request_id: int, subscriber_id: int, origin: Origin, at: dt.datetime) -> Move | Taken | Ended:
    # People are locked before what hangs on them.
    list(Subscriber.objects.select_for_update(no_key=True).filter(pk=subscriber_id))
    rows = Request.objects.select_for_update(of=("self",), no_key=True).filter(pk=request_id)
    if [row.subscriber_id for row in rows] != [subscriber_id]:
        return Ended.GONE
    there = standing(request_id, at=at)
    if isinstance(there, Ended):
        return there
    try:
        with transaction.atomic():
            amend(parse(there.old).canonical, Wish(address=there.new), how=HOW, by=WHO, at=at, origin=origin)
    except AddressTakenError:
        return Taken(there.list)
    Request.objects.filter(pk=request_id).update(used_at=at, address="")
    return there
