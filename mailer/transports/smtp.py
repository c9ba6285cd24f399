"""SMTP: letter by letter over a connection that is kept, so that at most one reader is ever in doubt.

Where the relay takes grouped commands (RFC 2920), the next letter's MAIL, RCPT and DATA leave together with
the end of the one before: one round trip a letter, as the fastest senders do it.
"""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.transports.answers import Answer, Refused
from mailer.transports.dkim import Signer
from mailer.transports.headers import is_address
from mailer.transports.mime import EnvelopeError, Letter, compose, return_path
from mailer.transports.port import Parcel, Witness
from mailer.transports.relay import Dkim, Relay
from mailer.transports.request import Envelope, Reader
from mailer.transports.smtp_session import LostError, RelayError, Session
from mailer.transports.smtp_tally import EndedError, Tally
from mailer.transports.smtp_turns import Turns

NAME = "smtp"
MOST_READERS = 200
# Exim's default takes no more messages on one connection; SendGrid takes 5,000.
MOST_ON_A_CONNECTION = 1000
# Relays close what is idle for five minutes, and firewalls forget it sooner, without a word.
LONGEST_IDLE = 30.0  # seconds


@dataclass(frozen=True)
class Letters:
    """What a parcel holds: a letter and whom it goes to, or why it cannot be written at all."""

    letter: Letter | None
    readers: tuple[Reader, ...]
    fault: str = ""


class Smtp:
    """The way out through a relay. One connection is kept for each thread; a fork begins its own."""

    name = NAME
    most_readers = MOST_READERS

    def __init__(
        self,
        relay: Relay,
        answer_timeout: float,
        *,
        dkim: Dkim | None = None,
        most_on_a_connection: int = MOST_ON_A_CONNECTION,
    ) -> None:
        """Talk to `relay`; `answer_timeout`, in seconds, is for each of its replies. Raises DkimKeyError."""
        self._relay = relay
        self._answer_timeout = answer_timeout
        self._signer = Signer(dkim) if dkim else None
        self._most_on_a_connection = most_on_a_connection
        self._kept = threading.local()

    def pack(self, envelope: Envelope, readers: Sequence[Reader]) -> Parcel:
        """Compose the letter, and leave to `submit` what is each reader's own."""
        try:
            letter = compose(envelope, now=dt.datetime.now(dt.UTC))
        except EnvelopeError as error:
            return Parcel(len(readers), "", Letters(None, tuple(readers), str(error)))
        return Parcel(len(readers), letter.digest(readers), Letters(letter, tuple(readers)))

    def submit(self, parcel: Parcel, witness: Witness) -> Answer:
        """Offer each reader's letter once, in order, until one may not leave or the session ends."""
        content = parcel.content
        if not isinstance(content, Letters) or content.letter is None:
            fault = content.fault if isinstance(content, Letters) else "this parcel is not for SMTP"
            return Refused(fault)
        tally = Tally(witness)
        try:
            self._offer_all(content.letter, content.readers, tally)
        except EndedError as end:
            return tally.answer(end)
        except Exception as error:  # noqa: BLE001 - whoever was being written to is in doubt, and nobody else
            self.close()
            return tally.answer(EndedError(f"unforeseen: {type(error).__name__}"))
        return tally.answer()

    def close(self) -> None:
        """Close this thread's connection."""
        session: Session | None = getattr(self._kept, "session", None)
        self._kept.session = None
        if session is not None:
            session.drop()

    def _offer_all(self, letter: Letter, readers: Sequence[Reader], tally: Tally) -> None:
        """Offer the letters, on as many connections as that takes. Raises EndedError."""
        left = []
        for reader in readers:
            if is_address(reader.address):
                left.append(reader)
            else:
                tally.refuse(reader.delivery, "the address cannot be written in SMTP")
        again = True  # a kept connection that turns out to be dead harms nobody: once, another is opened
        while left:
            session, kept = self._session()
            turns = Turns(session, left, _Writer(letter, self._signer), tally)
            try:
                turns.run(self._most_on_a_connection - session.taken)
            except EndedError as end:
                self.close()
                if not (kept and again and end.gone and turns.done == turns.begun == 0):
                    raise
                again = False
            except BaseException:
                self.close()
                raise
            left = left[turns.done :]

    def _session(self) -> tuple[Session, bool]:
        """Return a connection and whether it was kept from before. Raises EndedError where there is none."""
        kept: Session | None = getattr(self._kept, "session", None)
        if kept is not None:
            if kept.taken < self._most_on_a_connection and kept.is_fresh(LONGEST_IDLE):
                return kept, True
            self._kept.session = None
            kept.quit()
        try:
            self._kept.session = made = Session(self._relay, self._answer_timeout)
        except LostError as error:
            raise EndedError(f"no connection: {error}") from error
        except RelayError as error:
            raise EndedError(error.words, error.status, permanent=error.permanent) from error
        return made, False


class _Writer:
    """What the letter is for each reader: whose it is, and the message itself, signed if it is to be."""

    def __init__(self, letter: Letter, signer: Signer | None) -> None:
        self._letter = letter
        self._signer = signer

    def sender(self, reader: Reader) -> str:
        return return_path(self._letter.envelope, reader)

    def message(self, reader: Reader) -> bytes:
        message = self._letter.for_reader(reader)
        return self._signer.signed(message) if self._signer else message
