"""How fast, and whether now: what a batch pays before it is claimed, shared by all workers.

The rows decide, so that it holds without a broker and over any number of hosts. Each payment is read,
decided by `mailer.rates`, and written where the row still is what was read; if it is not, somebody
else paid first, and it is looked at again. What a transport said stands in its own row: a time before
which nothing is offered, and how many answers in a row were unknown. While that is not none, canaries
fly: small batches, one a turn, until one of them is accepted.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from mailer.database import execute, fetch, instant
from mailer.models import Allowance, Transport
from mailer.protocol import back_off
from mailer.rates import Bucket, Rates
from mailer.transports.answers import Answer, Partly
from mailer.vocabulary import AnswerKind

CANARY = 10  # readers
TOO_MANY_REQUESTS = 429
SHORTEST_TURN = 1.0  # seconds
NEVER_SPENT = 0.0

OPEN_BUCKET = """
INSERT INTO allowance (name, spent_until) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING
"""

# A refund is no race: seconds are taken off whatever stands there.
GIVE_BACK = """
UPDATE allowance SET spent_until = spent_until - %s WHERE name = %s
"""

COUNT_DOUBT = """
INSERT INTO transport (name, doubts) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET doubts = transport.doubts + 1
RETURNING doubts
"""

# The later of two times holds.
HOLD = """
INSERT INTO transport (name, doubts, not_before) VALUES (%s, 0, %s)
ON CONFLICT (name) DO UPDATE SET not_before = excluded.not_before
WHERE transport.not_before IS NULL OR transport.not_before < excluded.not_before
"""


@dataclass(frozen=True)
class Admission:
    """Whether a batch may be claimed now: `most` readers of it are paid for, or ask at `not_before`."""

    granted: bool
    most: int
    not_before: dt.datetime | None


class _OvertakenError(Exception):
    """Somebody else changed the row first; nothing of this payment stands."""


def admit(transport: str, n: int, rates: Rates, *, now: dt.datetime) -> Admission:
    """Pay for at most `n` readers of a batch that is about to be claimed; all buckets, or none.

    Call it outside a transaction: a row that is paid from is locked until the commit. A transport in
    doubt grants canaries only, one a turn over all workers.
    """
    while True:
        known = Transport.objects.filter(pk=transport).first() or Transport(name=transport)
        turn_at = known.turn_at if known.doubts else None
        if waits := [moment for moment in (known.not_before, turn_at) if moment and moment > now]:
            return Admission(granted=False, most=0, not_before=max(waits))
        buckets = rates.buckets(transport, now)
        most = min([n, *(bucket.most for bucket in buckets), *([CANARY] if known.doubts else [])])
        spent = _spent(buckets)
        if held := _held_until(buckets, spent, now):
            return Admission(granted=False, most=0, not_before=max(held))
        if buckets or known.doubts:
            try:
                with transaction.atomic():
                    if known.doubts:
                        _take_turn(known, now=now)
                    _pay([(bucket, most) for bucket in buckets], spent, now)
            except _OvertakenError:
                continue
        return Admission(granted=True, most=most, not_before=None)


def allot(transport: str, wanted: Mapping[str, int], rates: Rates, *, now: dt.datetime) -> Mapping[str, int]:
    """Pay for readers at domains that have a cap, and return how many of each may go now.

    `wanted` counts readers by recipient domain, lower case. A domain without a cap is not in the
    result; the rest of the others must wait until `when`. Call it outside a transaction, like `admit`.
    """
    capped = rates.of_domains(transport, (domain for domain, count in wanted.items() if count > 0))
    while True:
        spent = _spent(capped.values())
        granted = {
            domain: min(wanted[domain], bucket.most)
            for domain, bucket in capped.items()
            if not _held_until([bucket], spent, now)
        }
        if not granted:
            return dict.fromkeys(capped, 0)
        try:
            with transaction.atomic():
                _pay([(capped[domain], count) for domain, count in granted.items()], spent, now)
        except _OvertakenError:
            continue
        return {domain: granted.get(domain, 0) for domain in capped}


def when(transport: str, domains: Iterable[str], rates: Rates, *, now: dt.datetime) -> dt.datetime | None:
    """Return when the first of `domains` that must wait may get letters again; None if none must."""
    buckets = rates.of_domains(transport, domains).values()
    return min(_held_until(buckets, _spent(buckets), now), default=None)


def refund(
    transport: str, n: int, rates: Rates, *, now: dt.datetime, domains: Mapping[str, int] | None = None
) -> None:
    """Give back what was paid for `n` readers, of whom `domains` were allotted, and who got no letter.

    A canary's turn is not given back: the next one is a pause away.
    """
    paid = [(bucket, n) for bucket in rates.buckets(transport, now)] if n else []
    allotted = domains or {}
    paid += [(bucket, allotted[domain]) for domain, bucket in rates.of_domains(transport, allotted).items()]
    with transaction.atomic():
        for bucket, count in paid:
            execute(GIVE_BACK, [bucket.cost(count), bucket.name])


def note(transport: str, answer: Answer, *, now: dt.datetime) -> None:
    """Remember what an answer says of its transport; call it in the transaction that settles it, last.

    An accepted answer of a trusted transport writes and locks nothing.
    """
    kind, wait = answer.kind, getattr(answer, "wait", None)
    if isinstance(answer, Partly) and (answer.accepted or answer.unknown):
        kind = AnswerKind.ACCEPTED if answer.accepted else AnswerKind.UNKNOWN
    if kind is AnswerKind.ACCEPTED:
        trust(transport)
    elif kind is AnswerKind.UNKNOWN:
        doubted(transport, now=now)
    # A rate limit, even one that says it is over, or an accepted answer that was the last for a while.
    if answer.status == TOO_MANY_REQUESTS or (wait and kind is AnswerKind.ACCEPTED):
        held = dt.timedelta(seconds=wait or back_off(1, jitter=0))
        execute(HOLD, [transport, instant(now + held)])


def trust(transport: str) -> None:
    """End the doubt in `transport`: something it was given was taken. A rate limit is another matter."""
    Transport.objects.filter(pk=transport, doubts__gt=0).update(doubts=0, turn_at=None)


def doubted(transport: str, *, now: dt.datetime) -> None:
    """Trust `transport` less: a request to it was never answered, or not so that one could tell."""
    with transaction.atomic():
        ((doubts,),) = fetch(COUNT_DOUBT, [transport])
        turn_at = now + turn(doubts)
        sooner = Q(turn_at=None) | Q(turn_at__lt=turn_at)
        Transport.objects.filter(sooner, pk=transport).update(turn_at=turn_at)


def _take_turn(known: Transport, *, now: dt.datetime) -> None:
    """Push the next canary's turn back; whoever saw the same row and comes second has none."""
    taken = Transport.objects.filter(pk=known.pk, doubts=known.doubts, turn_at=known.turn_at).update(
        turn_at=now + turn(known.doubts)
    )
    if not taken:
        raise _OvertakenError


