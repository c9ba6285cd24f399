"""What became of each reader in one submission, gathered while it happens, and the answer it makes."""

import re

from mailer.transports.answers import Answer, NotAccepted, Partly, Refused
from mailer.transports.port import Witness
from mailer.transports.smtp_session import Reply

# Refusals in the same words, one after the other, that are not about the readers but about us.
TOO_MANY_ALIKE = 3
_QUEUE_ID = re.compile(r"\b(?:queued as |id[= ])<?([A-Za-z0-9._-]{1,200})")
_ENHANCED = re.compile(r"^[0-9]{3} 5\.([0-9]{1,3})\.[0-9]{1,3}\b")  # RFC 3463, RFC 2034
_ABOUT_AN_ADDRESS = frozenset({"1", "2"})
# "Authentication required", in each of its forms: RFC 4954 §6.
_SIGN_IN = frozenset({530, 534, 535, 538})


class EndedError(Exception):
    """The submission ends here; whoever was not named by then got nothing."""

    def __init__(self, words: str, status: int = 0, *, permanent: bool = False, gone: bool = False) -> None:
        """Keep the words. `permanent`: a person must act before it goes on; `gone`: the connection is."""
        self.words = words
        self.status = status
        self.permanent = permanent
        self.gone = gone
        super().__init__(words)


class Tally:
    """Names each reader at most once, and tells the witness of everyone whose letter had begun to leave."""

    def __init__(self, witness: Witness) -> None:
        """Begin with nobody."""
        self._witness = witness
        self._accepted: list[int] = []
        self._rejected: dict[int, str] = {}
        self._deferred: dict[int, str] = {}
        self._unknown: list[int] = []
        self._leaving = 0  # the delivery whose content is on its way
        self._queue_id = ""
        self._alike: list[int] = []

    def begin(self, delivery: int) -> None:
        """Ask whether this copy may leave. Raises EndedError where not."""
        if not self._witness.begin(delivery):
            raise EndedError("stopped before the next letter: the batch is no longer this worker's")
        self._leaving = delivery

    def judge(self, delivery: int, reply: Reply) -> None:
        """Note what the relay said of one copy. Raises EndedError where it says it of all of them."""
        if reply.positive:
            found = _QUEUE_ID.search(reply.words)
            self._queue_id = found[1] if found else ""
            self._accepted.append(delivery)
            self._alike = []
            self._told(delivery, "accepted")
        elif reply.permanent:
            if reply.code in _SIGN_IN:
                self._leaving = 0  # refused for certain: nobody is in doubt
                raise EndedError(reply.words, reply.code, permanent=True)
            self.refuse(delivery, reply.words)
            self._suspect(delivery, reply)
        else:
            self._deferred[delivery] = reply.words
            self._alike = []
            self._told(delivery, "deferred")

    def refuse(self, delivery: int, words: str) -> None:
        """Note that this copy is refused for good."""
        self._rejected[delivery] = words
        self._told(delivery, "rejected")

    def answer(self, end: EndedError | None = None) -> Answer:
        """Return what to say of the submission, ended early or not."""
        if self._leaving:
            self._unknown.append(self._leaving)
            self._told(self._leaving, "unknown")
        named = self._accepted or self._rejected or self._deferred or self._unknown
        if end and not named:
            if end.permanent:
                return Refused(end.words, end.status)
            return NotAccepted(end.words, end.status)
        return Partly(
            accepted=tuple(self._accepted),
            unknown=tuple(self._unknown),
            rejected=self._rejected,
            deferred=self._deferred,
            status=end.status if end else 250,
            detail=end.words if end else "",
            message_id=self._queue_id,
            pause=end.words if end and end.permanent else "",
        )

    def _told(self, delivery: int, word: str) -> None:
        if self._leaving == delivery:
            self._leaving = 0
            self._witness.end(delivery, word)

    def _suspect(self, delivery: int, reply: Reply) -> None:
        """Stop where the relay refuses us and not our readers: one wrong setting must not cost a whole list.

        Those it refused so are named nowhere: they got nothing, and wait until a person has acted.
        """
        alike = self._alike and self._rejected[self._alike[0]] == reply.words
        self._alike = [] if _about_the_reader(reply) else [*(self._alike if alike else []), delivery]
        if len(self._alike) == TOO_MANY_ALIKE:
            for refused in self._alike:
                del self._rejected[refused]
            raise EndedError(
                f"the relay refused {TOO_MANY_ALIKE} letters in the same words: {reply.words}",
                reply.code,
                permanent=True,
            )


def _about_the_reader(reply: Reply) -> bool:
    """Return whether a refusal is about one mailbox, as far as its codes tell."""
    if found := _ENHANCED.match(reply.words):
        return found[1] in _ABOUT_AN_ADDRESS
    return reply.code in {550, 551, 552, 553} and "relay" not in reply.words.lower()
