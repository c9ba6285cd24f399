"""Tell in words what is known of one person and one send: values in, sentences out."""

from dataclasses import dataclass

from mailer.telling.concluding import conclusion
from mailer.telling.known import Known
from mailer.telling.steps import Step, steps
from mailer.telling.words import moment, spaced
from mailer.vocabulary import SendKind

__all__ = ["Known", "Step", "Told", "moment", "tell"]


@dataclass(frozen=True)
class Told:
    """The whole account: what it is about, what happened in order, and what came of it."""

    heading: str
    steps: tuple[Step, ...]
    conclusion: str


def tell(known: Known) -> Told:
    """Return the account of one person and one send."""
    sending = known.sending
    who = f"{known.name} <{known.address}>" if known.name else known.address
    what = {SendKind.TEST: "test send", SendKind.CORRECTION: "correction, send"}.get(sending.kind, "send")
    heading = (
        f"{who} and {what} {sending.id} ({spaced(sending.status)}) of edition {sending.edition},"
        f" “{sending.title}”, list {sending.list}"
    )
    return Told(heading, steps(known), conclusion(known))
