"""What the pipeline asks of a transport, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mailer.transports.answers import Answer
from mailer.transports.request import Envelope, Reader


@dataclass(frozen=True)
class Parcel:
    """A request made ready: nothing of it has left. `content` is its transport's own business."""

    readers: int
    hash: str  # SHA-256 of what will be offered, hex
    content: object


class Witness(Protocol):
    """Stands beside a transport that sends letter by letter; knows the lease and keeps the journal."""

    def begin(self, delivery: int) -> bool:
        """Note that this copy's first byte leaves now; False where it must not leave any more."""

    def end(self, delivery: int, said: str) -> None:
        """Note what became of this copy: `accepted`, `rejected`, `deferred` or `unknown`."""


class Transport(Protocol):
    """Takes letters, and says what became of them."""

    name: str
    # At most so many readers in one batch.
    most_readers: int

    def pack(self, envelope: Envelope, readers: Sequence[Reader]) -> Parcel:
        """Make the request ready, its readers in this order."""

    def submit(self, parcel: Parcel, witness: Witness) -> Answer:
        """Offer the parcel exactly once; whatever was not foreseen is `Unknown`. Raises nothing."""
