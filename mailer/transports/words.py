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


def pattern_of(address: str) -> str:
    """Return a pattern that finds this one address in a text or a URL, where its signs may be written as %2B.

    To be compiled to ignore case.
    """
    return "".join(sign if sign.isalnum() else f"(?:{re.escape(sign)}|%{ord(sign):02X})" for sign in address)
