"""The words for the values of the ledger, each in one place."""

import datetime as dt

from mailer.vocabulary import EventKind, Reason
from subscribers.vocabulary import Suppressed

# Why there is no copy, after "because".
REASONS = {
    Reason.SUPPRESSED: "their address was suppressed",
    Reason.PAUSED: "they wanted no letters for a while",
    Reason.UNCONFIRMED: "they had not confirmed that they want this list",
    Reason.DUPLICATE_ADDRESS: "another subscriber has the same address",
    Reason.INVALID_ADDRESS: "their address cannot be written to",
    Reason.NO_STORY: "the edition has no story for the interests they chose, and the list skips such readers",
    Reason.ALREADY_HAS_THIS_EDITION: "another send of this edition held their copy",
    Reason.MAY_HAVE_FIRST_TEXT: "they may have the first text already",
    Reason.UNSUBSCRIBED_SINCE: "they had left the list since the audience was frozen",
    Reason.SUPPRESSED_SINCE: "their address was suppressed since the audience was frozen",
    Reason.ERASED: "they had been erased since the audience was frozen",
    Reason.REFUSED_BY_TRANSPORT: "the transport refused their address",
    Reason.LEFT_OUT_BY_OPERATOR: "a person decided to leave them out",
}

EVENTS = {
    EventKind.PROCESSED: "the transport began to deliver it",
    EventKind.DELIVERED: "their mail server took it",
    EventKind.DEFERRED: "their mail server asked to wait",
    EventKind.BOUNCED: "their mail server refused it for good",
    EventKind.BLOCKED: "it was refused this once; the address stays good",
    EventKind.DROPPED: "the transport did not pass it on",
    EventKind.OPENED: "they opened it",
    EventKind.CLICKED: "they followed a link",
    EventKind.COMPLAINED: "they called it spam",
    EventKind.UNSUBSCRIBED: "they left by this letter",
}
# What proxies and scanners do says nothing of the reader.
BY_MACHINE = {
    EventKind.OPENED: "a machine opened it, which says nothing of the reader",
    EventKind.CLICKED: "a machine followed a link, which says nothing of the reader",
}

# What became of a copy that was accepted; the first that happened is told.
FATES = {
    EventKind.COMPLAINED: "The reader called it spam.",
    EventKind.DELIVERED: "Their mail server took it.",
    EventKind.BOUNCED: "It bounced: their mail server refused it for good.",
    EventKind.BLOCKED: "It was blocked: their mail server refused it this once.",
    EventKind.DROPPED: "The transport dropped it.",
    EventKind.DEFERRED: "Their mail server asked to wait; the transport tries again.",
}

SUPPRESSED = {
    Suppressed.BOUNCED: "it bounced",
    Suppressed.COMPLAINED: "the reader complained",
    Suppressed.UNSUBSCRIBED: "the reader left",
    Suppressed.BY_HAND: "by hand",
    Suppressed.ERASED: "the person asked to be forgotten",
}

# Who settled a request, before what it came to; anybody else is a person.
SETTLERS = {
    "": "",
    "answer": "",
    "event": "an event told of it: ",
    "journal": "the journal of the process that sent it told: ",
    "sweep": "no answer came in time: ",
    "lookup": "it was looked up at the transport: ",
}


def moment(at: dt.datetime) -> str:
    """Return an instant to the second, in UTC."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def listed(names: tuple[str, ...]) -> str:
    """Return what somebody chose; nothing is everything."""
    if not names:
        return "everything"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def spaced(word: str) -> str:
    """Return a value of the ledger as people read it."""
    return word.replace("_", " ")


def readers(number: int) -> str:
    """Return how many readers, in words."""
    return "1 reader" if number == 1 else f"{number:,} readers"
