"""What a transport can say of one request, and what may be done next.

`Accepted` is returned; the three others are raised, since each asks for something:
give it back, stop and fetch a person, or hold. Whatever is none of them counts as `Unknown`.
"""

from dataclasses import dataclass
from typing import ClassVar

from mailer.vocabulary import AnswerKind


@dataclass(frozen=True)
class Accepted:
    """The transport took the whole batch; that is not delivery."""

    kind: ClassVar[AnswerKind] = AnswerKind.ACCEPTED

    status: int
    message_id: str
    detail: str = ""


class AnswerError(Exception):
    """A request that was not accepted, with what is known: `status` (0 = no answer) and `detail`."""

    kind: ClassVar[AnswerKind]

    def __init__(self, detail: str, status: int = 0, wait: float | None = None) -> None:
        """Keep the provider's own words in `detail`; `wait` is seconds the provider asks for."""
        self.detail = detail
        self.status = status
        self.wait = wait
        self.message_id = ""
        super().__init__(detail)


class NotAccepted(AnswerError):  # noqa: N818 - each says what may be done next
    """Certainly not taken: the batch may be offered again, later."""

    kind = AnswerKind.NOT_ACCEPTED


class Refused(AnswerError):  # noqa: N818 - each says what may be done next
    """Certainly not taken, and a person must act before it is offered again."""

    kind = AnswerKind.REFUSED


class Unknown(AnswerError):  # noqa: N818 - each says what may be done next
    """It may have been taken: hold it until there is evidence."""

    kind = AnswerKind.UNKNOWN


Answer = Accepted | AnswerError
