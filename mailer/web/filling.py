"""What a visitor filled in on the sign-up form, read as a stranger's text; nothing here asks who they are."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from subscribers.addresses import LONGEST, Address, AddressError, parse

# Of what is no address, as much comes back for its writer to mend.
_ECHO = 320


class Posted(Protocol):
    """A form as Django reads it: the last value of a name, or all."""

    def get(self, name: str, default: str) -> str: ...  # noqa: D102 - Django's

    def getlist(self, name: str) -> list[str]: ...  # noqa: D102 - the same

    def __contains__(self, name: object) -> bool: ...  # noqa: D105 - the same


class Fault(StrEnum):
    """What is wrong with an address, as far as its writer can mend it."""

    MISSING = "missing"
    # letters outside a-z before the @
    FOREIGN = "foreign"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in; what is not on offer is left out, and `outdated` says so."""

    email: str = ""
    interests: frozenset[str] = frozenset()
    tracked: bool = False
    current: bool = False
    outdated: bool = False
    # Something stood in the field that people do not see.
    baited: bool = False
    ticket: str = ""
    proof: str = ""


NOTHING = Filled()


def read(posted: Posted, offered: Collection[str], *, tracked: bool, current: bool) -> Filled:
    """Return what was filled in; `tracked` and `current` say whether the list offers those ticks."""
    ticked = frozenset(posted.getlist("interest"))
    return Filled(
        email=_printable(posted.get("email", "")),
        interests=ticked.intersection(offered),
        tracked=tracked and "count" in posted,
        current=current and "current" in posted,
        outdated=not ticked.issubset(offered),
        baited=bool(posted.get("site", "")),
        ticket=posted.get("ticket", ""),
        proof=posted.get("proof", ""),
    )


def address_in(filled: Filled) -> Address | Fault:
    """Return the address that was typed, or what is wrong with it."""
    typed = filled.email
    if not typed:
        return Fault.MISSING
    if len(typed) <= LONGEST:
        try:
            return parse(typed)
        except AddressError:
            pass
    local, at, _ = typed.rpartition("@")
    foreign = at and any(letter.isalpha() and not letter.isascii() for letter in local)
    return Fault.FOREIGN if foreign else Fault.NO_ADDRESS


def _printable(text: str) -> str:
    """Return so much of a text, without marks that nobody sees; a control character becomes visible."""
    seen = (c for c in text.strip()[:_ECHO] if unicodedata.category(c) != "Cf")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in seen).strip()
