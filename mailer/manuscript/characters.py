"""Which characters a text may hold, and how its lines are told apart."""

import re

# XML, which the letter is made of, allows neither controls, half a surrogate pair nor these two
# non-characters (XML 1.0 §2.2); the controls beyond ASCII it allows, and nobody sees them.
STRAY_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BYTE_ORDER_MARK = "\ufeff"


def is_stray_control(character: str) -> bool:
    """Return whether a letter cannot carry `character`: a control, half a surrogate pair, a non-character."""
    return STRAY_CONTROL.match(character) is not None


def printable(text: str) -> str:
    """Return `text` without the characters that a letter cannot carry."""
    return STRAY_CONTROL.sub("", text)


def with_plain_line_ends(text: str) -> str:
    """Return `text` with every line ended by a line feed, and without its byte-order mark."""
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
