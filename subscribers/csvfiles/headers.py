"""A header or a word as it is compared: without case, accents, width and punctuation."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Return the text so that `E-Mail`, `e_mail` and `Ｅ-mail ` are the same, as are `é` and `e`."""
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", "".join(letters)).strip()
