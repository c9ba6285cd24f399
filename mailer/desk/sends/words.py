"""What a page says about a send in sentences: values in, words out."""

import datetime as dt
from zoneinfo import ZoneInfo

from mailer import reports
from mailer.calendar import city
from mailer.models import Send
from mailer.vocabulary import SendKind, SendStatus
from mailer.watching.left import lasting
from mailer.watching.standing import Standing

# Before the title of a send, and in the list of them.
HEADS = {
    SendStatus.SCHEDULED: "Scheduled",
    SendStatus.PREPARING: "Beginning",
    SendStatus.SENDING: "Sending",
    SendStatus.PAUSED: "Paused",
    SendStatus.SETTLING: "Settling",
    SendStatus.DONE: "Done",
    SendStatus.DONE_WITH_GAPS: "Done with gaps",
    SendStatus.CANCELLED: "Cancelled",
    SendStatus.MISSED: "Missed",
    reports.CANCELLING: "Being cancelled",
}
KINDS = {SendKind.SEND: "", SendKind.CORRECTION: "Correction", SendKind.TEST: "Test"}
OUTCOMES = {
    "accepted": "Accepted",
    "in_flight": "In flight",
    "pending": "Pending",
    "unknown": "Unknown",
    "excluded": "Excluded",
    "rejected": "Rejected",
    "cancelled": "Cancelled",
    "not_confirmed": "Not confirmed",
}
MEANINGS = {
    "accepted": "{transport} took them; not yet delivered",
    "in_flight": "fired, no answer yet",
    "pending": "not yet asked for",
    "unknown": "cannot tell whether {transport} took them",
    "excluded": "left out, each with a reason",
    "rejected": "refused by {transport}, address by address",
    "cancelled": "ended before their copy left",
    "not_confirmed": "never known whether they have it; not written to again",
}
REASONS = {
    "suppressed": "Suppressed",
    "paused": "Paused by the reader",
    "unconfirmed": "Never confirmed",
    "duplicate_address": "Same address twice",
    "invalid_address": "Invalid address",
    "no_story": "No story for their interests",
    "already_has_this_edition": "Have this edition from another send",
    "may_have_first_text": "May have the first text",
    "unsubscribed_since": "Unsubscribed since the freeze",
    "suppressed_since": "Suppressed since the freeze",
    "erased": "Erased",
    "refused_by_transport": "Refused by the transport",
    "left_out_by_operator": "Left out by a person",
}
TRANSPORTS = {"sendgrid": "SendGrid", "smtp": "the mail server"}


def transport(name: str, *, sandboxed: bool) -> str:
    """Return what pages call a transport."""
    return "the sandbox" if sandboxed else TRANSPORTS.get(name, name)


def readers(number: int) -> str:
    """Return how many readers: “1 reader”, “16,328 readers”."""
    return "1 reader" if number == 1 else f"{number:,} readers"


def day(at: dt.datetime, zone: str) -> str:
    """Return a moment as one would say it: “Tuesday 1 December 2026, 09:00 in Nairobi”."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {place(zone)}"


def place(zone: str) -> str:
    """Return where a zone is: “in Nairobi”, “UTC”."""
    return f"in {city(zone)}" if "/" in zone and not zone.startswith("Etc/") else zone


def clock(at: dt.datetime, zone: str, *, near: dt.datetime) -> str:
    """Return a time of day, with its day where that is another than that of `near`."""
    there, here = at.astimezone(ZoneInfo(zone)), near.astimezone(ZoneInfo(zone))
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there:%H:%M} on {there:%A} {there.day} {there:%B}"


# How a send stands, by its status as people see it and, where that says too little, by what became of it.
LEADS = {
    SendStatus.SCHEDULED: "It leaves on {leaves}: in {until}. Until then it can be moved or undone.",
    "due": "It leaves as soon as a worker takes it.",
    SendStatus.PREPARING: "Its letters are being set, and its audience is being frozen.",
    SendStatus.SENDING: "{By} has accepted {accepted} of {candidates}. {rest}",
    SendStatus.SETTLING: "{By} has accepted {accepted} of {candidates}. {rest}",
    SendStatus.PAUSED: "It is held: {reason}. {By} has accepted {accepted} of {candidates}; nothing more"
    " leaves until somebody lets it go on.",
    "held": "It is held before it began: {reason}. Nothing leaves until somebody lets it go on.",
    SendStatus.MISSED: "Its hour, {leaves}, passed while nobody was there to send. Somebody has to decide.",
    SendStatus.DONE: "{By} accepted {accepted} of {candidates}, and everybody is accounted for.",
    "nobody": "The audience was empty when it was frozen: nobody was there to write to.",
    SendStatus.DONE_WITH_GAPS: "{By} accepted {accepted} of {candidates}. Of {gaps} it was never known; late"
    " evidence still counts.",
    SendStatus.CANCELLED: "It was ended: {accepted} of {candidates} had left, and {ended} did not get it.",
    "undone": "It was undone before it began: nobody was written to.",
    reports.CANCELLING: "No further request begins; {flying} in flight are still answered.",
}


def so(send: Send) -> str:
    """Return in a few words how a send stands, which is why something cannot be done with it."""
    named = {
        SendStatus.DONE: "It is done",
        SendStatus.DONE_WITH_GAPS: "It is done, with gaps",
        SendStatus.CANCELLED: "It was ended" if send.frozen_at else "It was undone before it began",
    }
    if said := named.get(SendStatus(send.status)):
        return said
    if send.frozen_at or send.status == SendStatus.PREPARING:
        return "It has begun"
    kinds = {SendKind.TEST: "It is a test", SendKind.CORRECTION: "It is corrected text"}
    return kinds.get(SendKind(send.kind), "It has not begun")


def lead(standing: Standing, *, by: str, zone: str, now: dt.datetime) -> str:
    """Return in a sentence or two how a send stands; `by` is what pages call the transport."""
    outcomes, send = standing.sums.outcomes, standing.send
    return LEADS[_case(standing, now)].format(
        By=capital(by),
        leaves=day(send.scheduled_at, zone),
        until=lasting(send.scheduled_at - now),
        accepted=f"{outcomes['accepted']:,}",
        candidates=f"{standing.sums.candidates or 0:,}",
        ended=readers(outcomes["cancelled"]),
        gaps=readers(outcomes["not_confirmed"]),
        flying=readers(outcomes["in_flight"]),
        reason=send.pause_reason.rstrip("."),
        rest=_rest(standing, zone, now),
    )


def _case(standing: Standing, now: dt.datetime) -> str:
    send = standing.send
    narrower = {
        SendStatus.SCHEDULED: (send.scheduled_at <= now, "due"),
        SendStatus.PAUSED: (send.frozen_at is None, "held"),
        SendStatus.DONE: (not standing.sums.candidates, "nobody"),
        SendStatus.CANCELLED: (send.frozen_at is None, "undone"),
    }
    so, case = narrower.get(SendStatus(send.status), (False, ""))
    return case if so else standing.status


def _rest(standing: Standing, zone: str, now: dt.datetime) -> str:
    """Return when the rest leaves, as far as that can be told."""
    left = standing.left
    if left.until:
        return f"At the last ten minutes’ pace the rest leaves by about {clock(left.until, zone, near=now)}."
    if left.why:
        return f"When the rest leaves cannot be told: {left.why}."
    return "Nothing waits any more."


def capital(words: str) -> str:
    """Return words as they begin a sentence."""
    return words[:1].upper() + words[1:]
