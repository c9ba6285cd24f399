"""Reports by mail, read: delivery status (RFC 3464), complaints (RFC 5965), and what servers say by habit."""

import contextlib
import email
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from flufl.bounce import all_failures

from mailer.transports.words import LONGEST, without_addresses
from mailer.vocabulary import EventKind

# Where it fails it writes what it failed on, and that holds addresses.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

# About the letter, the hour or us, not the address: system, protocol, content and policy (RFC 3463 §3).
_NOT_THE_ADDRESS = frozenset({"3", "5", "6", "7"})
# A full mailbox, a letter too long for it, an hour that ran out.
_NOT_FOR_EVER = frozenset({"5.2.2", "5.2.3", "5.4.7"})
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_COMPLAINTS = {
    "abuse": EventKind.COMPLAINED,
    "fraud": EventKind.COMPLAINED,
    "opt-out": EventKind.UNSUBSCRIBED,
}
_ACTIONS = {"delayed": EventKind.DEFERRED, "delivered": EventKind.DELIVERED}
_BY_A_SERVER = re.compile(r"mailer-daemon|postmaster|mail delivery|<>", re.IGNORECASE)
_OUT_OF_OFFICE = re.compile(
    r"\s*(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office)", re.IGNORECASE
)
_LOOKED_AT = 20_000  # characters of a message without form that may hold a status


@dataclass(frozen=True)
class Report:
    """What a report says; `kind` None: nothing that matters, for the reason in `words`.

    `fields` are values in which one of our tokens may stand.
    """

    kind: EventKind | None
    words: str
    fields: list[str] = field(default_factory=list)


def read(message: Message) -> Report | None:
    """Return what a report in a standard form says; None if the message is none."""
    for part in message.walk():
        match part.get_content_type():
            case "message/feedback-report":
                return _complaint(part)
            case "message/delivery-status":
                return _delivery_status(part)
            case _:
                pass
    return None


def returned(message: Message) -> Message | None:
    """Return our letter, or its header, as far as a report brings it back."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and (inner := _inner(part)):
            return inner[0]
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            return email.message_from_bytes(content if isinstance(content, bytes) else b"")
    return None


def is_automatic(message: Message) -> bool:
    """Return whether a program answered for a person (RFC 3834 §5, and older habits)."""
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    return (
        submitted.startswith("auto-replied")
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or str(message.get("Precedence", "")).strip().lower() == "auto_reply"
        or _OUT_OF_OFFICE.match(str(message.get("Subject", ""))) is not None
    )


def read_by_habit(message: Message) -> Report | None:
    """Return what a mail server says of a dead mailbox in a form of its own; None if no server speaks."""
    who = " ".join(str(message.get(name, "")) for name in ("Return-Path", "From"))
    if not _BY_A_SERVER.search(who):
        return None
    passing: frozenset[bytes] = frozenset()
    final: frozenset[bytes] = frozenset()
    # The detectors of thirty years meet what nobody foresaw; then it says nothing we can read.
    with contextlib.suppress(Exception):
        passing, final = all_failures(message)
    words = _text(message)
    if final:
        return Report(_failed(_status(words) or "5.0.0"), _kept(words))
    return Report(EventKind.DEFERRED, _kept(words)) if passing else None


def _complaint(part: Message) -> Report:
    said = _inner(part) or [part]
    kind = str(said[0].get("Feedback-Type", "")).strip().lower()
    fields = [str(value) for name in ("Original-Mail-From",) for value in said[0].get_all(name, [])]
    if kind not in _COMPLAINTS:
        return Report(None, f"a feedback report of the kind {kind[:40]!r}: nothing", fields)
    return Report(_COMPLAINTS[kind], f"feedback: {kind}", fields)


def _delivery_status(part: Message) -> Report:
    """Return what it says of our one reader; of several groups, the one that failed."""
    found = [group for group in _inner(part) if group.get("Action")]
    reports = sorted(map(_of_group, found), key=lambda report: report.kind in {None, EventKind.DELIVERED})
    return reports[0] if reports else Report(None, "a delivery report that says nothing of any reader")


def _of_group(group: Message) -> Report:
    action = str(group["Action"]).strip().lower().partition(" ")[0]
    diagnostic = str(group.get("Diagnostic-Code", ""))
    status = _status(str(group.get("Status", "")))
    # "5.0.0" only says that it failed; the server's own words may say why.
    if not status or status.endswith(".0.0"):
        status = _status(diagnostic) or status
    words = _kept(f"{status} {diagnostic}")
    if action == "failed":
        return Report(_failed(status), words)
    if action in _ACTIONS:
        return Report(_ACTIONS[action], words)
    return Report(None, f"a delivery report of {action[:40]!r}: nothing")


def _failed(status: str) -> EventKind:
    """Return whether a failure is the address's own (5.x.x) or is about this letter and this hour."""
    about_the_address = (
        status.startswith("5.")
        and status.split(".")[1] not in _NOT_THE_ADDRESS
        and status not in _NOT_FOR_EVER
    )
    return EventKind.BOUNCED if about_the_address else EventKind.BLOCKED


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _kept(words: str) -> str:
    return without_addresses(words)[:LONGEST]


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _text(message: Message) -> str:
    return " ".join(_texts(message))[:_LOOKED_AT]


def _texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        content = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        if isinstance(content, bytes):
            yield content[:_LOOKED_AT].decode("utf-8", "replace")
