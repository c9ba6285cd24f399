"""Our ledger against the transport's, address by address."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# A copy: our delivery's number and the address it went to.
Copy = tuple[int, str]


@dataclass(frozen=True)
class Comparison:
    """What two ledgers say of the same send; all empty when they are equal."""

    only_ours: tuple[Copy, ...]
    only_theirs: tuple[Copy, ...]
    twice: tuple[str, ...]  # addresses the transport was given more than once

    @property
    def equal(self) -> bool:
        """Return whether both ledgers hold the same copies, nobody twice."""
        return not (self.only_ours or self.only_theirs or self.twice)


def compare(ours: Iterable[Copy], theirs: Iterable[Copy]) -> Comparison:
    """Compare the copies we call accepted with those the transport says it took."""
    mine, took = set(ours), list(theirs)
    addresses = Counter(address.lower() for _, address in took)
    return Comparison(
        only_ours=tuple(sorted(mine - set(took))),
        only_theirs=tuple(sorted(set(took) - mine)),
        twice=tuple(sorted(address for address, times in addresses.items() if times > 1)),
    )
