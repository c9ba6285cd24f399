"""A letter as a document of its own: how it may be shown in a frame, light or dark, and what it may load."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse

from mailer.rendering.values import LEAVE_MARK, PREFERENCES_MARK

_PREFERRED = "(prefers-color-scheme: dark)"
_ALWAYS, _NEVER = "(min-width: 0)", "not all"
_SCHEME, _SUPPORTED = "color-scheme: light dark", 'content="light dark"'
_HEAD_END = "</head>"
# Where a link is followed, it opens beside the desk; in the sandboxed frame it does nothing.
_BASE = '<base target="_blank">'


def shown(html: str, *, dark: bool) -> str:
    """Return a letter as a mail program shows it that is set to light or dark, whatever the browser is.

    Its links to a reader's own pages, which nobody has yet, lead nowhere.
    """
    head, end, body = html.partition(_HEAD_END)
    scheme = "dark" if dark else "light"
    screen = f"@media screen and {_PREFERRED}"
    head = head.replace(screen, f"@media screen and {_ALWAYS}" if dark else f"@media {_NEVER}")
    head = head.replace(_PREFERRED, _ALWAYS if dark else "(max-width: 0)")
    head = head.replace(_SCHEME, f"color-scheme: {scheme}").replace(_SUPPORTED, f'content="{scheme}"')
    for mark in (LEAVE_MARK, PREFERENCES_MARK):
        body = body.replace(f'href="{mark}"', 'href="#"')
    return f"{head}{_BASE}{end}{body}"


def document(html: str) -> HttpResponse:
    """Return a letter that runs nothing, loads our pictures alone, and stands in our frames alone."""
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' {_pictures()} data:;"
        " form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _pictures() -> str:
    """Return where letters have their pictures from: this installation, as it calls itself."""
    base = urlsplit(settings.CONFIGURATION.base_url)
    return f"{base.scheme}://{base.netloc}"
