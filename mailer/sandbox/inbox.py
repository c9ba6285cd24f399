"""The inbox: every letter as its reader would see it, and what became of it."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from mailer.sandbox import ledger, letters, outbox
from mailer.sandbox.ledger import Copy
from mailer.sandbox.life import ONE_CLICK
from mailer.sandbox.outbox import Happening
from mailer.sandbox.store import Store

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "sandbox"
PAGE = 50  # letters on one page

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
# A letter may style itself and show pictures; its links open apart, where the page they lead to is free.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)

# What each event means to a reader of the page.
WORDS = {
    "processed": "Taken for delivery",
    "dropped": "Not sent",
    "delivered": "Delivered",
    "deferred": "Asked to wait",
    "bounce": "Bounced",
    "open": "Opened",
    "click": "Clicked",
    "spamreport": "Marked as spam",
    "unsubscribe": "Left by the service's own link",
    ONE_CLICK: "Left with one click",
}

# A full stop or bracket after an address belongs to the sentence.
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\"').,;:!?\]])")

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def index(request: Request, store: Store) -> Response:
    """Return the list of letters, newest first."""
    address = request.args.get("address", "").strip()
    before = ledger.bounded(request.args.get("before", ledger.LARGEST_ID, type=int))
    found = ledger.latest(store, before, address, PAGE + 1)
    shown, older = found[:PAGE], len(found) > PAGE
    lived = outbox.happened(store, (each.id for each in shown), time.time())
    query = {"address": address} if address else {}
    return page(
        "index.html",
        address=address,
        total=ledger.count(store, address),
        rows=[(each, _last_words(lived[each.id])) for each in shown],
        first=before == ledger.LARGEST_ID,
        newest=f"/?{urlencode(query)}" if query else "/",
        older=f"/?{urlencode(query | {'before': shown[-1].id})}" if older else "",
    )


def show(request: Request, store: Store, message_id: str, n: int) -> Response:
    """Return the page of one letter: `show` text or html, `width` 600 or 375."""
    copy, letter = _found(store, message_id, n)
    form = "html" if letter.html and request.args.get("show") != "text" else "text"
    width = 375 if request.args.get("width") == "375" else 600
    return page(
        "letter.html",
        copy=copy,
        letter=letter,
        form=form,
        width=width,
        here=f"/letters/{message_id}/{n}",
        happenings=[(each, _words(each)) for each in outbox.happened(store, [copy.id], time.time())[copy.id]],
    )


def document(_request: Request, store: Store, message_id: str, n: int) -> Response:
    """Return the letter's own HTML, links opening apart; nothing else in it is changed."""
    _, letter = _found(store, message_id, n)
    if not letter.html:
        raise NotFound
    head = letter.html.lower().find("<head>")
    place = head + len("<head>") if head >= 0 else 0
    html = f'{letter.html[:place]}<base target="_blank">{letter.html[place:]}'
    return secured(Response(html, mimetype="text/html"), LETTER_POLICY, "SAMEORIGIN")


def stylesheet(_request: Request, _store: Store) -> Response:
    """Return the one stylesheet."""
    css = (TEMPLATES / "sandbox.css").read_text(encoding="utf-8")
    return secured(Response(css, mimetype="text/css"))


def missing() -> Response:
    """Return the page for an address that leads nowhere."""
    return page("missing.html", status=404)


def page(template: str, status: int = 200, **values: object) -> Response:
    """Return a page rendered from `values`."""
    html = _environment.get_template(template).render(values)
    return secured(Response(html, status, mimetype="text/html"))


def secured(response: Response, policy: str = PAGE_POLICY, frames: str = "DENY") -> Response:
    """Return `response` with the headers that keep what it shows from doing anything else."""
    response.headers.extend(
        {
            "Content-Security-Policy": policy,
            "X-Frame-Options": frames,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
    )
    return response


def _found(store: Store, message_id: str, n: int) -> tuple[Copy, letters.Letter]:
    found = ledger.find(store, message_id, n)
    if found is None:
        raise NotFound
    copy, body = found
    recipient = next(each for each in letters.recipients(body) if each.n == n)
    return copy, letters.letter(body, recipient)


def _last_words(lived: Sequence[Happening]) -> str:
    return _words(lived[-1])[0] if lived else "Accepted"


def _words(event: Happening) -> tuple[str, str]:
    """Return what happened and, where there is one, the reason or link."""
    name, details = WORDS[event.kind], event.details
    if event.kind == "open" and details["sg_machine_open"]:
        name = "Opened by a machine"
    if details.get("type") == "blocked":
        name = "Blocked"
    said = (
        details.get("reason")
        or details.get("response")
        or (details.get("url") if event.kind == "click" else "")
    )
    return name, str(said or "")


def _time(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def _linked(text: str) -> Markup:
    """Return plain text with its web addresses as links, as a mail client shows it; nothing else changes."""
    pieces = _ADDRESS.split(text)  # text and addresses in turn
    link = Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>')
    return Markup("").join(
        link.format(piece) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces)
    )


_environment.filters |= {"time": _time, "linked": _linked}
