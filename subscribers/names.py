"""Names of people and lists: one line of text, for people and for the headers of a letter."""

import re
import unicodedata

from subscribers.errors import SubscribersError

LONGEST = 200  # characters

# C0, DEL, C1 and Unicode's own line ends: a line break in a name would begin a header of its own.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Embeddings, overrides and isolates (UAX #9, 2.1 to 2.4): they can show another name than is written.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class NameTextError(SubscribersError):
    """The text cannot be a name."""


def parse(text: str, longest: int = LONGEST) -> str:
    """Return the name trimmed and composed (NFC); it may be empty. Raises NameTextError."""
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > longest:
        raise NameTextError(f"longer than {longest:,} characters")
    if _CONTROL.search(name):
        raise NameTextError("holds a line break or a control character")
    if _DIRECTION.search(name):
        raise NameTextError("holds an invisible character that turns the direction of writing")
    return name
