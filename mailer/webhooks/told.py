"""One event in our own words, before it is known whether it is about one of our copies."""

import datetime as dt
import uuid
from dataclasses import dataclass

from mailer.vocabulary import EventKind


@dataclass(frozen=True)
class Told:
    """What a provider says of one copy. `delivery` 0 and `attempt` None: our ids were missing.

    `proven`: the delivery was named by a token that only we make, and needs no attempt beside it.
    `agent`: tells the programs on one copy apart (models.tallies.Trace); 0 where nobody knows.
    """

    kind: EventKind
    at: dt.datetime
    address: str
    delivery: int = 0
    attempt: uuid.UUID | None = None
    link: str = ""
    machine: bool = False
    agent: int = 0
    detail: str = ""
    proven: bool = False


@dataclass(frozen=True)
class Heard:
    """A body put into our words; `passed_over` counts what could not be or needs no place here."""

    events: tuple[Told, ...]
    passed_over: int = 0
    fault: str = ""
