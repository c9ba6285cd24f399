"""What is known of one person and one send, as values, and what follows from it.

No database and no clock: `mailer.explaining` reads the rows, `mailer.telling` finds the words.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, EventKind, Reason, SendKind, SendStatus
from subscribers.vocabulary import Action, Status, Suppressed

# Answers after which it is certain that nothing of the request was taken.
CERTAINLY_NOT = frozenset({AnswerKind.NOT_ACCEPTED, AnswerKind.REFUSED, AnswerKind.ADDRESS_REFUSED})
# Reasons written just before a request leaves; all others are written at the freeze.
AT_THE_REQUEST = frozenset({Reason.UNSUBSCRIBED_SINCE, Reason.SUPPRESSED_SINCE, Reason.ERASED})
# Reasons asked for only of those who were active.
_ASKED_OF_THE_ACTIVE = AT_THE_REQUEST | {Reason.NO_STORY, Reason.ALREADY_HAS_THIS_EDITION}


class Taking(StrEnum):
    """Whether a transport took this reader's copy with one request."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Decision(StrEnum):
    """What was decided about a reader whose request was in doubt."""

    SENT_AGAIN = "sent_again"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Sending:
    """The send that is asked about."""

    id: int
    kind: SendKind
    status: SendStatus
    edition: int
    title: str
    list: str
    scheduled_at: dt.datetime
    frozen_at: dt.datetime | None
    to_segment: bool = False
    segment: str = ""  # its slug
    # Of a send to a segment that has not begun: whether the segment has this person now.
    in_segment: bool | None = None
    # Of a test that has not begun: whether it names this address.
    invited: bool = False
    corrects: int | None = None
    pause_reason: str = ""


@dataclass(frozen=True)
class Standing:
    """The person on the send's list, as of now; `chose` empty: everything."""

    status: Status
    everything: bool
    chose: tuple[str, ...]
    since: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True)
class Agreed:
    """One line of consent; `chose` is what they chose with it, where that was noted."""

    action: Action
    at: dt.datetime
    how: str
    chose: str = ""


@dataclass(frozen=True)
class Barred:
    """One suppression that touches the send's list, lifted or not."""

    reason: Suppressed
    everywhere: bool
    source: str
    at: dt.datetime
    lifted_at: dt.datetime | None = None
    lifted_because: str = ""

    def in_force(self, moment: dt.datetime) -> bool:
        """Return whether the address was not to be written to at that moment."""
        return self.at <= moment and (self.lifted_at is None or moment < self.lifted_at)


@dataclass(frozen=True)
class Letter:
    """The variant a reader gets; each of `sets` is a set of interests that yields it, () is everything."""

    id: int
    subject: str
    readers: int
    sets: tuple[tuple[str, ...], ...] = ()
    text_only: bool = False
    tracked: bool = True


@dataclass(frozen=True)
class Part:
    """One batch on the reader's way from the freeze to where they are now."""

    id: int
    state: BatchState
    readers: int
    attempt: str = ""
    not_before: dt.datetime | None = None
    replaced_by: int | None = None


@dataclass(frozen=True)
class Request:
    """One attempt that was made for a batch the reader is or was in."""

    id: str
    batch: int
    transport: str
    readers: int
    fired_at: dt.datetime
    answer: AnswerKind | None = None
    status: int | None = None
    detail: str = ""
    message_id: str = ""
    settled_at: dt.datetime | None = None
    settled_by: str = ""
    abandoned_by: str = ""
    abandoned_at: dt.datetime | None = None
    contradicted_at: dt.datetime | None = None


@dataclass(frozen=True)
class Happened:
    """One event about the reader's copy, on the provider's clock; `attempt` '' where it named none."""

    kind: EventKind
    at: dt.datetime
    machine: bool = False
    link: str = ""
    detail: str = ""
    attempt: str = ""


