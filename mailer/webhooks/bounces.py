"""What mail to the bounce address says: the other face of transports/smtp.py.

Nothing is believed without one of our tokens, in the address the message came for or in the letter it
returns: anybody can write a report about anybody. A Message-ID alone proves nothing.
"""

import datetime as dt
import email
import re
import uuid
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from mailer import verp
from mailer.vocabulary import EventKind
from mailer.webhooks import reports
from mailer.webhooks.told import Heard, Told

# A report that is older was stored for long, or its clock is wrong: then it is of now.
OLDEST = dt.timedelta(days=5)
# Where mail servers write whom a message came for.
_CAME_FOR = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
# Where our letter, returned, still holds its tokens.
_IN_OUR_LETTER = ("Return-Path", "List-Unsubscribe")
_TOKEN = re.compile(rf"\+([bu][a-z2-7]{{{verp.LENGTH - 1}}})@", re.IGNORECASE)
_OUR_MESSAGE_ID = re.compile(r"<(\d{1,19})\.([0-9a-f]{32})@")

UNKNOWN = "a message without a token of ours: nothing in it is believed"
AUTOMATIC = "an automatic reply: nothing"
UNREAD = "no bounce, complaint or unsubscribe that we can read: nothing"


class Named(NamedTuple):
    """What a token in a message says."""

    purpose: verp.Purpose
    delivery: int


def hear(raw: bytes, *, recipient: str, now: dt.datetime) -> Heard:
    """Put one message into our words; `recipient` is the address it came for, '' where nobody knows.

    `fault` says why there is no event in it.
    """
    message = email.message_from_bytes(raw)
    named = _named_by(message, recipient)
    returned = reports.returned(message)
    report = reports.read(message)
    if named is None and report is not None:
        named = _named_in(returned, report.fields)
    if named is None:
        return Heard((), 1, UNKNOWN)
    if report is None and reports.is_automatic(message):
        return Heard((), 1, AUTOMATIC)
    if report is None and named.purpose == "leave":
        return _heard(EventKind.UNSUBSCRIBED, named, None, message, now)
    found = report or reports.read_by_habit(message)
    if found is None or found.kind is None:
        return Heard((), 1, found.words if found else UNREAD)
    # The token for leaving stands in the letter for its reader to see: it tells of no mailbox.
    if named.purpose == "leave" and found.kind not in {EventKind.COMPLAINED, EventKind.UNSUBSCRIBED}:
        return Heard((), 1, UNKNOWN)
    return _heard(found.kind, named, returned, message, now, found.words)


def _heard(
    kind: EventKind,
    named: Named,
    returned: Message | None,
    message: Message,
    now: dt.datetime,
    words: str = "",
) -> Heard:
    told = Told(
        kind=kind,
        at=_moment(message, now),
        address="",
        delivery=named.delivery,
        attempt=_attempt(returned, named.delivery),
        detail=words,
        proven=True,
    )
    return Heard((told,))


def _named_by(message: Message, recipient: str) -> Named | None:
    """Return what the address says that a message came for."""
    written = [recipient, *(str(value) for name in _CAME_FOR for value in message.get_all(name, []))]
    return next(_tokens(written), None)


def _named_in(returned: Message | None, fields: list[str]) -> Named | None:
    """Return what a token says that is in the returned letter, or in a report's own fields."""
    written = list(fields)
    if returned is not None:
        written += [str(value) for name in _IN_OUR_LETTER for value in returned.get_all(name, [])]
    return next(_tokens(written), None)


def _tokens(written: list[str]) -> Iterator[Named]:
    for text in written:
        for found in _TOKEN.finditer(text):
            if said := verp.read(found[1]):
                yield Named(*said)


def _attempt(returned: Message | None, delivery: int) -> uuid.UUID | None:
    """Return the attempt that the returned letter's Message-ID names beside the same delivery."""
    written = str(returned.get("Message-ID", "")) if returned is not None else ""
    found = _OUR_MESSAGE_ID.match(written.strip())
    return uuid.UUID(found[2]) if found and int(found[1]) == delivery else None


def _moment(message: Message, now: dt.datetime) -> dt.datetime:
    """Return when it was written, in whole seconds, so that a doubled message is the same event."""
    try:
        written = parsedate_to_datetime(str(message.get("Date", "")))
        at = written.replace(tzinfo=written.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        at = now
    return (at if now - OLDEST <= at <= now else now).replace(microsecond=0)
