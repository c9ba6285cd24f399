"""A moment as somebody types it on the command line, and what there is to mind about it."""

import datetime as dt
from typing import TYPE_CHECKING

from mailer.commands.failures import FailedError
from mailer.commands.output import say

if TYPE_CHECKING:
    from mailer.timetable import Instant


def instant_of(wall_time: str, zone: str) -> "Instant":
    """Return the instant that was typed. Raises TimeError, and FailedError where an option says it better."""
    from mailer.timetable import OffsetError, resolve  # noqa: PLC0415 - no command waits for it that needs none

    try:
        return resolve(wall_time, zone)
    except OffsetError as error:
        raise FailedError(f"{error} with --tz") from error


def say_what_to_mind(instant: "Instant", *, now: dt.datetime) -> None:
    """Print what daylight saving did, and that it is far away, where there is such a thing."""
    from mailer.timetable import far  # noqa: PLC0415 - the same

    for remark in filter(None, (instant.note, far(instant, now=now))):
        say(f"Mind: {remark}.")
