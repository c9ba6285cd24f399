"""The last minutes of a send as sentences: values in, entries out, the newest first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.telling.words import SETTLERS
from mailer.vocabulary import AnswerKind

# What an answer means for the readers of its batch, after "Batch 82"; “{}” is how many and whose.
ANSWERS = {
    AnswerKind.ACCEPTED: "accepted: {}",
    AnswerKind.NOT_ACCEPTED: "not taken, and offered again: {}",
    AnswerKind.REFUSED: "refused, and held: {}",
    AnswerKind.ADDRESS_REFUSED: "refused for one address, and split: {}",
    AnswerKind.PARTLY: "taken in part: {}",
    AnswerKind.UNKNOWN: "unknown: {} may have it or not",
}
# The audit log's words about a send, as something that a person did.
DEEDS = {
    "sends schedule": "scheduled it",
    "sends move": "moved it to another time",
    "sends pause": "paused it",
    "sends resume": "let it go on",
    "sends cancel": "cancelled it",
    "sends correct": "stopped the press, and sent corrected text",
    "sends resolve": "decided about the unknown",
    "editions test": "sent this test",
}


@dataclass(frozen=True)
class Asked:
    """One request: of which batch, how many readers, who they are by their interests, what was answered."""

    batch: int
    readers: int
    of: str
    fired_at: dt.datetime
    answer: AnswerKind | None = None
    settled_at: dt.datetime | None = None
    settled_by: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Deed:
    """What a person of ours did: `what` as the audit log has it, and the words they said."""

    at: dt.datetime
    who: str
    what: str
    words: str = ""


@dataclass(frozen=True)
class Entry:
    """One line: when, what, and whether it is something to look at."""

    at: dt.datetime
    text: str
    alarming: bool = False


def minutes(asked: Iterable[Asked], deeds: Iterable[Deed], *, most: int) -> list[Entry]:
    """Return at most `most` entries about requests and what people did, the newest first."""
    entries = [entry for request in asked for entry in _of_request(request)]
    entries += [Entry(deed.at, _did(deed)) for deed in deeds]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:most]


def readers_of(readers: int, of: str) -> str:
    """Return how many readers, and whose: “300 readers of China · Russia”."""
    many = "1 reader" if readers == 1 else f"{readers:,} readers"
    return f"{many} of {of}" if of else many


def _of_request(request: Asked) -> list[Entry]:
    who = readers_of(request.readers, request.of)
    entries = [Entry(request.fired_at, f"Batch {request.batch} fired: {who}.")]
    if request.answer and request.settled_at:
        by = SETTLERS.get(request.settled_by, "")
        words = f" It was said: {request.detail.rstrip('.')}." if request.detail else ""
        came_to = ANSWERS[request.answer].format(who)
        accepted = request.answer is AnswerKind.ACCEPTED
        text = f"Batch {request.batch} {came_to}.{'' if accepted else words}"
        if by:
            text = f"{by[0].upper()}{by[1:]}{text[0].lower()}{text[1:]}"
        entries.append(Entry(request.settled_at, text, alarming=request.answer in _ALARMING))
    return entries


_ALARMING = {AnswerKind.REFUSED, AnswerKind.UNKNOWN}


def _did(deed: Deed) -> str:
    said = f": {deed.words.rstrip('.')}" if deed.words else ""
    return f"{deed.who} {DEEDS.get(deed.what, deed.what)}{said}."
