"""What is asked, and what came of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit


class Refusal(StrEnum):
    """Why an address is not asked at all."""

    # neither http nor https
    SCHEME = "scheme"
    # a backslash, a space or a control character, which programs read in different ways
    CHARACTERS = "characters"
    # longer than browsers and servers are sure to take
    LENGTH = "length"
    # a name or a password before the host
    USER = "user"
    # another port than those of the web
    PORT = "port"
    # no host, or none that a name or an address could be
    HOST = "host"
    # an IPv4 address in any form but four decimal numbers
    NUMBER = "number"
    # a name that means something in one's own network only: localhost, printer.local
    NAME = "name"
    # an address, or a name with an address among its own, that is not of the public internet
    NETWORK = "network"


class Outcome(StrEnum):
    """How asking ended."""

    # a server answered; its status says what
    ANSWERED = "answered"
    # the address, or one that it redirects to, is not asked; `refusal` says why
    REFUSED = "refused"
    # there is no such name
    UNKNOWN_HOST = "unknown-host"
    # no name server said whether there is
    NO_LOOKUP = "no-lookup"
    # the machine is there, and nobody listens
    CLOSED = "closed"
    # no way to the machine
    UNREACHABLE = "unreachable"
    # the certificate is of another name, expired, not yet valid, or signed by itself
    CERTIFICATE = "certificate"
    # nobody whom this machine trusts signed the certificate; browsers may know more
    UNTRUSTED = "untrusted"
    # the connection broke, or what came is no HTTP
    BROKEN = "broken"
    # no answer in the time there is
    SILENT = "silent"
    # redirects that come back to where they were
    LOOP = "loop"
    # more redirects than are followed
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class Question:
    """An address to ask, without a place in its page; of an image the content is read too."""

    url: str
    image: bool = False

    @property
    def host(self) -> str:
        """Return its host, '' where it has none or cannot be read."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""


@dataclass(frozen=True)
class Hop:
    """A redirect: its status, and where to; '' where that is refused for how it is written."""

    status: int
    url: str


@dataclass(frozen=True)
class Fetched:
    """What came of asking: where it ended after all hops, and what was said there.

    `seconds` is what asking took, without waiting for one's turn. `kind` is the content's type in small
    letters, '' where none was told. `size` are the bytes of the content as sent, None where it was not read;
    one that reached `Limits.body` may be larger. `recalled`: it was asked before, and says nothing of now.
    """

    outcome: Outcome
    status: int = 0
    hops: tuple[Hop, ...] = ()
    seconds: float = 0
    kind: str = ""
    size: int | None = None
    refusal: Refusal | None = None
    recalled: bool = field(default=False, compare=False)

    @property
    def is_well(self) -> bool:
        """Return whether a server gave what was asked for."""
        return self.outcome is Outcome.ANSWERED and 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110 §15.3


class RefusedError(Exception):
    """An address is not asked; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the reason; the address itself is in no message."""
        self.refusal = refusal
        super().__init__(refusal.value)


# Asks many, and returns what came of each.
Asks = Callable[[Iterable[Question]], Mapping[Question, Fetched]]
