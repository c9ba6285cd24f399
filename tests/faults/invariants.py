"""What must hold after every run, I1 to I12, and address by address against the transport's own ledger."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.conf import settings

from mailer import reports
from mailer.database import fetch
from mailer.models import Attempt, Batch, Delivery, Event, Send, Trace
from mailer.reconciling import compare
from mailer.rendering.values import MARKS, TOKEN_MARK
from mailer.tallies import checking, folding
from mailer.tracking.chosen import rewriting_of
from subscribers.models import Subscriber, Suppression
from tests.faults.oracle import Truth


@dataclass(frozen=True)
class Findings:
    """What came of the comparison; `violations` is empty where everybody is accounted for."""

    violations: list[str]
    duplicates: int
    lost: int
    suppressed_mailed: int
    possibly_twice: int
    outcomes: dict[str, int]


@dataclass
class _Ours:
    """Our rows, read once."""

    deliveries: Mapping[
        int, tuple[str, int | None, int, str, int | None]
    ]  # outcome, batch, send, key, variant
    resends: dict[int, int]  # of each delivery: decisions to send it again, above its batch
    fired: dict[str, float]
    send_of: dict[str, int]


# Whoever folds them changes none.
READ_SUMS = "SELECT send_id, measure, key, sum(n) FROM tally GROUP BY 1, 2, 3 HAVING sum(n) <> 0"
# Seconds from the point of no return until a transport has taken a copy, in these runs.
UNDER_WAY = 2.0
SOON_TAKEN = 0.3


def findings(
    truth: Truth, facts: Iterable[Mapping[str, Any]], *, shifts: Sequence[float], wait: float
) -> Findings:
    """Compare what we say with what the transport knows; call it when nothing moves any more.

    `shifts` is how far our clock was off, in order, in seconds; `wait` is that until a doubt may be decided.
    """
    ours = _read()
    by_delivery = Counter(copy.delivery for copy in truth.taken if copy.delivery)
    found: list[str] = []
    duplicates = _copies(ours, truth, by_delivery, found)
    lost = _outcomes(ours, by_delivery, found)
    facts = list(facts)
    suppressed = _left(ours, truth, facts, found, true_clock=not shifts)
    _patience(truth, found, shifts, wait)
    _commands(facts, found)
    _content(ours, truth, found)
    _reports(ours, found, by_delivery)
    if truth.forged_believed:
        found.append(f"I9: {truth.forged_believed} forged posts were believed")
    if truth.redirects_followed:
        found.append(f"a redirect was followed {truth.redirects_followed} times")
    _suppressions(truth, found)
    found += _figures()
    found += _contradictions()
    twice = sum(reports.described(send)["possibly_twice"] for send in _sends())
    outcomes = Counter(outcome for outcome, *_ in ours.deliveries.values())
    return Findings(found, duplicates, lost, suppressed, twice, dict(outcomes))


def _sends() -> Iterator[Send]:
    yield from Send.objects.select_related("edition__list").order_by("pk")


def _read() -> _Ours:
    states = dict(Batch.objects.values_list("pk", "state"))
    parents = dict(Batch.objects.values_list("pk", "parent"))
    tried = dict(Batch.objects.values_list("pk", "attempt"))
    decided = set(Attempt.objects.exclude(abandoned_by="").values_list("pk", flat=True))

    def resends(batch: int | None) -> int:
        above = set()
        while batch is not None and (batch := parents[batch]) is not None:
            if tried[batch] in decided:
                above.add(tried[batch])
        return len(above)

    deliveries = {
        pk: (
            reports.OUTCOMES.get(state or states.get(batch, ""), state or states.get(batch, "")),
            batch,
            send,
            key,
            variant,
        )
        for pk, state, batch, send, key, variant in Delivery.objects.values_list(
            "pk", "state", "batch", "send", "address_key", "variant"
        )
    }
    of_batch = {batch: resends(batch) for batch in states}
    return _Ours(
        deliveries,
        {pk: of_batch.get(row[1] or 0, 0) for pk, row in deliveries.items()},
        {pk.hex: at.timestamp() for pk, at in Attempt.objects.values_list("pk", "fired_at")},
        {pk.hex: send for pk, send in Attempt.objects.values_list("pk", "batch__send")},
    )


def _copies(ours: _Ours, truth: Truth, by_delivery: Counter[int], found: list[str]) -> int:
    """Check I1, of each delivery and of each address over all sends of the edition."""
    duplicates = 0
    for delivery, copies in sorted(by_delivery.items()):
        if delivery not in ours.deliveries:
            found.append(f"the transport has a copy of delivery {delivery}, which does not exist")
        elif copies > 1 + ours.resends[delivery]:
            duplicates += copies - 1 - ours.resends[delivery]
            found.append(
                f"I1: delivery {delivery} was taken {copies} times, with {ours.resends[delivery]} resends"
            )
    by_person: Counter[str] = Counter()
    resent: Counter[str] = Counter()
    for delivery, copies in by_delivery.items():
        if delivery in ours.deliveries:
            by_person[ours.deliveries[delivery][3]] += copies
            resent[ours.deliveries[delivery][3]] += ours.resends[delivery]
    for key, copies in by_person.items():
        if copies > 1 + resent[key] and not duplicates:
            duplicates += copies - 1 - resent[key]
            found.append(
                f"I1: one reader was written to {copies} times over all sends, with {resent[key]} resends"
            )
    unknown = [copy.attempt for copy in truth.taken if copy.delivery and copy.attempt not in ours.fired]
    if unknown:
        found.append(f"{len(unknown)} copies were taken in requests that we have no attempt of")
    return duplicates


def _outcomes(ours: _Ours, by_delivery: Counter[int], found: list[str]) -> int:
    """Check I3: accepted is taken, everything else is not; only the not confirmed may be either."""
    lost = 0
    for delivery, (outcome, *_) in sorted(ours.deliveries.items()):
        copies = by_delivery[delivery]
        if outcome == "accepted" and not copies:
            lost += 1
            found.append(f"I3: delivery {delivery} is called accepted, and the transport never took it")
        elif outcome in {"excluded", "rejected", "cancelled"} and copies:
            found.append(f"I3: delivery {delivery} is called {outcome}, and the transport took it")
        elif outcome not in {"accepted", "excluded", "rejected", "cancelled", "not_confirmed"}:
            found.append(f"I8: delivery {delivery} is still {outcome}")
    tried = dict(Attempt.objects.values_list("batch", "n"))
    alone = {batch for batch, n in tried.items() if n == 1}
    of_smtp = Attempt.objects.filter(transport="smtp").exists()
    for delivery, (outcome, batch, *_) in sorted(ours.deliveries.items()):
        if outcome == "rejected" and batch not in alone and not of_smtp:
            found.append(f"delivery {delivery} is called rejected, and was never offered alone")
    accepted = [
        (delivery, str(delivery)) for delivery, row in ours.deliveries.items() if row[0] == "accepted"
    ]
    certain = [
        (delivery, str(delivery))
        for delivery, copies in by_delivery.items()
        for _ in range(copies)
        if delivery in ours.deliveries and ours.deliveries[delivery][0] != "not_confirmed"
    ]
    comparison = compare(accepted, certain)
    if comparison.only_ours or comparison.only_theirs:
        found.append(f"the ledgers differ: {comparison.only_ours[:3]} {comparison.only_theirs[:3]}")
    return lost


def _left(
    ours: _Ours, truth: Truth, facts: list[Mapping[str, Any]], found: list[str], *, true_clock: bool
) -> int:
    """Check I4: nobody whose leaving had been committed is in a request that was fired after it.

    Where our clock was off, by when the transport took the copy, which is a little later.
    """
    left = {fact["left"]: fact["at"] for fact in reversed(facts) if "left" in fact}
    mailed = 0
    for copy in truth.taken:
        if copy.delivery not in ours.deliveries or copy.attempt not in ours.fired:
            continue
        key = ours.deliveries[copy.delivery][3]
        fired = ours.fired[copy.attempt] if true_clock else copy.at - UNDER_WAY
        if key in left and fired > left[key]:
            mailed += 1
            late = fired - left[key]
            found.append(f"I4: delivery {copy.delivery} was fired {late:.3f} s after its reader had left")
    return mailed


def _patience(truth: Truth, found: list[str], shifts: Sequence[float], wait: float) -> None:
    """Check that nobody was sent a second copy sooner than the wait after the first.

    By our own clock; where that was off, by the transport's, unless ours ran ahead: then time has passed,
    as far as anybody here can tell.
    """
    if not shifts:
        decided = Attempt.objects.exclude(abandoned_at=None).values_list("abandoned_at", "fired_at")
        took = [(at - fired).total_seconds() for at, fired in decided if at]
        found += [f"a doubt was decided after {after:.3f} s" for after in took if after < wait]
    elif all(later <= sooner for sooner, later in pairwise((0.0, *shifts))):
        taken: dict[int, list[float]] = defaultdict(list)
        for copy in truth.taken:
            taken[copy.delivery].append(copy.at)
        for delivery, moments in taken.items():
            for first, second in pairwise(sorted(moments)):
                if delivery and second - first < wait - SOON_TAKEN:
                    found.append(f"delivery {delivery} was taken again after {second - first:.3f} s")


def _commands(facts: list[Mapping[str, Any]], found: list[str]) -> None:
    """Check I5: no request is fired after a cancel has returned, nor while a pause holds."""
    for fact in facts:
        if fact["act"] == "cancel" and "attempts" in fact:
            now = {
                pk.hex for pk in Attempt.objects.filter(batch__send=fact["send"]).values_list("pk", flat=True)
            }
            if more := now - set(fact["attempts"]):
                found.append(f"I5: {len(more)} requests of send {fact['send']} were fired after its cancel")
        if fact["act"] == "pause" and "before" in fact and fact["before"] != fact["after"]:
            found.append(f"I5: requests of send {fact['send']} were fired while it was paused")


def _content(ours: _Ours, truth: Truth, found: list[str]) -> None:
    """Check I6: what was taken is what was approved, word for word but for a reader's own links.

    Where it is counted, it is what the rewriting makes of that.
    """
    rewriting = rewriting_of(settings.CONFIGURATION)
    variants = {
        number: (subject, rewriting.of(html) if tracked else html, text)
        for number, subject, html, text, tracked in fetch(
            "SELECT id, subject, html, text, tracked FROM variant"
        )
    }
    wrong: Counter[str] = Counter()
    for copy in truth.taken:
        row = ours.deliveries.get(copy.delivery)
        if row is None or row[4] is None:
            continue
        subject, html, text = variants[row[4]]
        for kind, approved in (("text/html", html), ("text/plain", text)):
            if approved and not _same(approved, copy.content.get(kind, "")):
                wrong[kind] += 1
        if copy.subject != subject:
            wrong["subject"] += 1
    found += [f"I6: the {what} of {times} copies is not what was approved" for what, times in wrong.items()]


def _same(approved: str, taken: str) -> bool:
    """Return whether `taken` is `approved`, whatever stands where the reader's own links are."""
    if taken.strip() == approved.strip():
        return True
    parts = re.split("|".join(map(re.escape, (*MARKS, TOKEN_MARK))), approved.strip())
    place = 0
    for part in parts:
        place = taken.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def _reports(ours: _Ours, found: list[str], by_delivery: Counter[int]) -> None:
    """Check I10 and I12: the report is what the rows say and what the transport says."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for outcome, _, number, *_ in ours.deliveries.values():
        counted[number][outcome] += 1
    twice = Counter(
        ours.deliveries[delivery][2]
        for delivery, copies in by_delivery.items()
        if copies > 1 and delivery in ours.deliveries
    )
    for send in _sends():
        told = reports.described(send)
        if not reports.ledger(send).adds_up:
            found.append(f"I2: the ledger of send {send.pk} does not add up at the end")
        if told["candidates"] != sum(counted[send.pk].values()):
            found.append(f"I12: send {send.pk} has {told['candidates']} candidates and other deliveries")
        found += [
            f"I10: send {send.pk} reports {told[outcome]} {outcome}, its rows {counted[send.pk][outcome]}"
            for outcome in reports.OUTCOME_ORDER
            if told[outcome] != counted[send.pk][outcome]
        ]
        lines = Counter(line["outcome"] for line in reports.lines(send))
        if lines != counted[send.pk]:
            found.append(f"I10: the lines of send {send.pk} are not its rows")
        if twice[send.pk] > told["possibly_twice"]:
            found.append(
                f"I10: {twice[send.pk]} readers of send {send.pk} were written to twice,"
                f" {told['possibly_twice']} are told of"
            )


def _figures() -> list[str]:
    """Check I10: what reports add up is what the rows say, and the rows are what the events say."""
    folding.fold()
    numbers = list(Send.objects.exclude(frozen_at=None).order_by("pk").values_list("pk", flat=True))
    different = checking.check(numbers, now=dt.datetime.now(dt.UTC), by="the fault suite")
    return [
        f"I10: send {each.send}, {each.what} {each.key or ''}: kept {each.kept}, counted {each.counted}"
        for each in different
    ]


def _suppressions(truth: Truth, found: list[str]) -> None:
    """Check I9: whoever is suppressed did bounce, complain or leave, or was suppressed by a person."""
    # One-clicks of readers are facts of the ledger of people; lies are about bounces and complaints.
    true = {
        event.address.lower()
        for event in truth.told
        if event.kind in {"bounce", "spamreport", "unsubscribe", "dropped"}
    }
    addresses = dict(Subscriber.objects.values_list("address_key", "canonical"))
    for key, reason in Suppression.objects.filter(
        reason__in=["bounced", "complained"], source="sendgrid"
    ).values_list("address_key", "reason"):
        if key in addresses and addresses[key] not in true:
            found.append(f"I9: a reader is suppressed as {reason}, and nothing of the kind happened")


def _contradictions() -> list[str]:
    """Return alarms: the transport of these runs never takes what it has refused."""
    many = Attempt.objects.exclude(contradicted_at=None).count()
    return [f"{many} requests refused for certain were told of by events"] if many else []


def state() -> dict[str, Any]:
    """Return all that events may change, to be compared before and after they are told again (I7)."""
    return {
        "deliveries": list(Delivery.objects.order_by("pk").values()),
        "batches": list(Batch.objects.order_by("pk").values()),
        "sends": list(Send.objects.order_by("pk").values("pk", "status", "finished_at")),
        "events": Event.objects.count(),
        "sums": sorted(fetch(READ_SUMS)),
        "traces": sorted(Trace.objects.values_list("delivery", "measure", "key", "machine", "agent", "at")),
        "suppressions": sorted(
            map(repr, Suppression.objects.values_list("address_key", "list", "reason", "at"))
        ),
        "people": sorted(
            map(repr, Subscriber.objects.values_list("pk", "last_opened_at", "last_clicked_at"))
        ),
    }
