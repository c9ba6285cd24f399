"""What happened to one person in one send, in order, each thing a sentence."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.telling.known import AT_THE_REQUEST, Copy, Decision, Happened, Known, Letter, Request, Taking
from mailer.telling.words import BY_MACHINE, EVENTS, REASONS, SETTLERS, SUPPRESSED, listed, readers, spaced
from mailer.vocabulary import AnswerKind, BatchState
from subscribers.vocabulary import Action, Suppressed

# Where things stand in one moment: decisions before the next request, answers after theirs.
_BEFORE, _THEN, _AFTER = 0, 1, 2


@dataclass(frozen=True)
class Step:
    """One thing that happened; `at` None: it is not recorded when, but the order is."""

    at: dt.datetime | None
    text: str


_Placed = Iterator[tuple[dt.datetime, int, Step]]


def steps(known: Known) -> tuple[Step, ...]:
    """Return everything that happened, in order; other sends of the edition come last."""
    placed = [*_consents(known), *_suppressions(known)]
    if known.copy is not None:
        placed += [*_freeze(known, known.copy), *_requests(known, known.copy), *_events(known, known.copy)]
    elsewhere = (
        Step(None, f"send {other.send} of the same edition: {spaced(other.outcome)}")
        for other in known.elsewhere
    )
    return (*(step for *_, step in sorted(placed, key=lambda each: each[:2])), *elsewhere)


def _consents(known: Known) -> _Placed:
    for line in known.agreed:
        chose = f" ({line.chose})" if line.chose else ""
        yield line.at, _THEN, Step(line.at, f"consent: {line.action}{chose}, “{line.how}”")


def _suppressions(known: Known) -> _Placed:
    withdrawn = {line.at for line in known.agreed if line.action is Action.WITHDRAWN}
    for bar in known.barred:
        where = "everywhere" if bar.everywhere else f"on {known.sending.list}"
        # Leaving writes both at once; it is told once.
        if bar.reason is not Suppressed.UNSUBSCRIBED or bar.at not in withdrawn:
            source = f" ({bar.source})" if bar.source else ""
            yield bar.at, _THEN, Step(bar.at, f"suppressed {where}: {SUPPRESSED[bar.reason]}{source}")
        if bar.lifted_at:
            why = f", “{bar.lifted_because}”" if bar.lifted_because else ""
            yield bar.lifted_at, _THEN, Step(bar.lifted_at, f"suppression {where} lifted{why}")


def _freeze(known: Known, copy: Copy) -> _Placed:
    at = known.sending.frozen_at or known.sending.scheduled_at
    into = f"frozen into send {known.sending.id}"
    # Whoever has a batch was in it: what is held against them came later.
    if not copy.parts and copy.reason:
        status = f" (then {known.status_at_freeze})" if known.status_at_freeze else ""
        yield at, _THEN, Step(at, f"{into}{status}: {spaced(copy.outcome)}, because {REASONS[copy.reason]}")
        return
    facts = [str(known.status_at_freeze)] if known.status_at_freeze else []
    if known.chose_at_freeze is not None and known.status_at_freeze:
        facts.append(f"chose {listed(known.chose_at_freeze)}")
    letter = [_lettered(copy.letter)] if copy.letter else []
    batch = [f"batch {copy.parts[0].id}"] if copy.parts else []
    yield (
        at,
        _THEN,
        Step(at, f"{into}: {'; '.join([*([', '.join(facts)] if facts else []), *letter, *batch])}"),
    )


def _lettered(letter: Letter) -> str:
    kind = "".join((", text only" if letter.text_only else "", "" if letter.tracked else ", not tracked"))
    chose = f" who chose {' / '.join(map(listed, letter.sets))}" if letter.sets else ""
    return f"variant {letter.id} “{letter.subject}”, the letter of {readers(letter.readers)}{chose}{kind}"


def _requests(known: Known, copy: Copy) -> _Placed:
    """Yield each request that carried them, what came of it, and what was decided where that was in doubt."""
    carried = known.carried
    for number, request in enumerate(carried, start=1):
        fired = request.fired_at
        yield (
            fired,
            _THEN,
            Step(
                fired,
                f"request {number} left through {request.transport}: attempt {request.id},"
                f" batch {request.batch}, {readers(request.readers)}",
            ),
        )
        settled = max(request.settled_at or fired, fired)
        yield settled, _AFTER, Step(request.settled_at, _answered(number, request, copy))
        if request.contradicted_at:
            yield (
                request.contradicted_at,
                _AFTER,
                Step(
                    request.contradicted_at,
                    f"alarm: an event told of request {number}, and yet the transport refused it for certain",
                ),
            )
        later = carried[number].fired_at if number < len(carried) else None
        if decision := copy.decision(request):
            yield (
                later or settled,
                _BEFORE if later else _AFTER,
                Step(request.abandoned_at, _decided(number, decision, request)),
            )
        if later and carried[number].batch != request.batch:
            yield (
                later,
                _BEFORE,
                Step(None, f"moved from batch {request.batch} to batch {carried[number].batch}"),
            )
    yield from _end(known, copy)


def _end(known: Known, copy: Copy) -> _Placed:
    """Yield where they were left out, or the batch they wait in where no request of it has left."""
    carried, last = known.carried, copy.parts[-1] if copy.parts else None
    since = max((request.settled_at or request.fired_at for request in carried), default=None)
    anchor = since or known.sending.frozen_at or known.sending.scheduled_at
    if copy.reason in AT_THE_REQUEST and last:
        without = [
            request
            for request in copy.requests
            if request not in carried and known.gone_at and request.fired_at >= known.gone_at
        ]
        at = without[0].fired_at if without else None
        left = f"left out of batch {last.id} as it was about to leave, because {REASONS[copy.reason]}"
        yield at or max(anchor, known.gone_at or anchor), _AFTER, Step(at, left)
    elif last and carried and last.id != carried[-1].batch:
        yield anchor, _AFTER, Step(None, f"moved from batch {carried[-1].batch} to batch {last.id}")


def _answered(number: int, request: Request, copy: Copy) -> str:
    """Return what came of a request, by whom it is known, and what the provider said."""
    said = ": ".join(filter(None, (str(request.status or ""), request.detail)))
    ids = f"message id {request.message_id}" if request.message_id else ""
    words = f" ({', '.join(filter(None, (said, ids)))})" if said or ids else ""
    by = SETTLERS.get(request.settled_by, f"{request.settled_by} decided: ")
    return f"{by}{_came_to(number, request, copy)}{words}"


def _came_to(number: int, request: Request, copy: Copy) -> str:
    theirs = {Taking.YES: "theirs was taken", Taking.NO: "theirs was certainly not taken"}
    whose = "their address" if request.readers == 1 else "one of its addresses"
    # Nobody answered: too early to tell, or the process that would have heard it is gone.
    waiting = bool(copy.parts) and copy.parts[-1].state is BatchState.SUBMITTING
    silent = "has no answer yet" if waiting else "never got an answer; it is unknown whether it was taken"
    words = {
        None: silent,
        AnswerKind.ACCEPTED: "was accepted",
        AnswerKind.NOT_ACCEPTED: "was not accepted; certainly nothing was taken, and it may be sent again",
        AnswerKind.REFUSED: "was refused; certainly nothing was taken, and a person must act first",
        AnswerKind.ADDRESS_REFUSED: f"was refused for {whose}; certainly nothing was taken",
        AnswerKind.PARTLY: "was answered reader by reader: "
        + theirs.get(copy.taking(request), "theirs is unknown"),
        AnswerKind.UNKNOWN: "got no clear answer; it is unknown whether it was taken",
    }
    return f"request {number} {words[request.answer]}"


def _decided(number: int, decision: Decision, request: Request) -> str:
    what = {
        Decision.SENT_AGAIN: "send again to its readers, who may get it twice",
        Decision.LEFT_OUT: "leave its readers out",
    }
    return f"{request.abandoned_by} decided about request {number}: {what[decision]}"


def _events(known: Known, copy: Copy) -> _Placed:
    numbers = {request.id: number for number, request in enumerate(known.carried, start=1)}
    fired = {request.id: request.fired_at for request in known.carried}
    for event in copy.events:
        # The provider's clock counts whole seconds: nothing comes back before it left.
        at = max(event.at, fired.get(event.attempt, event.at))
        yield at, _AFTER, Step(event.at, _event(event, numbers))


def _event(event: Happened, numbers: dict[str, int]) -> str:
    words = (BY_MACHINE if event.machine else EVENTS).get(event.kind, EVENTS[event.kind])
    link = f" {event.link}" if event.link else ""
    detail = f" ({event.detail})" if event.detail else ""
    which = f", of request {numbers[event.attempt]}" if len(numbers) > 1 and event.attempt in numbers else ""
    return f"{event.kind}{which}: {words}{link}{detail}"
