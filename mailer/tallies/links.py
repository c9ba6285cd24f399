"""The links of a letter, which are all that clicks are counted by."""

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from mailer.rendering.values import MARKS

# What is clicked and is none of a send's own links: another one, and the one that no person sees.
OTHER, CANARY = 0, -1
CANARY_PATH = "/c/unseen"

# A link's tag, comments too: what Outlook alone reads stands in one. A `>` within quotes does not end it.
_ANCHOR = re.compile(r"<(?:a|area)(?=\s)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?<![^\s\"'])(?P<name>[^\s=>\"'/]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s>\"']+))"
)
_KINDS = ("double", "single", "bare")
# Browsers leave these out of an address (WHATWG URL, basic URL parser).
_LEFT_OUT = str.maketrans("", "", "\t\r\n")


class Href(NamedTuple):
    """A link that can be counted: where it leads, and where that is written in the HTML."""

    url: str
    start: int
    end: int


def hrefs(html: str) -> Iterator[Href]:
    """Yield each counted link of a letter: to the web, the same for all readers, and not exempted.

    What our template exempts (`clicktracking="off"`, in the words of SendGrid, which leaves such links alone
    too) is one reader's own, or leads to our own pages, where nobody is counted.
    """
    for anchor in _ANCHOR.finditer(html):
        found: dict[str, re.Match[str]] = {}
        for attribute in _ATTRIBUTE.finditer(html, anchor.start(), anchor.end() - 1):
            found.setdefault(attribute["name"].lower(), attribute)
        href, exempt = found.get("href"), found.get("clicktracking")
        if href is None or (exempt is not None and _value(exempt).lower() == "off"):
            continue
        url = unescape(_value(href)).strip().translate(_LEFT_OUT)
        if url.lower().startswith(("https://", "http://")) and not any(mark in url for mark in MARKS):
            start, end = next(span for kind in _KINDS if (span := href.span(kind)) != (-1, -1))
            yield Href(url, start, end)


def links_in(html: str) -> tuple[str, ...]:
    """Return the addresses that all readers of a letter share, each once, from its head to its foot."""
    return tuple(dict.fromkeys(href.url for href in hrefs(html)))


def _value(attribute: re.Match[str]) -> str:
    return next(attribute[kind] for kind in _KINDS if attribute[kind] is not None)


def is_canary(url: str) -> bool:
    """Return whether an address is that of the link that no person sees."""
    return url.endswith(CANARY_PATH)


def link_key(url: str) -> str:
    """Return what stands for a link in the key of its event; '' for none."""
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest() if url else ""
