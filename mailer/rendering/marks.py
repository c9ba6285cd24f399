"""Keep the marks our own: text from outside that holds one is written so that it reads the same and is none.

The transport replaces a mark wherever it stands, so a headline that held one would be given a reader's
own link to leave.
"""

import re

from mailer.rendering.values import MARKS, TOKEN_MARK

# Marks may overlap, so the rest of one is looked at and not taken.
_FIRST_HYPHEN = re.compile(
    "|".join(f"{re.escape(mark[0])}(?={re.escape(mark[1:])})" for mark in (*MARKS, TOKEN_MARK))
)
# U+2010 looks like the hyphen that it replaces.
_HYPHEN = "\u2010"


def defused(text: str) -> str:
    """Return plain text without marks."""
    return _FIRST_HYPHEN.sub(_HYPHEN, text)


def defused_html(html: str) -> str:
    """Return escaped HTML without marks; a character reference holds good in text and in attributes."""
    return _FIRST_HYPHEN.sub("&#45;", html)


def defused_address(url: str) -> str:
    """Return an address without marks, which leads where it led (RFC 3986 §2.3)."""
    return _FIRST_HYPHEN.sub("%2D", url)
