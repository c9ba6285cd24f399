"""From where on a send does harm: complaints and bounces, as shares, with the source of each limit.

Values in, values out. Below a floor a share is chance, and nobody is told.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Sums:
    """What became of copies that were accepted; `came` counts them by what was told of them.

    `came` None: the sums are still being counted, so that nothing is known.
    """

    accepted: int
    came: Mapping[str, int] | None = field(default_factory=dict)

    @property
    def complained(self) -> int:
        """Return how many were marked as spam."""
        return self._of(Measure.COMPLAINED)

    @property
    def bounced(self) -> int:
        """Return how many a mail server refused for good."""
        return self._of(Measure.BOUNCED)

    @property
    def arrived(self) -> int:
        """Return how many were accepted and did not come back: as far as is known they were delivered.

        So it can be told of a transport that never tells of a delivery, and while the last are on their way.
        """
        return arrived(self.accepted, self.came or {})

    @property
    def complaint_share(self) -> float | None:
        """Return complaints of what arrived; None where that is not known."""
        return self._share(self.complained, self.arrived)

    @property
    def bounce_share(self) -> float | None:
        """Return bounces of what was accepted; None where that is not known."""
        return self._share(self.bounced, self.accepted)

    @property
    def too_many_complaints(self) -> bool:
        """Return whether complaints are past their limit, and not by chance."""
        return passed(self.complained, self.complaint_share, COMPLAINTS, fewest=FEWEST_COMPLAINTS)

    @property
    def too_many_bounces(self) -> bool:
        """Return whether bounces are past their limit, and not by chance."""
        return passed(self.bounced, self.bounce_share, BOUNCES, fewest=FEWEST_BOUNCES)

    def _of(self, measure: Measure) -> int:
        return (self.came or {}).get(measure, 0)

    def _share(self, part: int, whole: int) -> float | None:
        return None if self.came is None or not whole else part / whole


def arrived(accepted: int, came: Mapping[str, int]) -> int:
    """Return how many copies were accepted and did not come back."""
    return max(0, accepted - sum(came.get(measure, 0) for measure in RETURNED))


def passed(copies: int | None, share: float | None, limit: float, *, fewest: int) -> bool:
    """Return whether a share is above its limit, and not by chance; what is not known is not."""
    return (copies or 0) >= fewest and (share or 0) > limit


def together(several: list[Sums]) -> Sums:
    """Return the sums of several sends; of those that are still being counted nothing is in it."""
    known = [sums for sums in several if sums.came is not None]
    came: Counter[str] = Counter()
    for sums in known:
        came.update(sums.came or {})
    return Sums(sum(sums.accepted for sums in known), dict(came) if known else None)
