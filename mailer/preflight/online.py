"""Rules of what is behind links, where it was asked. Offline they find nothing."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.fetching.values import Fetched, Outcome, Question, Refusal
from mailer.manuscript.faults import quoted
from mailer.preflight.addresses import Link, alike, links
from mailer.preflight.images import sources
from mailer.preflight.links import hidden_by
from mailer.preflight.values import Found, Matter

SLOW = 5  # seconds
_GONE = {404: "there is no such page", 410: "the page is gone for good"}
_FOR_GOOD = frozenset({301, 308})
_SERVER = range(500, 600)  # the server's own trouble (RFC 9110 §15.6); beyond are jokes that bar programs
_LONG = 140  # characters of an address that is to be written instead

_DEAD = {
    Outcome.UNKNOWN_HOST: "has a host that does not exist",
    Outcome.CLOSED: "has a host where nobody answers",
    Outcome.CERTIFICATE: "has a certificate that is not valid for its host, of which browsers warn",
}
_FAILING = {
    Outcome.NO_LOOKUP: "has a host of which no name server told us",
    Outcome.UNREACHABLE: "has a host that could not be reached",
    Outcome.UNTRUSTED: "has a certificate that this machine cannot trace to anyone it trusts",
    Outcome.BROKEN: "breaks off, or gives what is no answer",
    Outcome.SILENT: "gave no answer in time",
    Outcome.LOOP: "redirects in a circle",
    Outcome.TOO_MANY: "redirects again and again",
}
# What all addresses say where it is this machine that reaches nothing.
_NOBODY = frozenset(
    {Outcome.UNKNOWN_HOST, Outcome.CLOSED, Outcome.NO_LOOKUP, Outcome.UNREACHABLE, Outcome.SILENT}
)
_SEVERAL = 3  # hosts
# Refused for what may be quite right for readers.
_UNCHECKED = {
    Refusal.PORT: "has a port of its own",
    Refusal.LENGTH: "is longer than some programs take",
    Refusal.CHARACTERS: "has a character that programs read in different ways",
    Refusal.HOST: "has a host that is no plain name",
}
_REFUSED = {
    Refusal.SCHEME: "leads to what is no web page",
    Refusal.USER: "leads to an address with a name or a password in it",
    Refusal.NUMBER: "has a host written as a number, as forged addresses are",
    Refusal.NAME: "leads to a host of somebody's own network",
    Refusal.NETWORK: "leads to a host that is not on the public internet",
}


def wanted(matter: Matter) -> tuple[Question, ...]:
    """Return what is to be asked of an edition, each address once."""
    asked = [link.question for link in links(matter.page)]
    shown = [Question(url, image=True) for url in sources(matter)]
    return tuple(dict.fromkeys([*filter(None, asked), *shown]))


def dead(matter: Matter) -> Iterator[Found]:
    """Find links behind which there is nothing."""
    for link, fetched in _links(matter):
        if said := why_dead(fetched, cut_off=is_cut_off(matter)):
            yield _about(link, f"{said}: correct it, or take the link out")


def failing(matter: Matter) -> Iterator[Found]:
    """Find links that did not work now, and may for readers; where none did, it is said once."""
    if cut_off := is_cut_off(matter):
        said = f"None of the {len(_asked(matter))} addresses could be reached, so nothing is known of them"
        yield Found(f"{said}: see whether this machine may reach the internet, and check again")
    for link, fetched in _links(matter):
        if said := why_failing(fetched, cut_off=cut_off):
            yield _about(link, said)


def redirecting(matter: Matter) -> Iterator[Found]:
    """Find links whose page has another address now."""
    for link, fetched in _links(matter):
        if fetched.is_well and fetched.hops and not hidden_by(link.host) and (said := _moved(link, fetched)):
            yield _about(link, said)


def slow(matter: Matter) -> Iterator[Found]:
    """Find links whose page takes long."""
    for link, fetched in _links(matter):
        if fetched.is_well and fetched.seconds > SLOW:
            said = f"took {fetched.seconds:.0f} seconds to answer, and readers may not wait"
            yield _about(link, f"{said}: look whether the site stands what your readers will ask of it")


def refused(matter: Matter) -> Iterator[Found]:
    """Find links to where readers cannot come, by what a name leads to or a page redirects to."""
    for link, fetched in _links(matter):
        if said := why_refused(fetched):
            yield _about(link, f"{said}: link to a public page")


def unchecked(matter: Matter) -> Iterator[Found]:
    """Find links that were not asked, and may be right."""
    for link, fetched in _links(matter):
        if said := _UNCHECKED.get(fetched.refusal) if fetched.refusal else None:
            what = "redirects to an address that " if fetched.hops else ""
            yield _about(link, f"{what}{said}, so it was not asked: open it and see")


def why_dead(fetched: Fetched, *, cut_off: bool = False) -> str:
    """Return what is wrong where readers will find nothing, '' where they may find something.

    `cut_off`: this machine reaches nobody, which says nothing of them.
    """
    if cut_off and fetched.outcome in _NOBODY:
        return ""
    if fetched.outcome is Outcome.ANSWERED and fetched.status in _GONE:
        return f"{_on_its_way(fetched)}answers {fetched.status}, {_GONE[fetched.status]}"
    return f"{_on_its_way(fetched)}{_DEAD[fetched.outcome]}" if fetched.outcome in _DEAD else ""


def why_failing(fetched: Fetched, *, cut_off: bool = False) -> str:
    """Return what is wrong where readers may find what we did not, and what to do; '' for nothing."""
    if cut_off and fetched.outcome in _NOBODY:
        return ""
    if fetched.outcome in _FAILING:
        return f"{_on_its_way(fetched)}{_FAILING[fetched.outcome]}: open it, and see whether it is the page"
    if fetched.outcome is not Outcome.ANSWERED or fetched.is_well or fetched.status in _GONE:
        return ""
    said = f"{_on_its_way(fetched)}answers {fetched.status}"
    if fetched.status in _SERVER:
        return f"{said}, which is trouble of the server and may pass: open it, and check again"
    return f"{said}, which may be dislike of programs that look: open it in a browser"


def why_refused(fetched: Fetched) -> str:
    """Return why nobody is to go there, '' where that is not known."""
    return _REFUSED.get(fetched.refusal, "") if fetched.refusal else ""


def is_cut_off(matter: Matter) -> bool:
    """Return whether none of several hosts was reached: that is this machine's doing, not theirs."""
    asked = _asked(matter)
    hosts = {question.host for question in asked}
    return len(hosts) >= _SEVERAL and all(fetched.outcome in _NOBODY for fetched in asked.values())


