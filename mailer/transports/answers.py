"""What a transport says of one request; each kind says what may be done next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from mailer.vocabulary import AnswerKind

LONGEST_WAIT = 3600.0  # seconds; a transport that asks for more writes milliseconds, or is wrong


@dataclass(frozen=True)
class Accepted:
    """The transport took the whole batch; that is not delivery."""

    kind: ClassVar[AnswerKind] = AnswerKind.ACCEPTED

    status: int
    message_id: str
    detail: str = ""
    # Seconds until the transport takes more; None = it asks for no pause.
    wait: float | None = None


@dataclass(frozen=True)
class Partly:
    """A transport that answers reader by reader said this; ids of deliveries, each in at most one place.

    Whoever is named nowhere certainly got nothing, and waits. `wait` is in seconds.
    """

    kind: ClassVar[AnswerKind] = AnswerKind.PARTLY

    accepted: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    # with the transport's own words
    rejected: Mapping[int, str] = field(default_factory=dict)
    # a reader's own "not now" (4xx); they wait as the unnamed do
    deferred: Mapping[int, str] = field(default_factory=dict)
    status: int = 0
    detail: str = ""
    message_id: str = ""
    wait: float | None = None
    # The session ended with words that a person must act on; the send is paused with them.
    pause: str = ""


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


class AddressRefused(AnswerError):  # noqa: N818 - each says what may be done next
    """Certainly not taken, for the sake of one reader: `delivery`, or 0 where it is not said whose."""

    kind = AnswerKind.ADDRESS_REFUSED

    def __init__(self, detail: str, status: int = 400, delivery: int = 0) -> None:
        """Keep whose address it was."""
        super().__init__(detail, status)
        self.delivery = delivery


class Unknown(AnswerError):  # noqa: N818 - each says what may be done next
    """It may have been taken: hold it until there is evidence."""

    kind = AnswerKind.UNKNOWN


Answer = Accepted | Partly | AnswerError
