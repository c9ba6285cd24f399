"""Any order of claims, deaths, answers, events and decisions: what must hold, holds after every step."""

import os
import random
from collections.abc import Callable
from typing import Any

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Partly, Refused, Unknown
from mailer.vocabulary import BatchState, SendStatus
from tests.faults.model import HELD_UP, House

EXAMPLES = int(os.environ.get("TESTS_MACHINE_EXAMPLES", "200"))
READERS = range(9)
POISONED = {2, 7}  # the provider refuses whatever carries their addresses
picks = st.integers(0, 2**16)
whole_fates = st.sampled_from(
    [
        *("accept", "accept_and_be_lost") * 3,
        *("accept_with_500", "lose", "say_503", "say_429", "say_401"),
    ]
)
reader_fates = st.sampled_from(["accepted", "accepted", "taken", "lost", "rejected", "deferred", "unsent"])

# As often as they stand here.
MOVES = (
    *("deliver",) * 6,
    *("hear", "tell") * 4,
    *("doubt", "decide") * 3,
    *("claim", "fire", "submit", "die_before_the_answer_is_kept") * 2,
    *("let_a_lease_run_out", "die_before_the_request", "unsubscribe", "correct", "sweep"),
    "cancel",
)


class Pipeline(RuleBasedStateMachine):
    """A house, and the provider's own book of who was really written to."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House("sendgrid")
        self.claimed: list[tuple[int, int]] = []  # leases that workers hold, alive or not
        self.ready: list[int] = []  # attempts past T2 whose request has not begun
        self.too_late: set[int] = set()
        self.heard: dict[int, Answer] = {}  # answers on their way home
        self.book: dict[int, set[int]] = {}  # attempt -> copies that the provider took
        self.refused: set[int] = set()  # copies whose address the provider refused by name
        self.proven: set[int] = set()  # copies of which there was evidence that they were taken
        self.fired_when_stopped = False
        self.draw: Callable[[st.SearchStrategy[Any]], Any] = lambda strategy: strategy.example()

    @initialize(transport=st.sampled_from(["sendgrid", "smtp"]), size=st.integers(1, 4))
    def freeze(self, transport: str, size: int) -> None:
        self.house = House(transport)
        self.house.freeze(READERS, size)

    # One rule, since Hypothesis leaves rules out at random, and nothing moves without all of these.
    @rule(number=picks, data=st.data())
    def move(self, number: int, data: st.DataObject) -> None:
        self.draw = data.draw
        # Scattered, since small numbers are drawn more often.
        chance = random.Random(number)  # noqa: S311 - the same number is the same move
        move = chance.choice(MOVES)
        note(move)
        getattr(self, move)(chance.randrange(2**16))

    def pick(self, among: list[int], number: int) -> int | None:
        return among[number % len(among)] if among else None

    # workers

    def deliver(self, number: int) -> None:
        for step in (self.claim, self.fire, self.submit):
            step(number)

    def claim(self, number: int) -> None:
        batch = self.pick(self.house.in_state(BatchState.PENDING), number)
        # Its statement may have begun before the send was stopped: the point of no return looks again.
        if batch is not None and (attempt := self.house.claim(batch, unseen=number % 3 == 0)):
            self.claimed.append((batch, attempt))

    def fire(self, number: int) -> None:
        if self.claimed:
            batch, attempt = self.claimed.pop(number % len(self.claimed))
            if self.house.fire(batch, attempt, self.draw(st.sampled_from([1, 3, 9, 9]))):
                self.ready.append(attempt)
                send = self.house.sends[self.house.batches[batch].send]
                self.fired_when_stopped |= send.status is not SendStatus.SENDING

    def let_a_lease_run_out(self, number: int) -> None:
        batch = self.pick(self.house.in_state(BatchState.CLAIMED), number)
        if batch is not None:
            self.house.release(batch)

    def submit(self, number: int) -> None:
        if not self.ready:
            return
        attempt = self.ready.pop(number % len(self.ready))
        copies = self.house.attempts[attempt].copies
        if attempt in self.too_late:
            self.heard[attempt] = HELD_UP
        elif self.house.transport == "smtp":
            fates = st.lists(reader_fates, min_size=len(copies), max_size=len(copies))
            self.heard[attempt] = self.letter_by_letter(attempt, self.draw(fates))
        else:
            self.heard[attempt] = self.whole(attempt, self.draw(whole_fates), index=number % 2 == 0)

    def whole(self, attempt: int, fate: str, *, index: bool) -> Answer:
        copies = self.house.attempts[attempt].copies
        poisoned = [copy for copy in copies if self.house.copies[copy].reader in POISONED]
        if poisoned and "accept" in fate:
            return AddressRefused("bad address", delivery=poisoned[0] if index else 0)
        if fate == "accept_with_500":
            self.book[attempt] = set(copies[::2])
        elif "accept" in fate:
            self.book[attempt] = set(copies)
        said: dict[str, Answer] = {
            "accept": Accepted(202, "m"),
            "accept_with_500": Unknown("500", 500),
            "say_503": Unknown("503", 503),
            "say_429": NotAccepted("429", 429, wait=1),
            "say_401": Refused("401", 401),
        }
        return said.get(fate, Unknown("no answer"))

    def letter_by_letter(self, attempt: int, fates: list[str]) -> Answer:
        told = list(zip(self.house.attempts[attempt].copies, fates, strict=True))
        # A session ends with the first reader who is in doubt.
        doubted = next(
            (place for place, (_, fate) in enumerate(told) if fate in {"taken", "lost"}), len(told)
        )
        told = told[: doubted + 1]
        self.book[attempt] = {copy for copy, fate in told if fate in {"accepted", "taken"}}
        self.refused |= {copy for copy, fate in told if fate == "rejected"}
        return Partly(
            accepted=tuple(copy for copy, fate in told if fate == "accepted"),
            unknown=tuple(copy for copy, fate in told if fate in {"taken", "lost"}),
            rejected={copy: "550" for copy, fate in told if fate == "rejected"},
            deferred={copy: "450" for copy, fate in told if fate == "deferred"},
        )

    def hear(self, number: int) -> None:
        attempt = self.pick(list(self.heard), number)
        if attempt is not None:
            answer = self.heard.pop(attempt)
            self.house.settle(self.house.attempts[attempt].batch, attempt, answer)
            if isinstance(answer, Accepted):
                self.proven.update(self.book[attempt])
            elif isinstance(answer, Partly):
                self.proven.update(answer.accepted)

    def die_before_the_answer_is_kept(self, number: int) -> None:
        journal = self.draw(st.booleans())
        attempt = self.pick(list(self.heard), number)
        if attempt is None:
            return
        answer = self.heard.pop(attempt)
        if journal and not isinstance(answer, Partly):  # letter by letter, each answer is in the journal
            answer = Unknown("the process ended")
        if journal:
            self.heard[attempt] = answer

    def die_before_the_request(self, number: int) -> None:
        if self.ready:
            self.ready.pop(number % len(self.ready))

    # time, people, and what comes back

    def doubt(self, number: int) -> None:
        batch = self.pick(self.house.in_state(BatchState.SUBMITTING), number)
        if batch is not None:
            self.too_late.add(self.house.batches[batch].attempt or 0)
            self.house.doubt(batch)

    def decide(self, number: int) -> None:
        batch = self.pick(self.house.in_state(BatchState.UNKNOWN), number)
        if batch is not None:
            self.too_late.add(self.house.batches[batch].attempt or 0)
            (self.house.resend if self.draw(st.booleans()) else self.house.leave_out)(batch)

    def tell(self, number: int) -> None:
        """An event, early, late or doubled, about a copy that was really taken."""
        # Of a request that is answered with a 5xx, a part may be taken: that is known once it is answered.
        told = [
            (attempt, copy)
            for attempt, copies in self.book.items()
            if not (attempt in self.heard and self.heard[attempt].status) or self.whole_was_taken(attempt)
            for copy in sorted(copies)
        ]
        told = [each for each in told if self.whole_was_taken(each[0]) or self.is_known(each[0])]
        if told:
            attempt, copy = told[number % len(told)]
            self.house.prove(attempt, {copy})
            self.proven.update(self.book[attempt] if not self.is_known(attempt) else {copy})

    def whole_was_taken(self, attempt: int) -> bool:
        return self.book[attempt] == set(self.house.attempts[attempt].copies)

    def is_known(self, attempt: int) -> bool:
        return self.house.transport == "smtp" or (self.house.attempts[attempt].status or 0) >= 500

    def unsubscribe(self, number: int) -> None:
        self.house.suppressed.add(number % len(READERS))

    def cancel(self, number: int) -> None:
        self.house.cancel(list(self.house.sends)[number % len(self.house.sends)])

    def correct(self, number: int) -> None:
        over = [id_ for id_, send in self.house.sends.items() if send.status is SendStatus.CANCELLED]
        if (send := self.pick(over, number)) and len(self.house.sends) < 4:
            self.house.correct(send, self.draw(st.integers(1, 9)))

    def sweep(self, _number: int = 0) -> None:
        for id_, send in self.house.sends.items():
            if send.status is SendStatus.CANCELLED:
                self.house.cancel(id_)
            elif send.status is SendStatus.PAUSED:
                send.status = SendStatus.SENDING
            self.house.finish(id_)

    # what must hold

    def copies_of(self, reader: int) -> int:
        """How many copies the provider took for a reader, and may still take."""
        taken = [copy for copies in self.book.values() for copy in copies]
        coming = [
            copy
            for attempt in self.ready
            if attempt not in self.too_late
            for copy in self.house.attempts[attempt].copies
        ]
        return sum(self.house.copies[copy].reader == reader for copy in taken + coming)

    @invariant()
    def nobody_has_more_copies_than_were_decided(self) -> None:
        """I1."""
        for reader in READERS:
            assert self.copies_of(reader) <= 1 + self.house.sent_again[reader]

    @invariant()
    def the_ledger_adds_up(self) -> None:
        """I2, and each batch holds as many readers as it says."""
        for id_, send in self.house.sends.items():
            assert sum(self.house.outcomes(id_).values()) == send.candidates
        for number, batch in self.house.batches.items():
            assert batch.n == len(self.house.in_batch(number))

    @invariant()
    def what_is_said_of_a_copy_is_true(self) -> None:
        """I3: accepted was taken, excluded, rejected and cancelled were not."""
        taken = {copy for copies in self.book.values() for copy in copies}
        for copy in self.house.copies:
            outcome = self.house.outcome(copy)
            assert outcome != "accepted" or copy in taken
            assert outcome not in {"excluded", "rejected", "cancelled"} or copy not in taken
            poisoned = self.house.copies[copy].reader in POISONED
            assert outcome != "rejected" or poisoned or copy in self.refused

    @invariant()
    def evidence_always_wins(self) -> None:
        for copy in self.proven:
            assert self.house.outcome(copy) == "accepted"

    @invariant()
    def who_left_before_the_point_of_no_return_is_in_no_request(self) -> None:
        """I4."""
        for attempt in self.house.attempts.values():
            assert not attempt.left_before & {self.house.copies[copy].reader for copy in attempt.copies}

    @invariant()
    def nothing_passes_the_point_of_no_return_after_a_cancel_or_a_pause(self) -> None:
        """I5."""
        assert not self.fired_when_stopped

    @invariant()
    def unknown_is_never_called_done(self) -> None:
        """I11."""
        for id_, send in self.house.sends.items():
            if send.status in {SendStatus.DONE, SendStatus.DONE_WITH_GAPS}:
                left = self.house.outcomes(id_)
                assert not left["unknown"] + left["pending"] + left["in_flight"]
                assert (send.status is SendStatus.DONE) <= (left["not_confirmed"] == 0)

    def teardown(self) -> None:
        """I8: once nothing goes wrong any more, every send comes to its end, and I3 holds of it."""
        while self.heard:
            self.hear(0)
        for _ in range(40):
            self.sweep()
            for batch in self.house.in_state(BatchState.CLAIMED):
                self.house.release(batch)
            for batch in self.house.in_state(BatchState.SUBMITTING):
                self.house.doubt(batch)
            for batch in self.house.in_state(BatchState.UNKNOWN):
                self.house.leave_out(batch)
            for batch in self.house.in_state(BatchState.PENDING):
                attempt = self.house.claim(batch)
                if attempt and self.house.fire(batch, attempt, 9):
                    copies = self.house.attempts[attempt].copies
                    answer = self.whole(attempt, "accept", index=False)
                    if self.house.transport == "smtp":
                        self.book[attempt] = set(copies)
                        answer = Partly(accepted=copies)
                    self.house.settle(batch, attempt, answer)
        over = {SendStatus.DONE, SendStatus.DONE_WITH_GAPS, SendStatus.CANCELLED}
        assert {send.status for send in self.house.sends.values()} <= over
        self.what_is_said_of_a_copy_is_true()
        self.nobody_has_more_copies_than_were_decided()
        self.the_ledger_adds_up()


TestPipeline = Pipeline.TestCase
TestPipeline.settings = settings(max_examples=EXAMPLES, stateful_step_count=50, deadline=None)
