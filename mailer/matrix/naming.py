"""Names of files: from slugs, safe on any file system, in any address, and short."""

import hashlib

from mailer.matrix.values import EVERYTHING, NO_INTEREST

_LONGEST, _DIGITS = 48, 10


def stem(name: str) -> str:
    """Return what a letter's files are called before their ends, from the variant's name.

    Slugs hold small letters, digits and hyphens, so an underscore stands between them, which no server reads
    as a blank. A word before them, since an interest may be called `con` or `nul`. Names of many interests
    are cut, and a hash of the whole keeps them apart.
    """
    if name in {EVERYTHING, NO_INTEREST}:
        return name
    whole = f"for-{name.replace('+', '_')}"
    if len(whole) <= _LONGEST:
        return whole
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{whole[: _LONGEST - _DIGITS - 1].rstrip('-_')}-{digest}"
