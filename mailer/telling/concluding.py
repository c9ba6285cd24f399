"""What came of it, and why, in a sentence or two."""

import datetime as dt

from mailer.telling.known import Copy, Known, Standing
from mailer.telling.words import FATES, REASONS, moment, spaced
from mailer.vocabulary import Reason, SendKind, SendStatus
from subscribers.vocabulary import Action, Status, Suppressed


def conclusion(known: Known) -> str:
    """Return in a sentence or two what came of it, and why."""
    if known.copy is None:
        return _not_a_candidate(known)
    erased = (
        ""
        if known.here or known.sending.kind is SendKind.TEST
        else (" The person has been erased since; the ledger knows the address by its keyed hash alone.")
    )
    return f"Outcome: {_outcome(known, known.copy)}{erased}"


def _outcome(known: Known, copy: Copy) -> str:
    twice = ", possibly twice" if copy.possibly_twice else ""
    because = f", because {REASONS[copy.reason]}" if copy.reason else ""
    taken = next((part.replaced_by for part in copy.parts if part.replaced_by), None)
    correction = f" The correction, send {taken}, took their place." if taken else ""
    return {
        "accepted": f"accepted{twice}. {_fate(copy)}",
        "pending": f"pending: nothing is on its way to them now{_waiting(known, copy)}.",
        "in_flight": f"in flight{twice}: a request with their copy has left, and there is no answer yet.",
        "unknown": f"unknown{twice}: it cannot be told whether the transport took their copy."
        f" Late evidence decides, or a person: `mailer sends resolve`.",
        "rejected": f"rejected, because {REASONS[Reason.REFUSED_BY_TRANSPORT]}.",
        "cancelled": f"cancelled: the send was cancelled before their copy left.{correction}",
        "not_confirmed": f"not confirmed{twice}: it was never known whether the transport took their"
        f" copy{because}.",
    }.get(copy.outcome, f"{spaced(copy.outcome)}{because}.")


def _fate(copy: Copy) -> str:
    happened = {event.kind for event in copy.events}
    fate = next((words for kind, words in FATES.items() if kind in happened), "")
    return fate or "The transport took it; nothing says yet that it was delivered."


def _waiting(known: Known, copy: Copy) -> str:
    if known.sending.status is SendStatus.PAUSED:
        reason = known.sending.pause_reason
        return f", and the send is paused ({reason})" if reason else ", and the send is paused"
    waits = copy.parts[-1].not_before if copy.parts else None
    return f"; not before {moment(waits)}" if waits else ""


def _not_a_candidate(known: Known) -> str:
    """Return why this person is not among those the send is, was or will be for."""
    sending = known.sending
    if sending.frozen_at is None:
        return _before_the_freeze(known)
    if sending.kind is SendKind.TEST:
        why = "the send was a test, and this address was not among its addresses"
    elif sending.corrects is not None:
        why = f"it went only to those whose copy of send {sending.corrects}, which it corrects, had not left"
    elif known.standing is None:
        why = _stranger(known)
    else:
        why = _passed_over(known, known.standing, sending.frozen_at)
    return f"Not a candidate: {why}."


def _before_the_freeze(known: Known) -> str:
    sending = known.sending
    if sending.status in (SendStatus.CANCELLED, SendStatus.MISSED):
        return f"Nobody got send {sending.id}: it was {sending.status} before its audience was chosen."
    starts = moment(sending.scheduled_at)
    if sending.kind is SendKind.TEST:
        named = "this address is among those it names" if sending.invited else "it does not name this address"
        return f"Not decided yet: the send is a test, which starts {starts}; {named}."
    return f"Not decided yet: the audience is frozen when the send starts, {starts}. {_now(known)}"


def _passed_over(known: Known, standing: Standing, frozen: dt.datetime) -> str:
    """Return why somebody who is on the list now was no candidate then."""
    place = known.sending.list
    left = [line.at for line in known.agreed if line.action is Action.WITHDRAWN and line.at <= frozen]
    came = [line.at for line in known.agreed if line.action is not Action.WITHDRAWN and line.at <= frozen]
    if left and max(came, default=left[0]) <= max(left):
        return f"they had left {place} on {moment(max(left))}, before the audience was frozen"
    if standing.since > frozen:
        return f"they came to {place} on {moment(standing.since)}, after the freeze on {moment(frozen)}"
    if known.sending.to_segment:
        name = f", {known.sending.segment}" if known.sending.segment else ""
        return f"the send went to a segment of the list{name}, and they were not in it"
    return f"they were not among those on {place} at the freeze; how they stood then is not recorded"


def _stranger(known: Known) -> str:
    forgotten = next((bar.at for bar in known.barred if bar.reason is Suppressed.ERASED), None)
    if not known.here and forgotten:
        return f"this person was erased on {moment(forgotten)}, and the ledger of the send does not hold them"
    if not known.here:
        return "nobody here has this address, and the ledger of the send does not hold it"
    return f"they are not on {known.sending.list}, and the ledger of the send does not hold them"


def _now(known: Known) -> str:
    """Return what the freeze would find now."""
    barred = any(bar.lifted_at is None for bar in known.barred)
    if known.standing is None:
        return f"As things stand they are not on {known.sending.list} and get nothing."
    if known.standing.status is Status.UNSUBSCRIBED:
        return f"As things stand they have left {known.sending.list} and get nothing."
    if known.sending.in_segment is False:
        return f"As things stand they are not in the segment {known.sending.segment} and get nothing."
    if barred:
        return "As things stand they will be excluded: their address is suppressed."
    if known.standing.status is not Status.ACTIVE:
        return f"As things stand they will be excluded: their subscription is {known.standing.status}."
    too = f", and in the segment {known.sending.segment}" if known.sending.in_segment else ""
    return f"As things stand they are active on the list{too}."
