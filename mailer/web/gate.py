"""Who may sign up now: a ticket counts once, a network only so often, and everybody pays more in a flood.

Nothing here knows the address that is signed up, so nothing here can tell about it.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mailer.web.tickets import LIFE, Ticket, name_of
from subscribers import brakes

ALL_SIGN_UPS = "sign-ups"


class Gate(StrEnum):
    """What becomes of a sign-up whose ticket is paid for."""

    OPEN = "open"
    # too many from the same network lately
    FULL = "full"
    # the ticket was used before
    USED = "used"
    # more sign up than a busy hour explains, and this one has to prove more
    RAISED = "raised"


@dataclass(frozen=True)
class Passage:
    """The gate's answer; `wait` is in how many seconds a full one opens."""

    gate: Gate
    wait: float = 0.0


def ask_for_passage(text: str, ticket: Ticket, network: str, *, at: dt.datetime) -> Passage:
    """Count a sign-up and use its ticket up, or say why not; `network` is minimised, '' where it is unknown.

    Call it in the transaction that writes the sign-up. A raised ticket was counted when it was given.
    """
    if not ticket.raised and network:
        wait = brakes.take(brakes.of_network(network), brakes.SIGN_UPS_OF_A_NETWORK, at=at)
        if wait:
            return Passage(Gate.FULL, wait)
    if not brakes.once(name_of(text), at=at, keep=LIFE):
        return Passage(Gate.USED)
    if not ticket.raised and brakes.hourly(ALL_SIGN_UPS, at=at).unusual:
        return Passage(Gate.RAISED)
    return Passage(Gate.OPEN)
