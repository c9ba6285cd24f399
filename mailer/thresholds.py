"""From where on a send does harm: complaints and bounces, as shares, with the source of each limit.

Values in, values out. Below a floor a share is chance, and nobody is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mailer.vocabulary import Measure

# Gmail's rules for who writes to many (email sender guidelines, 2024): the spam rate stays below 0.1 %, and
# from 0.3 % on nothing helps until it was below that for a week. Yahoo names 0.3 % alone.
COMPLAINTS, COMPLAINTS_HARMFUL = 0.001, 0.003
# No provider publishes a limit; where bounces are watched at all, lists that were kept well stay below 2 %.
BOUNCES = 0.02
# A list that makes one complaint in a thousand letters makes five of a thousand once in 270 sends, and one
# where 2 % of a hundred addresses are dead has ten of them once in 20,000: less than that cries no wolf.
FEWEST_COMPLAINTS, FEWEST_BOUNCES = 5, 10

# What brings a copy back after it was accepted, so that its reader cannot have marked it as spam.
RETURNED = (Measure.BOUNCED, Measure.BLOCKED, Measure.DROPPED)
# What `limits` wants to be told.
HELD_AGAINST = (*RETURNED, Measure.COMPLAINED, Measure.UNSUBSCRIBED)


Told = Mapping[Measure, int | None]  # how many copies; None where nobody could tell


@dataclass(frozen=True)
class Against:
    """A figure beside what providers bear: `copies` of `base`, None where nothing is measured.

    `limit` is a share, None where nobody names one; below `fewest` copies a share is chance.
    """

    name: str
    copies: int | None
    base: int
    limit: float | None = None
    fewest: int = 1

    @property
    def share(self) -> float | None:
        """Return the share, from 0 to 1."""
        return self.copies / self.base if self.copies is not None and self.base else None

    @property
    def passed(self) -> bool:
        """Return whether it is above the limit, and not by chance; what is not known is not."""
        return self.limit is not None and self.enough and (self.share or 0) > self.limit

    @property
    def enough(self) -> bool:
        """Return whether so many copies are no chance."""
        return (self.copies or 0) >= self.fewest


class Limits(NamedTuple):
    """What did harm, each beside what it is held against."""

    complaints: Against
    bounces: Against
    unsubscribes: Against


def limits(told: Told, *, accepted: int) -> Limits:
    """Return what was told of so many accepted copies beside the limits.

    Complaints and leaving are of what did not come back: as far as is known that was delivered. So it can be
    told of a transport that never tells of a delivery, and while the last copies are on their way.
    """
    arrived = max(0, accepted - sum(told.get(measure) or 0 for measure in RETURNED))
    return Limits(
        Against("complaints", told[Measure.COMPLAINED], arrived, COMPLAINTS, FEWEST_COMPLAINTS),
        Against("bounces", told[Measure.BOUNCED], accepted, BOUNCES, FEWEST_BOUNCES),
        Against("unsubscribes", told[Measure.UNSUBSCRIBED], arrived),
    )


def together(several: Sequence[Limits]) -> Limits:
    """Return the figures of several sends as one; a send that nobody could tell of is in no base.

    Of no send at all every figure is 0 of 0.
    """
    nothing = dict.fromkeys(Measure, 0)
    return Limits(*map(_one, zip(*(several or [limits(nothing, accepted=0)]), strict=True)))


def _one(parts: Sequence[Against]) -> Against:
    known = [part for part in parts if part.copies is not None]
    return replace(
        parts[0],
        copies=sum(part.copies or 0 for part in known) if known else None,
        base=sum(part.base for part in known or parts),
    )
