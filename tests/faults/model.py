"""The pipeline in memory: rows as values, moved by mailer.protocol's decisions as mailer.batches does."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from mailer.protocol import OPEN, WAITING, Seen, Settlement, gone, lifted, proof, proves_all, settlement
from mailer.reports import OUTCOMES
from mailer.transports.answers import Answer, NotAccepted, Partly
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, SendStatus

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


@dataclass
class Send:
    status: SendStatus = SendStatus.SENDING
    candidates: int = 0


@dataclass
class Batch:
    send: int
    parent: int | None
    n: int
    state: BatchState = BatchState.PENDING
    attempt: int | None = None
    replaced: bool = False


@dataclass
class Copy:
    reader: int
    send: int
    batch: int
    state: DeliveryState | None = None


@dataclass
class Attempt:
    """A request; `copies` are those it carried, `left_before` who was suppressed when it passed T2."""

    batch: int
    copies: tuple[int, ...]
    left_before: frozenset[int]
    answer: AnswerKind | None = None
    status: int | None = None


@dataclass
class House:
    """Sends of one edition, their batches, copies and attempts, by number."""

    transport: str
    sends: dict[int, Send] = field(default_factory=dict)
    batches: dict[int, Batch] = field(default_factory=dict)
    copies: dict[int, Copy] = field(default_factory=dict)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    suppressed: set[int] = field(default_factory=set)
    sent_again: Counter[int] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        return next(self._numbers)

    def freeze(self, readers: Collection[int], size: int) -> int:
        """Write a copy for each reader, in batches of `size`."""
        send = self.number()
        self.sends[send] = Send(candidates=len(readers))
        for group in _cut(readers, size):
            batch = self._child(send, None, len(group))
            for reader in group:
                self.copies[self.number()] = Copy(reader, send, batch)
        return send

    def in_batch(self, batch: int) -> list[int]:
        return [id_ for id_, copy in self.copies.items() if copy.batch == batch and copy.state is None]

    def in_state(self, *states: BatchState) -> list[int]:
        return [id_ for id_, batch in self.batches.items() if batch.state in states]

    # T1, T2 and what gives a lease back

    def claim(self, batch: int, *, unseen: bool = False) -> int | None:
        """`unseen`: what became of the send a moment ago."""
        row = self.batches[batch]
        sending = unseen or self.sends[row.send].status is SendStatus.SENDING
        if row.state is not BatchState.PENDING or not sending:
            return None
        row.state, row.attempt = BatchState.CLAIMED, self.number()
        return row.attempt

    def release(self, batch: int) -> None:
        row = self.batches[batch]
        if row.state is BatchState.CLAIMED:
            row.state, row.attempt = BatchState.PENDING, None

    def fire(self, batch: int, attempt: int, most: int) -> Attempt | None:
        row = self.batches[batch]
        mine = row.state is BatchState.CLAIMED and row.attempt == attempt
        if not mine or self.sends[row.send].status is not SendStatus.SENDING:
            return None
        readers = self.in_batch(batch)
        assert len(readers) == row.n
        left = [id_ for id_ in readers if self.copies[id_].reader in self.suppressed]
        for id_ in left:
            below = self.below_resent(batch)
            self.copies[id_].state = DeliveryState.NOT_CONFIRMED if below else DeliveryState.EXCLUDED
        kept = [id_ for id_ in readers if id_ not in left]
        go, later = kept[:most], kept[most:]
        if later:
            self._move(later, self._child(row.send, row.parent, len(later)))
        if not go:
            row.state, row.n = BatchState.CLOSED, 0
            return None
        self.attempts[attempt] = Attempt(batch, tuple(go), frozenset(self.suppressed))
        row.state, row.n = BatchState.SUBMITTING, len(go)
        return self.attempts[attempt]

    # T3

    def settle(self, batch: int, attempt: int, answer: Answer) -> bool:
        row, known = self.batches[batch], self.attempts.get(attempt)
        if row.attempt != attempt or known is None:
            return False
        asked = max(len(known.copies), row.n) if answer.kind is AnswerKind.ADDRESS_REFUSED else row.n
        cancelled = self.sends[row.send].status is SendStatus.CANCELLED
        below = self.below_resent(batch)
        seen = Seen(row.state, asked, cancelled=cancelled, below_resent=below)
        decision = settlement(seen, answer, now=NOW)
        known.status = answer.status or known.status
        if decision is None:
            return False
        known.answer = answer.kind
        self._act(batch, decision, below=below)
        send = self.sends[row.send]
        if decision.pause and send.status in {SendStatus.SENDING, SendStatus.SETTLING}:
            send.status = SendStatus.PAUSED
        reopened = decision.after in {BatchState.PENDING, BatchState.SPLIT} or decision.parts is not None
        if reopened and send.status is SendStatus.SETTLING:
            send.status = SendStatus.SENDING
        return True

    def _act(self, batch: int, decision: Settlement, *, below: bool) -> None:
        row = self.batches[batch]
        if decision.lift:
            self.lift_below(batch)
        if decision.reader is not None:
            for id_ in self.in_batch(batch):
                self.copies[id_].state = decision.reader
                row.n -= 1
        if decision.split is not None:
            self._split(batch, decision.split)
        if decision.parts is not None:
            self._part(batch, decision, decision.parts, below=below)
            return
        row.state = lifted(decision.after, row.n)
        if decision.after is BatchState.PENDING:
            row.attempt = None

    def _split(self, batch: int, lone: int) -> None:
        row, readers = self.batches[batch], self.in_batch(batch)
        part = [lone] if lone in readers else readers[: len(readers) // 2]
        for group in (part, [id_ for id_ in readers if id_ not in part]):
            if group:
                self._move(group, self._child(row.send, batch, len(group)))
        row.n = 0

    def _part(self, batch: int, decision: Settlement, parts: Partly, *, below: bool) -> None:
        row = self.batches[batch]
        if row.state not in {BatchState.SUBMITTING, BatchState.UNKNOWN}:
            self.lift(batch, parts.accepted)
            self.lift_below(batch, parts.accepted)
            if decision.after is BatchState.CLOSED:
                row.state = BatchState.CLOSED
            return
        for id_ in set(parts.rejected) & set(self.in_batch(batch)):
            self.copies[id_].state = DeliveryState.NOT_CONFIRMED if below else DeliveryState.REJECTED
            row.n -= 1
        doubted = [id_ for id_ in self.in_batch(batch) if id_ in parts.unknown]
        waits = [id_ for id_ in self.in_batch(batch) if id_ not in {*parts.accepted, *parts.unknown}]
        for group, state in ((doubted, BatchState.UNKNOWN), (waits, decision.waiting)):
            if group:
                child = self._child(row.send, batch, len(group), state)
                self.batches[child].attempt = row.attempt if state is BatchState.UNKNOWN else None
                self._move(group, child)
                row.n -= len(group)
        row.state = decision.after if row.n else BatchState.CLOSED

    # proof

    def prove(self, attempt: int, copies: Collection[int]) -> None:
        known = self.attempts[attempt]
        for batch in [id_ for id_, row in self.batches.items() if row.attempt == attempt]:
            whole = proves_all(self.transport, known.status)
            decision = proof(self.batches[batch].state, whole=whole)
            if decision is None:
                continue
            if not whole:
                self.lift(batch, copies)
                self.lift_below(batch, copies)
                continue
            if decision.lift:
                self.lift_below(batch)
            self.batches[batch].state = decision.after
            known.answer = AnswerKind.ACCEPTED

    def lift(self, batch: int, copies: Collection[int] | None = None) -> None:
        row = self.batches[batch]
        for id_, copy in self.copies.items():
            if copy.batch != batch or (copies is not None and id_ not in copies):
                continue
            if copy.state is None and row.state is not BatchState.ACCEPTED:
                copy.state = DeliveryState.ACCEPTED
                row.n -= 1
            elif copy.state is DeliveryState.NOT_CONFIRMED:
                copy.state = DeliveryState.ACCEPTED
        row.state = lifted(row.state, row.n)

    def lift_below(self, batch: int, copies: Collection[int] | None = None) -> None:
        for child in [id_ for id_, row in self.batches.items() if row.parent == batch]:
            self.lift(child, copies)
            self.lift_below(child, copies)

    # what is decided by time or by people

    def doubt(self, batch: int) -> None:
        row = self.batches[batch]
        if row.state is BatchState.SUBMITTING:
            row.state = BatchState.UNKNOWN if row.n else BatchState.CLOSED

    def resend(self, batch: int) -> None:
        row = self.batches[batch]
        send = self.sends[row.send]
        if row.state is not BatchState.UNKNOWN or send.status in {SendStatus.CANCELLED, SendStatus.DONE}:
            return
        readers = self.in_batch(batch)
        self._move(readers, self._child(row.send, batch, row.n))
        row.state, row.n = BatchState.RESENT, 0
        self.sent_again.update(self.copies[id_].reader for id_ in readers)
        if send.status in {SendStatus.SETTLING, SendStatus.DONE_WITH_GAPS}:
            send.status = SendStatus.SENDING

    def leave_out(self, batch: int) -> None:
        if self.batches[batch].state is BatchState.UNKNOWN:
            self.batches[batch].state = BatchState.NOT_CONFIRMED

    def cancel(self, send: int) -> None:
        if self.sends[send].status in {SendStatus.DONE, SendStatus.DONE_WITH_GAPS}:
            return
        self.sends[send].status = SendStatus.CANCELLED
        for batch in self.in_state(*WAITING):
            if self.batches[batch].send == send:
                self.batches[batch].state = gone(below_resent=self.below_resent(batch))
                self.batches[batch].attempt = None

    def correct(self, send: int, size: int) -> int | None:
        """Send corrected text to the readers of cancelled batches that no correction has taken."""
        taken = [
            batch
            for batch in self.in_state(BatchState.CANCELLED)
            if self.batches[batch].send == send and not self.batches[batch].replaced
        ]
        free = [id_ for batch in taken for id_ in self.in_batch(batch)]
        for id_ in free:
            self.copies[id_].state = DeliveryState.CANCELLED
        for batch in taken:
            self.batches[batch].n, self.batches[batch].replaced = 0, True
        readers = [self.copies[id_].reader for id_ in free]
        return self.freeze([reader for reader in readers if reader not in self.suppressed], size)

    def finish(self, send: int) -> None:
        row = self.sends[send]
        states = {batch.state for batch in self.batches.values() if batch.send == send}
        running = {SendStatus.SENDING, SendStatus.SETTLING, SendStatus.DONE_WITH_GAPS}
        if row.status not in running or states & set(OPEN):
            return
        if BatchState.UNKNOWN in states:
            row.status = SendStatus.SETTLING if row.status is SendStatus.SENDING else row.status
            return
        gaps = self.outcomes(send)["not_confirmed"]
        row.status = SendStatus.DONE_WITH_GAPS if gaps else SendStatus.DONE

    # what is read

    def outcomes(self, send: int) -> Counter[str]:
        """Return the ledger as reports.ledger sums it: batches by n, and copies with a state of their own."""
        sums: Counter[str] = Counter()
        for batch in self.batches.values():
            if batch.send == send and batch.n:
                sums[OUTCOMES[batch.state]] += batch.n
        sums.update(copy.state.value for copy in self.copies.values() if copy.send == send and copy.state)
        return sums

    def outcome(self, copy: int) -> str:
        row = self.copies[copy]
        return row.state.value if row.state else OUTCOMES[self.batches[row.batch].state]

    def below_resent(self, batch: int) -> bool:
        above = self.batches[batch].parent
        while above is not None:
            if self.batches[above].state is BatchState.RESENT:
                return True
            above = self.batches[above].parent
        return False

    def _child(self, send: int, parent: int | None, n: int, state: BatchState = BatchState.PENDING) -> int:
        number = self.number()
        self.batches[number] = Batch(send, parent, n, state)
        return number

    def _move(self, copies: Collection[int], to: int) -> None:
        for id_ in copies:
            self.copies[id_].batch = to


HELD_UP = NotAccepted("held up between commit and request")


def _cut(readers: Collection[int], size: int) -> list[tuple[int, ...]]:
    every = tuple(readers)
    return [every[start : start + size] for start in range(0, len(every), size)]
