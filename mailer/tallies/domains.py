"""The domains that letters were refused at, which are counted as long as whoever it was is not erased."""

from collections.abc import Iterable, Sequence

from mailer.database import execute_many, fetch, locking, marks
from mailer.tallies.portions import portions

# Whose domain nobody knows any more, or never knew: tests to no subscriber, and people who were erased.
NOBODYS = 0

READ_ADDRESSES = "SELECT id, canonical FROM subscriber WHERE id IN ({marks})"
# Kept from being removed until this transaction is over; in the order in which an erasure locks them.
READ_DOMAINS = "SELECT id, name FROM mail_domain WHERE name IN ({marks}) ORDER BY id"
INSERT_DOMAIN = "INSERT INTO mail_domain (name) VALUES (%s) ON CONFLICT (name) DO NOTHING"


def of_subscribers(people: Iterable[int]) -> dict[int, int]:
    """Return the domain of each subscriber, as the number it is counted by.

    Call it once in a transaction: domains are added in one order, so that nobody waits in a ring.
    """
    names = {
        person: address.rpartition("@")[2]
        for some in portions(sorted(set(people)))
        for person, address in fetch(READ_ADDRESSES.format(marks=marks(some)), some)
    }
    known: dict[str, int] = {}
    for some_names in portions(sorted(set(names.values()))):
        known |= _numbers(some_names)
    return {person: known[name] for person, name in names.items()}


def _numbers(names: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    wanted = list(names)
    while wanted:
        read = READ_DOMAINS.format(marks=marks(wanted)) + locking("KEY SHARE")
        known |= {name: number for number, name in fetch(read, wanted)}
        # Again, should an erasure remove one in between: nothing was counted there any more.
        if wanted := [name for name in wanted if name not in known]:
            execute_many(INSERT_DOMAIN, [(name,) for name in wanted])
    return known
