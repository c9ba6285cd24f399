"""A number that tells two programs on one copy apart, and nothing else."""

from functools import lru_cache
from hashlib import blake2b

MOST = 2**31 - 1


def fingerprint(secret: str, delivery: int, agent: str, network: str) -> int:
    """Return a number from 1 to MOST for a user agent and a minimised network; 0 where both are unknown.

    Another for each copy, so that no reader can be followed from letter to letter; keyed, so that nobody can
    try agents and networks against it; and so short that many fit each.
    """
    if not agent and not network:
        return 0
    digest = _keyed(secret).copy()
    digest.update(f"{delivery}\0{network}\0{agent}".encode("utf-8", "replace"))
    return int.from_bytes(digest.digest(), "big") % MOST + 1


@lru_cache(maxsize=4)
def _keyed(secret: str) -> blake2b:
    key = blake2b(secret.encode()).digest()
    return blake2b(key=key, digest_size=8, person=b"agent")
