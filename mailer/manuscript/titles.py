"""What makes a line of a pasted text a heading, and what such a heading holds beside its words."""

import re
import unicodedata
from dataclasses import dataclass

from mailer.manuscript.headline import address_fault

# Signs that stood for a link on the page a text was copied from.
LINK_SIGNS = "🌐🔗↗"
ADDRESS = re.compile(r"https?://[^\s<>{}\\\"]*[^\s<>{}\\\".,;:!?'”’)\]]")

_LONGEST = 160
_LONGEST_LEAD_IN = 8  # words before a colon that still make a heading
_SHORTEST_LINKED = 3  # words before an address; fewer are "Register at"
_SENTENCE_ENDS = ".;,…。"
_MARKDOWN_LINK = re.compile(r"\[(?P<title>[^\[\]]+)\]\((?P<url>\S+)\)")
_TRAILING_ADDRESS = re.compile(rf"(?P<title>.*\S)\s+[(<]?(?P<url>{ADDRESS.pattern})[)>]?")
_BRACES_AFTER = re.compile(r"(?P<words>.*\S)\s*\{(?P<names>[^{}]*[^{}\s][^{}]*)\}")
_SIGN_AFTER = re.compile(rf"(?P<title>.*?)\s*(?P<sign>[{LINK_SIGNS}])[\ufe0e\ufe0f]?")
_BOLD = re.compile(r"\*\*(?P<words>[^*]+)\*\*:?")


@dataclass(frozen=True)
class Title:
    """The words of a heading, and what stood with them ('' without).

    That is an address, or the sign in place of one, and what braces at its end hold.
    """

    words: str
    url: str = ""
    sign: str = ""
    names: str = ""

    @property
    def in_full(self) -> str:
        """Return the words with all that stood with them but the address."""
        braces = f"{{{self.names}}}" if self.names else ""
        return " ".join(filter(None, [self.words, self.sign, braces]))


def title_of(text: str) -> Title:
    """Take the link, the sign for one, the braces and the colon off a heading."""
    text, names = without_braces(text)
    match = _MARKDOWN_LINK.fullmatch(text) or _TRAILING_ADDRESS.fullmatch(text)
    if match and not address_fault(match["url"]) and _bare(match["title"]):
        return Title(_bare(match["title"]), url=match["url"], names=names)
    match = _SIGN_AFTER.fullmatch(text)
    if match and _bare(match["title"]):
        return Title(_bare(match["title"]), sign=match["sign"], names=names)
    return Title(_bare(text), names=names)


def without_braces(text: str) -> tuple[str, str]:
    """Split what stands in braces at the end of `text` from it, as interests do in canonical Markdown."""
    match = _BRACES_AFTER.fullmatch(text)
    return (match["words"], match["names"].strip()) if match else (text, "")


def is_title(text: str) -> bool:
    """Return whether `text` has the shape of a heading: short, and not ended as a sentence is."""
    title = title_of(text)
    if len(title.words) > _LONGEST or not has_words(title.words) or title.words[-1] in _SENTENCE_ENDS:
        return False
    if ADDRESS.search(title.words) or (title.url and words_in(title.words) < _SHORTEST_LINKED):
        return False
    return words_in(text) <= _LONGEST_LEAD_IN if text.endswith(":") else True


def stands_out(text: str) -> bool:
    """Return whether a heading is set off by a sign before it, a colon after it, or capitals throughout."""
    letters = sum(character.isalpha() for character in text)
    capitals = letters > 1 and text == text.upper() and text != text.lower()
    return unicodedata.category(text[:1] or " ") == "So" or text.endswith(":") or capitals


def words_in(text: str) -> int:
    """Return how many words `text` has."""
    return sum(map(has_words, text.split()))


def has_words(text: str) -> bool:
    """Return whether `text` holds any letter or figure."""
    return any(character.isalnum() for character in text)


def _bare(words: str) -> str:
    bold = _BOLD.fullmatch(words.strip())
    return (bold["words"] if bold else words).strip().removesuffix(":").strip()
