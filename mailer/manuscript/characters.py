"""Which characters a text may hold, and how its lines are told apart."""

import unicodedata

# XML, which the letter is made of, allows neither these nor control characters (XML 1.0 §2.2).
_NOT_XML = "\ufffe\uffff"
BYTE_ORDER_MARK = "\ufeff"


def is_stray_control(character: str) -> bool:
    """Return whether a letter cannot carry `character`: a control, half a surrogate pair, a non-character."""
    return character not in "\n\t" and (
        unicodedata.category(character) in {"Cc", "Cs"} or character in _NOT_XML
    )


def printable(text: str) -> str:
    """Return `text` without the characters that a letter cannot carry."""
    return "".join(character for character in text if not is_stray_control(character))


def with_plain_line_ends(text: str) -> str:
    """Return `text` with every line ended by a line feed, and without its byte-order mark."""
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