@dataclass(frozen=True)
class Copy:
    """The reader's copy; `parts` leads from the batch of the freeze to the one they are in now."""

    delivery: int
    outcome: str
    state: DeliveryState | None = None
    reason: Reason | None = None
    letter: Letter | None = None
    parts: tuple[Part, ...] = ()
    requests: tuple[Request, ...] = ()
    events: tuple[Happened, ...] = ()

    def taking(self, request: Request) -> Taking:
        """Return whether the transport took this reader's copy with `request`."""
        if any(event.attempt == request.id for event in self.events):
            return Taking.YES
        if request.answer in CERTAINLY_NOT:
            return Taking.NO
        if request.answer is AnswerKind.ACCEPTED:
            return Taking.YES
        if request.answer is AnswerKind.PARTLY:
            return self._taking_of_one(request)
        return Taking.MAYBE

    def _taking_of_one(self, request: Request) -> Taking:
        """Read an answer that went reader by reader from where it put this one.

        Those in doubt move to a batch that keeps the attempt, those certainly not taken to one that does not.
        """
        places = [place for place, part in enumerate(self.parts) if part.id == request.batch]
        below = self.parts[places[0] + 1 :] if places else ()
        if not below:
            return Taking.NO if self.state is DeliveryState.REJECTED else Taking.YES
        return Taking.MAYBE if below[0].attempt == request.id else Taking.NO

    def decision(self, request: Request) -> Decision | None:
        """Return what was decided about this reader when `request` was in doubt; None: nothing was."""
        if not request.abandoned_by:
            return None
        holding = [place for place, part in enumerate(self.parts) if request.id == part.attempt] or [
            place for place, part in enumerate(self.parts) if request.batch == part.id
        ]
        if not holding:
            return None
        if holding[-1] == len(self.parts) - 1:
            return Decision.LEFT_OUT
        # What was sent again is resent, or closed once it was proved or refused after all.
        again = self.parts[holding[-1]].state in (BatchState.RESENT, BatchState.CLOSED)
        return Decision.SENT_AGAIN if again else None

    @property
    def possibly_twice(self) -> bool:
        """Return whether it was sent again, and more than one request may have been taken."""
        again = any(self.decision(request) is Decision.SENT_AGAIN for request in self.requests)
        return again and sum(self.taking(request) is not Taking.NO for request in self.requests) > 1


@dataclass(frozen=True)
class Elsewhere:
    """Another send of the same edition that has this person among its candidates."""

    send: int
    outcome: str


@dataclass(frozen=True)
class Known:
    """All there is to tell; `copy` None: this person is no candidate of the send."""

    address: str  # as it was asked about
    name: str
    here: bool  # whether there is a subscriber of this address now
    sending: Sending
    standing: Standing | None = None
    agreed: tuple[Agreed, ...] = ()
    barred: tuple[Barred, ...] = ()
    copy: Copy | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def status_at_freeze(self) -> Status | None:
        """Return how the subscription stood when the audience was frozen; None: that is not recorded."""
        if self.copy is None or self.sending.kind is SendKind.TEST:
            return None
        reason = self.copy.reason
        if self.copy.state is not DeliveryState.EXCLUDED or reason in _ASKED_OF_THE_ACTIVE:
            return Status.ACTIVE
        return (
            {Reason.PAUSED: Status.PAUSED, Reason.UNCONFIRMED: Status.PENDING}.get(reason) if reason else None
        )

    @property
    def chose_at_freeze(self) -> tuple[str, ...] | None:
        """Return what they had chosen then, () for everything; None where they have changed it since."""
        frozen, standing = self.sending.frozen_at, self.standing
        if frozen is None or standing is None or standing.changed_at > frozen:
            return None
        return () if standing.everything else standing.chose

    @property
    def gone_at(self) -> dt.datetime | None:
        """Return when, after the freeze, they first left or were suppressed."""
        frozen = self.sending.frozen_at
        moments = [line.at for line in self.agreed if line.action is Action.WITHDRAWN]
        moments += [bar.at for bar in self.barred]
        return min((moment for moment in moments if frozen and moment > frozen), default=None)

    @property
    def carried(self) -> tuple[Request, ...]:
        """Return the requests that carried this reader, oldest first.

        Who was left out of a request had been in earlier ones only if those were certainly not taken.
        """
        if self.copy is None or self.copy.reason not in AT_THE_REQUEST:
            return self.copy.requests if self.copy else ()
        excluded, gone, last = self.copy.state is DeliveryState.EXCLUDED, self.gone_at, self.copy.parts[-1:]
        return tuple(
            request
            for request in self.copy.requests
            if (request.fired_at < gone if gone else excluded or request.batch not in [at.id for at in last])
            and (request.answer in CERTAINLY_NOT or not excluded)
        )
