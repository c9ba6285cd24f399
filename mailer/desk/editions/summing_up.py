"""How the desk stands, in one sentence, and the next step of each edition: values in, words out."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailer.desk.sends import words
from mailer.overview import Row
from mailer.vocabulary import EditionStatus, SendStatus

# A send's words, and those of an edition that has none.
HEADS = {
    EditionStatus.DRAFT.value: "Draft",
    EditionStatus.APPROVED.value: "Approved",
    EditionStatus.CANCELLED.value: "Cancelled",
} | {str(status): head for status, head in words.HEADS.items()}
_RUNNING = (SendStatus.PREPARING, SendStatus.SENDING, SendStatus.SETTLING)


@dataclass(frozen=True)
class Step:
    """What is to be done next with an edition, and where; `urgent` where nobody else will do it."""

    name: str
    path: str
    urgent: bool = False


def next_step(row: Row, may: Callable[[str], bool]) -> Step:
    """Return the step that comes next, for somebody who `may` do what the permissions say."""
    if row.send is None:
        return _before_a_send(row, f"/desk/editions/{row.edition.pk}", may)
    send = f"/desk/sends/{row.send.pk}"
    if row.unknown:
        does = "Settle" if may("send") else "See the"
        return Step(f"{does} {row.unknown:,} unknown", f"{send}#unknown", urgent=True)
    if not may("send"):
        seen = {SendStatus.SCHEDULED: "See when", SendStatus.PAUSED: "See why", SendStatus.MISSED: "See why"}
        return Step(seen.get(SendStatus(row.send.status), "Watch"), send)
    steps = {
        SendStatus.SCHEDULED: Step("Move or undo", send),
        SendStatus.PAUSED: Step("Resume or cancel", send, urgent=True),
        SendStatus.MISSED: Step("Send late or cancel", send, urgent=True),
    }
    return steps.get(SendStatus(row.send.status), Step("Watch", send))


def _before_a_send(row: Row, path: str, may: Callable[[str], bool]) -> Step:
    read = Step("Read", path)
    if row.edition.status != EditionStatus.APPROVED:
        return Step("Write on", path) if may("write") else read
    if not row.approved_by:
        return Step("Approve anew", f"{path}/approve", urgent=True) if may("approve") else read
    return Step("Schedule", f"{path}/schedule") if may("send") else read


def lead(rows: Sequence[Row], *, now: dt.datetime, zone: str) -> str:
    """Return how things stand: what runs, what needs somebody, what leaves next by the clock of `zone`."""
    running = [row for row in rows if row.send and row.send.status in _RUNNING]
    stuck = [
        row
        for row in rows
        if row.unknown or (row.send and row.send.status in (SendStatus.PAUSED, SendStatus.MISSED))
    ]
    waiting = sorted(
        at for row in rows if (at := row.leaves_at) and row.send and row.send.status == SendStatus.SCHEDULED
    )
    said = [
        f"{_counted(len(running))} on {'its' if len(running) == 1 else 'their'} way" if running else "",
        f"{_counted(len(stuck), 'needs', 'need')} a decision" if stuck else "",
        f"the next leaves {_when(waiting[0], now, ZoneInfo(zone))}" if waiting else "",
    ]
    sentence = "; ".join(filter(None, said))
    if not sentence:
        drafts = sum(1 for row in rows if row.send is None)
        sentence = (
            f"{_counted(drafts, 'waits', 'wait')} on the desk, and nothing is scheduled"
            if drafts
            else "Nothing is on the desk"
        )
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _counted(number: int, one: str = "is", several: str = "are") -> str:
    names = {1: "one edition", 2: "two editions", 3: "three editions"}
    return f"{names.get(number, f'{number:,} editions')} {one if number == 1 else several}"


def _when(at: dt.datetime, now: dt.datetime, where: ZoneInfo) -> str:
    at, now = at.astimezone(where), now.astimezone(where)
    days = (at.date() - now.date()).days
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"on {at:%A}" if days < 7 else f"on {at.day} {at:%B}"  # noqa: PLR2004 - a week
