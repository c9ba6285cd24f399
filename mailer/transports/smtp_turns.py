"""The conversation of one connection: MAIL, RCPT, DATA and content for one reader after the other."""

from collections.abc import Sequence
from typing import Protocol

from mailer.transports.request import Reader
from mailer.transports.smtp_session import SERVICE_CLOSING, LostError, Reply, Session
from mailer.transports.smtp_tally import EndedError, Tally

END_OF_CONTENT = b".\r\n"


class Writer(Protocol):
    """What a letter is for one reader."""

    def sender(self, reader: Reader) -> str:
        """Return the envelope's sender."""

    def message(self, reader: Reader) -> bytes:
        """Return the whole message; no line of it begins with a dot."""


class Turns:
    """Takes readers in order; `done` of them are settled, and of `begun` the content has left."""

    def __init__(
        self,
        session: Session,
        readers: Sequence[Reader],
        writer: Writer,
        tally: Tally,
    ) -> None:
        """Begin with the first of `readers`, on a connection where nothing is under way."""
        self._session = session
        self._readers = readers
        self._writer = writer
        self._tally = tally
        self._ahead = False  # the next reader's commands left together with the content before
        self.done = 0
        self.begun = 0

    def run(self, most: int) -> None:
        """Offer at most `most` letters. Raises EndedError where the session ends before."""
        last = min(len(self._readers), most)
        try:
            while self.done < last:
                self._turn(self._readers[self.done], last)
        except LostError as error:
            raise EndedError(f"connection lost: {error}", gone=True) from error

    def _turn(self, reader: Reader, last: int) -> None:
        """Settle one reader."""
        self._session.taken += 1
        mail, recipient, data = self._open(reader)
        for reply in (mail, recipient, data):
            if reply is not None and reply.code == SERVICE_CLOSING:
                raise EndedError(reply.words, reply.code, gone=True)
        if not mail.positive:
            raise EndedError(mail.words, mail.code, permanent=mail.permanent)
        if recipient is None or data is None or not recipient.positive or not data.goes_on:
            refusal = data if recipient is not None and recipient.positive else recipient
            self._give_back(reader, refusal, data)
            return
        message = self._writer.message(reader)
        self._tally.begin(reader.delivery)
        self.begun += 1
        # From here to the reply, and only in between, this one reader is in doubt.
        self._session.write(b"%s%s%s" % (message, END_OF_CONTENT, self._following(last)))
        said = self._session.reply()
        if said.positive or said.code // 100 in {4, 5}:
            self.done += 1
            self._tally.judge(reader.delivery, said)
        if said.code == SERVICE_CLOSING:
            raise EndedError(said.words, said.code)
        if said.code // 100 == 3:  # noqa: PLR2004 - RFC 5321 §4.2.1: go on, where nothing can
            raise LostError(f"the relay answered a letter with {said.words}")

    def _following(self, last: int) -> bytes:
        """Return the next reader's commands, where they may leave together with this content."""
        self._ahead = self._session.pipelining and self.done + 1 < last
        return _grouped(self._commands(self._readers[self.done + 1])) if self._ahead else b""

    def _open(self, reader: Reader) -> tuple[Reply, Reply | None, Reply | None]:
        """Return the replies to MAIL, RCPT and DATA; None for what was not said, since it was of no use."""
        commands = self._commands(reader)
        if self._session.pipelining:
            if not self._ahead:
                self._session.write(_grouped(commands))
            self._ahead = False
            return self._session.reply(), self._session.reply(), self._session.reply()
        mail = self._session.ask(commands[0])
        recipient = self._session.ask(commands[1]) if mail.positive else None
        data = self._session.ask(commands[2]) if recipient is not None and recipient.positive else None
        return mail, recipient, data

    def _commands(self, reader: Reader) -> tuple[str, str, str]:
        return f"MAIL FROM:<{self._writer.sender(reader)}>", f"RCPT TO:<{reader.address}>", "DATA"

    def _give_back(self, reader: Reader, refusal: Reply | None, data: Reply | None) -> None:
        """Note who is not written to, and bring the connection back to where the next may begin."""
        if refusal is None or refusal.code // 100 not in {4, 5}:
            words = refusal.words if refusal else "no reply"
            raise EndedError(f"the relay said what nobody foresaw: {words}", refusal.code if refusal else 0)
        self.done += 1
        self._tally.judge(reader.delivery, refusal)
        if data is not None and data.goes_on:
            # It waits for content all the same; without a recipient it goes nowhere (RFC 2920 §3.1).
            self._session.write(END_OF_CONTENT)
            self._session.reply()
        reset = self._session.ask("RSET")
        if not reset.positive:
            raise EndedError(reset.words, reset.code)


def _grouped(commands: Sequence[str]) -> bytes:
    return "".join(f"{command}\r\n" for command in commands).encode("ascii")
