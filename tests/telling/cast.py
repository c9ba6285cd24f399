"""One reader, Ada, and what may be known of her copy in send 7."""

import datetime as dt
from dataclasses import replace

from mailer.telling.known import Agreed, Copy, Happened, Known, Letter, Part, Request, Sending, Standing
from mailer.vocabulary import AnswerKind, BatchState, EventKind, SendKind, SendStatus
from subscribers.vocabulary import Action, Status

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
MAY = dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)

SENDING = Sending(
    id=7,
    kind=SendKind.SEND,
    status=SendStatus.DONE,
    edition=3,
    title="Space, seen from elsewhere",
    list="space-digest",
    scheduled_at=NOW,
    frozen_at=NOW,
)
STANDING = Standing(Status.ACTIVE, everything=False, chose=("Africa",), since=MAY, changed_at=MAY)
GRANTED = Agreed(Action.GRANTED, MAY, "paper form at the spring meeting")
LETTER = Letter(3, "Space, seen from elsewhere", 12, (("Africa",),))
ADA = Known("ada@x.example", "Ada", here=True, sending=SENDING, standing=STANDING, agreed=(GRANTED,))


def at(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def a_part(number: int, state: BatchState = BatchState.ACCEPTED, attempt: str = "") -> Part:
    return Part(number, state, 1_000, attempt)


def a_request(
    name: str,
    answer: AnswerKind | None = AnswerKind.ACCEPTED,
    *,
    batch: int = 12,
    after: float = 3,
    **more: object,
) -> Request:
    """Return a request that left `after` seconds after the freeze and was answered a second later."""
    request = Request(
        name, batch, "sendgrid", 1_000, at(after), answer, settled_at=at(after + 1), settled_by="answer"
    )
    return replace(request, **more)  # type: ignore[arg-type]  # the fields of a request, by name


def an_event(kind: EventKind, after: float, attempt: str = "", **more: object) -> Happened:
    return replace(Happened(kind, at(after), attempt=attempt), **more)  # type: ignore[arg-type]  # the same


def a_copy(outcome: str = "accepted", **known: object) -> Copy:
    return replace(Copy(1, outcome, letter=LETTER, parts=(a_part(12),)), **known)  # type: ignore[arg-type]  # the same


def sent_again(
    second: AnswerKind | None, outcome: str = "accepted", first: BatchState = BatchState.RESENT
) -> Copy:
    """Return a copy whose first request, in doubt, ed had sent again in batch 14."""
    return a_copy(
        outcome,
        parts=(a_part(12, first, "a1"), a_part(14, attempt="a2")),
        requests=(
            a_request("a1", AnswerKind.UNKNOWN, status=503, detail="upstream is away", abandoned_by="ed"),
            a_request("a2", second, batch=14, after=2_460, message_id="m2"),
        ),
    )