def turn(doubts: int) -> dt.timedelta:
    """Return how long a transport in doubt waits between two canaries."""
    return dt.timedelta(seconds=max(SHORTEST_TURN, back_off(doubts, jitter=0)))


def _spent(buckets: Iterable[Bucket]) -> dict[str, float]:
    """Return until when each bucket that was ever paid from is spent."""
    names = [bucket.name for bucket in buckets]
    if not names:
        return {}
    return dict(Allowance.objects.filter(pk__in=names).values_list("name", "spent_until"))


def _held_until(buckets: Iterable[Bucket], spent: Mapping[str, float], now: dt.datetime) -> list[dt.datetime]:
    """Return when each bucket that is spent will take a payment again."""
    asked = now.timestamp()
    free_at = (bucket.free_at(spent.get(bucket.name, NEVER_SPENT), asked) for bucket in buckets)
    # A moment later, since who comes back at a moment that was rounded down is refused again.
    return [
        dt.datetime.fromtimestamp(moment, dt.UTC) + dt.timedelta(microseconds=1)
        for moment in free_at
        if moment > asked
    ]


def _pay(payments: Iterable[tuple[Bucket, int]], spent: Mapping[str, float], now: dt.datetime) -> None:
    """Take each payment, in this order, where the row still is what was read; else raise."""
    for bucket, n in payments:
        seen = spent.get(bucket.name)
        paid = bucket.pay(NEVER_SPENT if seen is None else seen, n, now.timestamp())
        if paid is None or not _swap(bucket.name, seen, paid):
            raise _OvertakenError


def _swap(name: str, seen: float | None, paid: float) -> bool:
    if seen is None:
        return bool(execute(OPEN_BUCKET, [name, paid]))
    return bool(Allowance.objects.filter(pk=name, spent_until=seen).update(spent_until=paid))
