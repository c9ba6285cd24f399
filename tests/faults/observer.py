"""Whoever watches a run: samples the sums, says what a person would do now, and judges at the end."""

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Q

from mailer import events, faultpoints, sends
from mailer.models import Batch, Event, EventBody, Send
from mailer.protocol import OPEN
from mailer.sandbox.events import DueEvent, body, payload
from mailer.vocabulary import BatchState, SendStatus
from tests.faults import invariants, oracle, product, sampling
from tests.faults.chaos import Scenario
from tests.faults.processes import pause
from tests.faults.product import PLANNED, TIMINGS, Place

BOUND = 20.0  # seconds in which a send has to settle once nothing goes wrong any more (I8)
LOOK = 0.04  # seconds between samples
# What proof that comes after a decision makes of a batch.
PROVABLE = {
    BatchState.NOT_CONFIRMED: (BatchState.ACCEPTED, BatchState.CLOSED),
    BatchState.RESENT: (BatchState.CLOSED,),
}
AGAIN = 0.15  # seconds before a person who was not heard says it again
RESULT = "result.json"


class Observer:
    """Runs in a child that is never killed; `say` tells the house what a person would do."""

    def __init__(self, scenario: Scenario, place: Place, say: Callable[[str], object]) -> None:
        self._scenario, self._place, self._say = scenario, place, say
        self._asked: dict[str, float] = {}
        self._sampler = sampling.Sampler()
        self._frozen = False

    def watch(self, hear: Callable[[], str]) -> None:
        """Watch until all is settled or time is up, have everybody stopped, and write the result."""
        calm_since = 0.0
        settled = False
        while True:
            pause(LOOK)
            if not calm_since and (self._place.folder / oracle.CALM).exists():
                calm_since = time.monotonic()
            try:
                self._sampler.look()
                if not self._frozen and Send.objects.exclude(frozen_at=None).exists():
                    self._frozen = True
                    self._say("frozen")
                self._act()
                settled = bool(calm_since) and self._settled()
            except DatabaseError:
                connection.close()
                continue
            if settled or (calm_since and time.monotonic() - calm_since > BOUND):
                break
        took = time.monotonic() - calm_since
        self._say("quiet")
        hear()
        result = self._judged(settled=settled)
        result["settle"] = round(took, 3)
        (self._place.folder / RESULT).write_text(json.dumps(result), encoding="utf-8")

    def _act(self) -> None:
        """Do what the product leaves to a person: resume what was paused, decide what is unknown."""
        stopped = Send.objects.filter(status__in=[SendStatus.PAUSED, SendStatus.MISSED])
        for send in stopped.exclude(pause_reason=PLANNED).values_list("pk", flat=True):
            self._ask(f"resume {send}")
        decision = self._scenario.decision
        if decision in {"resend", "leave_out", "look_up"}:
            long_ago = product.now().timestamp() - TIMINGS.unknown_wait
            waiting = Batch.objects.filter(state=BatchState.UNKNOWN)
            for send, status, fired_at in waiting.values_list("send", "send__status", "fired_at"):
                if fired_at and fired_at.timestamp() < long_ago:
                    ended = status == SendStatus.CANCELLED and decision == "resend"
                    self._ask(f"{'leave_out' if ended else decision} {send}")

    def _ask(self, wish: str) -> None:
        if time.monotonic() - self._asked.get(wish, 0.0) > AGAIN:
            self._asked[wish] = time.monotonic()
            self._say(wish)

    def _settled(self) -> bool:
        """Return whether nothing is open, in doubt, unapplied or untold."""
        if not (self._place.folder / "acted").exists():
            return False
        over = [SendStatus.DONE, SendStatus.DONE_WITH_GAPS, SendStatus.CANCELLED]
        return (
            not (
                Send.objects.exclude(status__in=over).exists()
                or Send.objects.filter(status=SendStatus.CANCELLED, finished_at=None).exists()
                or Batch.objects.filter(Q(state__in=OPEN) | Q(state=BatchState.UNKNOWN)).exists()
                or not oracle.idle(self._scenario, self._place.folder)
                or EventBody.objects.filter(applied_at=None).exists()
            )
            and Send.objects.exists()
        )

    def _judged(self, *, settled: bool) -> dict[str, Any]:
        """Return the result of the run, once nothing but this process is left."""
        # A request that was decided about long ago may have been taken, and told of, in the last moment.
        for number in EventBody.objects.filter(applied_at=None).values_list("pk", flat=True):
            events.apply(number, now=product.now())
        truth = oracle.truth(self._scenario, self._place.folder)
        facts = product.facts_of(self._place)
        shifts = [act.size for act in self._scenario.acts if act.what == "clock"]
        violations = sorted(self._sampler.violations)
        if not settled:
            violations.append(
                f"I8: not settled {BOUND:g} s after nothing went wrong any more: {self._open()}"
            )
        else:
            violations += self._replayed(truth)
        found = invariants.findings(truth, facts, shifts=shifts, wait=TIMINGS.unknown_wait)
        return {
            **asdict(found),
            "violations": violations + found.violations,
            "samples": self._sampler.samples,
            "requests": truth.requests,
            "copies": len(truth.taken),
            "faults": truth.faults,
            "statuses": list(Send.objects.order_by("pk").values_list("status", flat=True)),
        }

    def _replayed(self, truth: oracle.Truth) -> list[str]:
        """Check I7: all events again, in another order, and one more sweep, change nothing."""
        before = invariants.state()
        chance = random.Random(self._scenario.seed)  # noqa: S311 - any order will do
        told = list(truth.told)
        chance.shuffle(told)
        for start in range(0, len(told), 97):
            if number := events.store(_body(told[start : start + 97]), now=product.now()):
                events.apply(number, now=product.now())
        if invariants.state() != before:
            changed = [name for name, value in invariants.state().items() if value != before[name]]
            new = Event.objects.order_by("-pk").values_list(
                "kind", "delivery_ref", "at", "address_key", "machine"
            )
            more = [
                tuple(map(str, row))
                for row in new[: max(0, min(3, Event.objects.count() - before["events"]))]
            ]
            faults = list(EventBody.objects.exclude(fault="").values_list("fault", flat=True))
            return [f"I7: told again, events changed {', '.join(changed)}: {more} {faults}"]
        if late := self._told_later(told):
            return [late]
        sends.tidy(now=product.now())
        after = invariants.state()
        # The last processes have died a moment ago: their journals may prove what was decided in doubt.
        states = {row["id"]: row["state"] for row in after["batches"]}
        for row in before["batches"]:
            was, is_ = row["state"], states[row["id"]]
            if is_ not in {was, *PROVABLE.get(was, ())}:
                return [f"the journals of the dead changed a batch from {was} to {is_}"]
        sends.tidy(now=product.now())
        return [] if invariants.state() == after else ["I7: one more sweep changed something"]

    def _told_later(self, told: list[DueEvent]) -> str:
        """Return what is wrong where what happens once more, an hour later, moves a first time."""
        before = invariants.state()["deliveries"]
        kinds = {"processed", "delivered", "deferred", "open", "click"}
        later = [replace(each, happened_at=each.happened_at + 3600) for each in told if each.kind in kinds][
            :40
        ]
        if later and (number := events.store(_body(later), now=product.now())):
            events.apply(number, now=product.now())
        return "" if invariants.state()["deliveries"] == before else "I7: a later event moved a first time"

    def _open(self) -> str:
        batches = list(
            Batch.objects.filter(Q(state__in=OPEN) | Q(state=BatchState.UNKNOWN)).values_list(
                "send", "state", "not_before", "lease_until"
            )
        )
        statuses = list(Send.objects.values_list("pk", "status", "pause_reason"))
        bodies = EventBody.objects.filter(applied_at=None).count()
        idle = oracle.idle(self._scenario, self._place.folder)
        acted = (self._place.folder / "acted").exists()
        some = [tuple(map(str, batch)) for batch in batches[:5]]
        return f"{statuses} {some} bodies {bodies}, told {idle}, acted {acted}"


def _body(told: list[DueEvent]) -> bytes:
    return body([json.dumps(payload(event)).encode() for event in told])


def observe(scenario: Scenario, place: Place, wishes: int, words: int) -> None:
    """Watch a run: `wishes` is written to, `words` read from."""

    def say(wish: str) -> None:
        os.write(wishes, f"{wish}\n".encode())

    def hear() -> str:
        return os.read(words, 100).decode()

    faultpoints.arm(None)
    product.policy(scenario.decision)
    product.schedule(place)
    say("scheduled")
    Observer(scenario, place, say).watch(hear)


def result_of(folder: Path) -> dict[str, Any] | None:
    """Return the result that an observer wrote, if it came to that."""
    path = folder / RESULT
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
