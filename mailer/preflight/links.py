"""Rules of links: where they lead, and whether readers can see where."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mailer.manuscript.faults import quoted
from mailer.preflight.addresses import Link, alike, is_private, links, naked
from mailer.preflight.values import Found, Matter
from mailer.preflight.writing import as_latin, is_disguised

# What is left of a link that is none: its brackets, and what was meant for an address.
_LEFT_OVER = re.compile(
    r"(?<!\\)(?P<left>\]\(\s*<?(?P<address>[a-z][a-z0-9+.-]*:[^\s()<>]{0,40}))", re.IGNORECASE
)
# Names of a letter or two are notes and formulas: [1][2], a[i][j].
_BY_NAME = re.compile(r"(?<![\\\w!])\[[^\[\]]{1,200}(?P<left>\]\[(?!\d+\])[^\[\]\s]{3,40}\])")
_BRACKETS = re.compile(r"\]\s?[(\[]")
_LONGEST_LABEL = 63
_SAFE = frozenset({"http", "https", "mailto"})


def unsafe(matter: Matter) -> Iterator[Found]:
    """Find schemes that letters do not carry."""
    for link in links(matter.page):
        if link.scheme and link.scheme not in _SAFE:
            yield _about(link, "is a kind of link that letters do not carry: write https://… or delete it")


def relative(matter: Matter) -> Iterator[Found]:
    """Find addresses without their host."""
    for link in links(matter.page):
        if link.is_partial:
            what = quoted(link.url) if link.url else "This link"
            said = "leads nowhere, since a letter has no page to start from: write https://host/… in full"
            yield Found(f"{what} {said}", link.place)


def malformed(matter: Matter) -> Iterator[Found]:
    """Find addresses that no program can follow, and links that readers get as they were typed."""
    for link in links(matter.page):
        if link.scheme in {"http", "https"} and not link.has_user and (said := _why_no_host(link)):
            yield _about(link, f"{said}: write https://host/… in full")
    shown, linked = _shown_texts(matter), {link.place for link in links(matter.page)}
    for line in matter.page.lines:
        for found in _LEFT_OVER.finditer(line.text):
            place = line.place(found.start("address"))
            if place not in linked and any(found["left"] in text for text in shown):
                said = (
                    "is no link, and readers see its brackets: take spaces out of the address, and close it"
                )
                yield Found(f"{quoted(found['address'])} {said}", place)


def lost(matter: Matter) -> Iterator[Found]:
    """Find links by a name that no line gives an address."""
    shown = _shown_texts(matter)
    for line in matter.page.lines:
        for found in _BY_NAME.finditer(line.text):
            if any(found["left"] in text for text in shown):
                said = "has no address, and readers see its brackets: write [words](https://…)"
                yield Found(f"{quoted(found[0])} {said}", line.place(found.start()))


def _shown_texts(matter: Matter) -> list[str]:
    """Return the letters in plain text that hold brackets as Markdown has them."""
    return [letter.rendered.text for letter in matter.letters if _BRACKETS.search(letter.rendered.text)]


def _why_no_host(link: Link) -> str:
    """Return what is wrong with a host, '' where nothing is."""
    if not link.host:
        return "has no host, so it leads nowhere"
    labels = link.host.removesuffix(".").split(".")
    if ":" not in link.host and not all(map(_is_label, labels)):
        return "has a host that cannot be"
    return ""


def _is_label(label: str) -> bool:
    """Return whether a part of a host can be one (RFC 1035 §2.3.4); letters of any script are."""
    marks = {"Mn", "Mc"}
    fits = all(each.isalnum() or each in "-_" or unicodedata.category(each) in marks for each in label)
    return 0 < len(label) <= _LONGEST_LABEL and fits


def with_user(matter: Matter) -> Iterator[Found]:
    """Find names and passwords before a host."""
    for link in links(matter.page):
        if link.has_user:
            # Not quoted: it may be a password.
            what = f"The link to {link.host} has a name or a password before its host"
            yield Found(f"{what}, which all readers would get: take it out, up to the @", link.place)


def private(matter: Matter) -> Iterator[Found]:
    """Find hosts that readers cannot reach."""
    for link in links(matter.page):
        if link.host and is_private(link.host):
            yield _about(link, "can be reached from your own network only: link to the public page")


def disguised(matter: Matter) -> Iterator[Found]:
    """Find hosts that mix letters of two scripts so that they look like one."""
    for link in links(matter.page):
        shown = _shown(link.host)
        if any(is_disguised(label) for label in shown.split(".")):
            said = "mixes letters of two scripts that look alike, as forged addresses do: find the true page"
            yield Found(f"The host {quoted(shown)} {said}", link.place)


def foreign(matter: Matter) -> Iterator[Found]:
    """Find hosts that readers cannot judge: in code, or all in letters that look like other ones."""
    for link in links(matter.page):
        shown = _shown(link.host)
        if any(is_disguised(label) for label in shown.split(".")):
            continue
        twin = next(filter(None, map(as_latin, shown.split("."))), "")
        if twin and shown.rpartition(".")[2].isascii():
            said = f"is written in other letters and reads like {quoted(twin)}"
            yield Found(f"The host {quoted(shown)} {said}: make sure that it is the one you mean", link.place)
        elif shown != link.host:
            said = f"is what readers see of {quoted(shown)}: write that instead, if it is the page you mean"
            yield Found(f"{quoted(link.host)} {said}", link.place)


def shortened(matter: Matter) -> Iterator[Found]:
    """Find links that hide where they lead; where that was asked online, it is told."""
    for link in links(matter.page):
        if kind := hidden_by(link.host):
            fetched = matter.online.get(link.question) if link.question else None
            known = fetched and fetched.is_well and fetched.hops
            page = quoted(fetched.hops[-1].url, 140) if fetched and known else "the page itself"
            host = link.host.removeprefix("www.")
            yield _about(link, f"goes through {kind} ({host}), which hides the page: link to {page}")


def twice(matter: Matter) -> Iterator[Found]:
    """Find stories that lead to the same page."""
    first: dict[str, Link] = {}
    for link in links(matter.page):
        before = first.setdefault(alike(link.url), link) if link.of_story else link
        if before is not link:
            said = f"is already the link of the story on line {before.place.line}: correct one of them"
            yield _about(link, said)


def bare(matter: Matter) -> Iterator[Found]:
    """Find addresses that were written but not linked."""
    for link in naked(matter.page):
        whole = link.url if link.scheme else f"https://{link.url}"
        yield _about(link, f"is no link in the letter: write <{whole}> or [words]({whole})")


def _about(link: Link, said: str) -> Found:
    return Found(f"{quoted(link.url)} {said}", link.place)


def _shown(host: str) -> str:
    """Return a host as readers of its language write it."""
    if "xn--" not in host:
        return host
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


def hidden_by(host: str) -> str:
    """Return what kind of service hides the page behind links to this host, '' where it is none."""
    hidden = _hidden()
    return next((hidden[name] for name in _ends(host.removeprefix("www.")) if name in hidden), "")


def _ends(host: str) -> Iterator[str]:
    """Yield the host, and the domains above it."""
    while host:
        yield host
        host = host.partition(".")[2]


@cache
def _hidden() -> dict[str, str]:
    """Return what each host that hides a page is called."""
    data = tomllib.loads((Path(__file__).parent / "redirectors.toml").read_text(encoding="utf-8"))
    return {host: kind for kind, hosts in data["hosts"].items() for host in hosts}
