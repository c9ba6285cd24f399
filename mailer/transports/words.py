"""What a transport said, in the form that may be kept: on one line, without addresses."""

import re

LONGEST = 500  # characters of a transport's words that are worth keeping

_ADDRESS = re.compile(r"(?:\"[^\"@]{1,64}\"|[^\s@<>()\"',;:]+)(?:@|%40)[^\s@<>()\"',;:]+", re.IGNORECASE)


def without_addresses(text: str) -> str:
    """Return `text` on one line with every address struck out, fit for a database and a log."""
    return _ADDRESS.sub("…", " ".join(fit_to_keep(text).split()))


def fit_to_keep(text: str) -> str:
    """Return what a database can hold of `text`: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
