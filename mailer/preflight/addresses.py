"""The addresses in an edition's text, each with its place and what it leads to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

from markdown_it.common.utils import unescapeAll

from mailer.fetching.values import Question
from mailer.preflight.page import FOOTER, Line, Page, Place

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_TARGET = r"(?:<(?P<angled>[^<>]*)>|(?P<bare>(?:[^\s()<>]|\([^\s()]*\))*))"
_LINK = re.compile(rf"(?<!\\)\]\(\s*{_TARGET}(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)")
_TAG = re.compile(r"<a\s[^<>]*?href\s*=\s*(?:\"(?P<angled>[^\"]*)\"|'(?P<bare>[^']*)')", re.IGNORECASE)
_AUTOLINK = re.compile(r"<(?P<angled>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_DEFINITION = re.compile(rf" {{0,3}}\[(?P<label>[^\[\]]+)\]:\s+{_TARGET}\s*(?:[\"'(].*)?")
_IMAGE = re.compile(r"!\[(?:[^\\\[\]]|\\.)*$")
_LONGEST_WORDS = 1_000  # of an image: what is longer is looked at as a link
_NAKED = re.compile(
    r"\bhttps?://[^\s<>\")\]]+|(?<![\w./:@-])www\.[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b(?:[/?#][^\s<>\")\]]*)?",
    re.IGNORECASE,
)
# What somebody who left the host out of an address writes; any other word in brackets may be just that.
_LIKE_A_PATH = re.compile(r"(?:/|\./|\.\./|#|\?|www\.)\S*|[\w.-]+\.[A-Za-z]{2,}(?:[/?#]\S*)?|[\w.-]+/\S+")
_CAMPAIGN = re.compile(r"utm_|mc_[ce]id$|fbclid$|gclid$")


@dataclass(frozen=True)
class Link:
    """An address as it was written, where it stands, and whether it is a story's own."""

    url: str
    place: Place
    of_story: bool = False

    @property
    def scheme(self) -> str:
        """Return its scheme in small letters, '' where it has none."""
        scheme = _SCHEME.match(self.url)
        return scheme[0].lower() if scheme else ""

    @property
    def host(self) -> str:
        """Return its host in small letters, '' where it has none or cannot be read."""
        try:
            return (urlsplit(self.url).hostname or "") if self.scheme in {"http", "https"} else ""
        except ValueError:
            return ""

    @property
    def is_partial(self) -> bool:
        """Return whether it is an address without its host."""
        return not self.scheme and (not self.url or _LIKE_A_PATH.fullmatch(self.url) is not None)

    @property
    def has_user(self) -> bool:
        """Return whether a name or a password stands before its host (RFC 3986 §3.2.1)."""
        try:
            return bool(self.host) and "@" in urlsplit(self.url).netloc
        except ValueError:
            return False

    @property
    def question(self) -> Question | None:
        """Return what to ask online; None where it is no page, or offline rules say already what is wrong."""
        if not self.host or self.has_user or is_private(self.host):
            return None
        url = self.url if self.of_story else unescapeAll(self.url)  # as a letter links it
        return Question(urldefrag(url).url)


def links(page: Page) -> tuple[Link, ...]:
    """Return every address that was meant as a link, in the order of the text."""
    found: dict[Place, Link] = {}
    for line in page.lines:
        if line.kind in {"story", "body", FOOTER}:
            for link in _links_of(line, page):
                found.setdefault(link.place, link)
    return tuple(found[place] for place in sorted(found, key=lambda place: (place.in_footer, place)))


def naked(page: Page) -> Iterator[Link]:
    """Yield web addresses in words that are no link: a letter shows them as text."""
    for line in page.lines:
        if line.kind in {"body", FOOTER}:
            taken = [link.place.column - 1 for link in _links_of(line, page)]
            for found in _NAKED.finditer(line.text):
                inside = any(start <= found.start() < start + len(found[0]) for start in taken)
                named = line.text[: found.start()].endswith(("](", "<", "[", "="))
                if not inside and not named:
                    yield Link(found[0].rstrip(".,;:!?'”’"), line.place(found.start()))


def _links_of(line: Line, page: Page) -> Iterator[Link]:
    for pattern in (_LINK, _TAG, _AUTOLINK):
        for found in pattern.finditer(line.text):
            if pattern is _LINK and _is_image(line.text, found.start()):
                continue
            group = "angled" if found["angled"] is not None else "bare"
            yield Link(found[group], line.place(found.start(group)), line.kind == "story")
    definition = _DEFINITION.fullmatch(line.text) if line.kind == "body" else None
    if definition and _is_used(definition["label"], page):
        group = "angled" if definition["angled"] is not None else "bare"
        yield Link(definition[group], line.place(definition.start(group)))


def _is_image(text: str, end: int) -> bool:
    """Return whether the brackets that end here are those of an image."""
    return _IMAGE.search(text, max(end - _LONGEST_WORDS, 0), end) is not None


def _is_used(label: str, page: Page) -> bool:
    return page.folded.count(f"[{label}]".casefold()) > 1


def alike(url: str) -> str:
    """Return what two addresses of one page have in common: no `www.`, no campaign, no place in the page."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if not _CAMPAIGN.match(name)]  # noqa: FBT003 - keep_blank_values, which it takes by place too
    return f"{host}{port}{parts.path.rstrip('/')}?{urlencode(query)}"


def is_private(host: str) -> bool:
    """Return whether a host is one that only people of the same house can reach (RFC 1918, 6761, 6762)."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return last in {"localhost", "local", "internal", "lan", "intranet"} or "." not in host.strip(".")
