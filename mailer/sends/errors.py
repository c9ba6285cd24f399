"""What cannot be done with a send."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.models import Send
    from mailer.timetable import Instant


class SendError(Exception):
    """What was asked of a send cannot be done; the message says why and what to do."""


class PassedError(SendError):
    """The time at which it was to leave has passed."""

    def __init__(self, at: "Instant") -> None:
        """Name it as it was said."""
        super().__init__(f"{at.wall_time} in {at.zone} has passed; say a time to come")


class SavedMeanwhileError(SendError):
    """The edition has a newer text than whoever corrects it has seen; nothing was stopped or written over."""

    def __init__(self, send: int, edition: int, revision: int, author: str) -> None:
        """Name the text, and whose it is."""
        super().__init__(
            f"{author or 'Somebody'} saved revision {revision} of edition {edition} meanwhile, and nothing"
            f" was stopped: see it with `mailer editions export {edition}`, put your correction into that,"
            f" and run `mailer sends correct {send} FILE --over {revision}`"
        )


class ScheduledMeanwhileError(SendError):
    """The edition has `sends` that whoever schedules it has not seen: perhaps their own, clicked twice."""

    def __init__(self, edition: int, sends: "Sequence[Send]") -> None:
        """Name them, and who made each."""
        self.sends = tuple(sends)
        named = ", ".join(f"send {each.pk} by {each.created_by or 'somebody'}" for each in sends)
        super().__init__(
            f"Edition {edition} was scheduled meanwhile: {named}; look whether you want one more"
        )
