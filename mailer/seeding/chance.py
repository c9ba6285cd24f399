"""Chance that a seed decides, by arithmetic that Python and both databases do alike.

Numbers from 0 to PRIME - 1, made of whole numbers alone; no product reaches 2**63, where PostgreSQL would
refuse, and SQLite begin to round.
"""

import hashlib

PRIME = 2_147_483_647  # 2**31 - 1
STEP, TURN = 1_103_515_245, 1_299_709_021
# Each makes another number of the same one; they only have to be far from one another.
STREAMS = (
    *(48_271, 69_621, 39_373_811, 742_938_285, 950_706_376, 1_226_874_159, 62_089_911, 1_343_714_438),
    *(630_360_016, 1_583_458_089, 784_588_716, 397_204_094, 2_027_812_808, 1_323_257_245, 764_261_123),
    *(1_969_936_887, 531_987_413, 1_147_821_509, 211_402_861, 1_745_028_337),
)


def salt(*words: object) -> int:
    """Return the number that these words are, the same on every machine."""
    text = "\0".join(map(str, words))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % PRIME


def mixed(number: int, salted: int) -> int:
    """Return a number that says nothing of its neighbours'; `number` is below 2**31."""
    first = (number * STEP + salted) % PRIME
    return (first * first % PRIME * TURN + first) % PRIME


def stream(mix: int, which: int) -> int:
    """Return one of several numbers made of a mixed one."""
    return mix * STREAMS[which] % PRIME


def share(part: float) -> int:
    """Return the number below which `part` of all numbers are."""
    return int(part * PRIME)


def within(drawn: int, span: int) -> int:
    """Return a drawn number as one from 0 to `span` - 1."""
    return drawn * span // PRIME