def _asked(matter: Matter) -> dict[Question, Fetched]:
    """Return what was asked of others just now: not what is refused unasked, nor what was known."""
    return {
        question: fetched
        for question, fetched in matter.online.items()
        if fetched.outcome is not Outcome.REFUSED and not fetched.recalled
    }


def _links(matter: Matter) -> Iterator[tuple[Link, Fetched]]:
    """Yield the links that were asked, wherever they stand, and what came of it."""
    for link in links(matter.page) if matter.online else ():
        question = link.question
        if question and (fetched := matter.online.get(question)):
            yield link, fetched


def _moved(link: Link, fetched: Fetched) -> str:
    """Return what to say of a page that is not where its link leads, '' where that is as it should be."""
    asked = urlsplit(link.url)
    end = urlsplit(fetched.hops[-1].url)
    if asked.path.strip("/") and not end.path.strip("/") and not end.query:
        said = f"leads to the front page {quoted(fetched.hops[-1].url)}, as pages do that are gone"
        return f"{said}: find where it is now, or take the link out"
    page = ""
    for hop in fetched.hops:
        if hop.status not in _FOR_GOOD:
            break
        page = hop.url
    if not page:
        return ""
    if alike(page) == alike(link.url):
        return f"is written a little differently by now: link to {quoted(page, _LONG)}"
    return f"has moved for good: link to {quoted(page, _LONG)}, if it is the page you mean"


def _on_its_way(fetched: Fetched) -> str:
    """Return where it ended, if that is not where it began."""
    return (
        f"redirects to {quoted(fetched.hops[-1].url)}, which "
        if fetched.hops and fetched.hops[-1].url
        else ""
    )


def _about(link: Link, said: str) -> Found:
    return Found(f"{quoted(link.url)} {said}", link.place)
