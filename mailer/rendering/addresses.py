"""Addresses in a letter: which may stand in it, and what a reader sees of them."""

from functools import lru_cache
from urllib.parse import urlsplit

from mailer.rendering.marks import defused_address


@lru_cache(maxsize=2048)  # each letter of an edition asks of the same
def address(url: str) -> str:
    """Return `url` as a letter may hold it, or '' where it is not a web address."""
    return defused_address(url) if _host(url) else ""


@lru_cache(maxsize=2048)  # the same
def source(url: str) -> str:
    """Return who published the page at `url`: its host without `www.`, or ''."""
    return _host(url).removeprefix("www.")


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in {"http", "https"} else ""
