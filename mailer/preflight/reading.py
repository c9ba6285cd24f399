"""What rules read of a letter's two parts: many questions to each, so that the quick answer comes first.

Every shortcut here says what the long way would: tests/preflight/test_reading.py compares the two.
"""

import re
from collections.abc import Iterator

from mailer.rendering.marks import defused
from mailer.rendering.values import MARKS, TOKEN_MARK
from mailer.tracking.tokens import LENGTH

# What nobody sees: comments, which Outlook alone reads, and what a template hides.
# Within it no tag of the same name may stand, so that its end is its own.
HIDDEN = re.compile(
    r"<!--.*?-->"
    r"|<(?P<tag>[a-z][a-z0-9]*)\b[^>]*?"
    r"(?:style=\"[^\"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)[^\"]*\"|\shidden[\s>=])"
    r"(?:(?!<(?P=tag)\b).)*?</(?P=tag)>",
    re.DOTALL | re.IGNORECASE,
)
_LINK = re.compile(r"<a\s(?P<rest>[^>]*?href=\"(?P<url>https?://[^\"]*)\"[^>]*)>")
_OWN_LINK = 120  # bytes of a reader's own link: an address of ours with a token
# One of these stands in all that it matches, near its beginning; `hidden` a letter after its space.
_HINTS = {
    "<!--": re.compile("<!--"),
    "display": re.compile(r"display\s*:\s*none"),
    "visibility": re.compile(r"visibility\s*:\s*hidden"),
    "hidden": re.compile(r"(?<=\s)hidden[\s>=]"),
}
# Where what is sought comes next, as a rule: letters have their stories in the order of the text.
NEAR = 16_384  # characters


def solid(text: str) -> str:
    """Return text without spaces, which each part has where it needs them, and without marks."""
    return "".join(defused(text).split())


def seen(html: str) -> str:
    """Return HTML without what its template hides and what Outlook alone reads: all that HIDDEN matches."""
    lower = html.lower()
    if len(lower) != len(html):
        return HIDDEN.sub("", html)
    kept: list[str] = []
    end = 0
    for start in _beginnings(lower):
        if start >= end and (found := HIDDEN.match(html, start)):
            kept.append(html[end:start])
            end = found.end()
    kept.append(html[end:])
    return "".join(kept)


def measured(html: str, *, grows: bool) -> tuple[int, tuple[int, ...]]:
    """Return the bytes of HTML with what is a reader's own, and the length of each link, where these grow."""
    size = len(html.encode())
    size += sum(html.count(mark) * (_OWN_LINK - len(mark)) for mark in MARKS)
    size += html.count(TOKEN_MARK) * (LENGTH - len(TOKEN_MARK))
    if not grows:
        return size, ()
    counted = (found for found in _LINK.finditer(html) if 'clicktracking="off"' not in found["rest"])
    return size, tuple(len(found["url"]) for found in counted)


def _beginnings(lower: str) -> list[int]:
    """Return where HIDDEN may begin to match: the tags around each hint, in order."""
    found: set[int] = set()
    for word, hint in _HINTS.items():
        at = lower.find(word)
        while at >= 0:
            if hint.match(lower, at):
                found.update([at] if word == "<!--" else _around(lower, at))
            at = lower.find(word, at + 1)
    return sorted(found)


def _around(lower: str, at: int) -> Iterator[int]:
    """Yield where the tag may begin that has a hint: an attribute, or within the style that began last."""
    style = lower.rfind('style="', 0, at)
    for inside in {at, style} if style >= 0 else {at}:
        start = lower.find("<", lower.rfind(">", 0, inside) + 1, inside)
        while start >= 0:
            yield start
            start = lower.find("<", start + 1, inside)


class Search:
    """Asks one text after another whether it stands in a long one; what comes in order is found at once."""

    def __init__(self, text: str, *, near: int = NEAR) -> None:
        """Begin at the beginning of the text."""
        self._text, self._near = text, near
        # Two places go on at once: letters have what is a reader's own first, and then the rest.
        self._places = [0, 0]

    def __contains__(self, words: str) -> bool:
        """Return whether the words stand anywhere in the text."""
        for number, place in enumerate(self._places):
            found = self._text.find(words, place, place + self._near)
            if found >= 0:
                self._places[number] = found
                return True
        found = self._text.find(words)
        if found >= 0:
            self._places = [self._places[0], found] if found > self._places[0] else [found, self._places[1]]
        return found >= 0
