"""What a request says of each of its copies: who gets it, what is in it, as its reader would see it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

_ANCHOR = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
_TARGET = re.compile(r"""\bhref\s*=\s*(?:"(https?://[^"]+)"|'(https?://[^']+)')""", re.IGNORECASE)
_UNTRACKED = re.compile(r"""\bclicktracking\s*=\s*["']?off\b""", re.IGNORECASE)
_HIDDEN = re.compile(r"""\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b|\shidden[\s>=]""", re.IGNORECASE)
_BRACKETED = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True)
class Recipient:
    """One copy to be made: `n` counts the copies of the request from 0, in the order they were sent."""

    n: int
    personalization: int
    address: str


@dataclass(frozen=True)
class Letter:
    """One copy, its marks replaced; `html` or `text` is '' where the request has none."""

    sender: str
    to: str
    reply_to: str
    subject: str
    headers: dict[str, str]
    html: str
    text: str


def recipients(body: Mapping[str, Any]) -> Iterator[Recipient]:
    """Yield everyone a sound body is addressed to: to, then cc, then bcc of each personalization."""
    n = 0
    for index, each in enumerate(body["personalizations"]):
        for kind in ("to", "cc", "bcc"):
            for person in each.get(kind, ()):
                yield Recipient(n, index, person["email"])
                n += 1


def arguments(body: Mapping[str, Any], personalization: int) -> dict[str, str]:
    """Return the custom_args of a copy: the message's, overridden by its own. Marks are not replaced."""
    return (body.get("custom_args") or {}) | (
        body["personalizations"][personalization].get("custom_args") or {}
    )


def subject(body: Mapping[str, Any], personalization: int) -> str:
    """Return the subject of a copy, its marks replaced."""
    own = body["personalizations"][personalization]
    return _substituted(own.get("subject") or body.get("subject") or "", own)


def headers(body: Mapping[str, Any], personalization: int) -> dict[str, str]:
    """Return the headers of a copy: the message's, overridden by its own. Marks are not replaced."""
    own = body["personalizations"][personalization].get("headers") or {}
    overridden = {name.lower() for name in own}
    kept = {
        name: value for name, value in (body.get("headers") or {}).items() if name.lower() not in overridden
    }
    return kept | own


def letter(body: Mapping[str, Any], recipient: Recipient) -> Letter:
    """Return the copy `recipient` gets."""
    own = body["personalizations"][recipient.personalization]
    parts = {
        block["type"]: _substituted(block["value"], own) for block in reversed(body.get("content") or [])
    }
    reply = body.get("reply_to")
    return Letter(
        sender=_written(own.get("from") or body["from"]),
        to=recipient.address,
        reply_to=_substituted(_written(reply), own) if reply else "",
        subject=subject(body, recipient.personalization),
        headers=headers(body, recipient.personalization),
        html=_without_pixel_mark(parts.get("text/html", ""), body),
        text=parts.get("text/plain", ""),
    )


def content(body: Mapping[str, Any], kind: str) -> str:
    """Return the content of type `kind` as it was sent, marks and all; '' where there is none."""
    return next((block["value"] for block in body.get("content") or () if block["type"] == kind), "")


def tracked_links(html: str) -> tuple[str, ...]:
    """Return the addresses whose clicks the service counts, in order, repeated where they are.

    Only quoted absolute http(s) targets are rewritten; `clicktracking=off` before the target exempts one,
    and an address that is wholly a substitution has no host to be found. (SendGrid, click tracking.)
    """
    return tuple(url for url, _ in _tracked(html))


def hidden_links(html: str) -> frozenset[int]:
    """Return which of `tracked_links`, by their place, a letter hides from its reader."""
    return frozenset(place for place, (_, anchor) in enumerate(_tracked(html)) if _HIDDEN.search(anchor))


def _tracked(html: str) -> Iterator[tuple[str, str]]:
    """Yield the address of each counted link, and its tag."""
    for anchor in _ANCHOR.findall(html):
        target = _TARGET.search(anchor)
        if target and not _UNTRACKED.search(anchor, 0, target.start()):
            yield unescape(target[1] or target[2]), anchor


def one_click_address(headers: Mapping[str, str]) -> str:
    """Return where a mail client would POST to leave (RFC 8058 §3.1), '' where it could not.

    It needs both headers and an address; RFC 8058 wants HTTPS, and a rehearsal on one machine has http.
    """
    named = {name.lower(): value for name, value in headers.items()}
    if named.get("list-unsubscribe-post", "").strip() != "List-Unsubscribe=One-Click":
        return ""
    for address in _BRACKETED.findall(named.get("list-unsubscribe", "")):
        if urlsplit(address.strip()).scheme in {"https", "http"}:
            return str(address.strip())
    return ""


def _substituted(text: str, personalization: Mapping[str, Any]) -> str:
    """Replace every mark by its value as it is: the service escapes nothing."""
    values = personalization.get("substitutions") or {}
    if not any(mark in text for mark in values):
        return text
    # The longest first, so that a mark which begins another does not eat it.
    marks = re.compile("|".join(re.escape(mark) for mark in sorted(values, key=len, reverse=True)))
    return marks.sub(lambda match: values[match[0]] or "", text)


def _without_pixel_mark(html: str, body: Mapping[str, Any]) -> str:
    """Take away the mark that the service replaces by its invisible picture."""
    opens = (body.get("tracking_settings") or {}).get("open_tracking") or {}
    mark = opens.get("substitution_tag")
    return html.replace(mark, "") if opens.get("enable") and mark else html


def _written(person: Mapping[str, str]) -> str:
    name = person.get("name")
    return f"{name} <{person['email']}>" if name else person["email"]
