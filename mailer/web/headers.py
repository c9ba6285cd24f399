"""Headers that every answer carries: nothing from outside, nothing inside a frame, nothing told to others."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Styles and images of our own, forms to ourselves, no script at all.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",  # an address with a token must not be told to the next site
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for what does not know frame-ancestors
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
# One reader's own pages stay out of caches and search engines, whatever the answer is.
OF_ONE_READER = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
THEIR_PATHS = tuple(
    f"/{page}/"
    for page in ("u", "preferences", "confirm", "undo", "why", "data", "forget", "address", "move")
)
# Of one reader's copy, but no page: where openings and clicks are counted.
COUNTED_PATHS = ("/o/", "/c/")
# The desk: scripts of our own and of packages of ours, what they ask our own pages for, and a letter's
# document in a frame of ours. Nothing inline, nothing from elsewhere.
DESK = "/desk/"
AT_THE_DESK = OF_ONE_READER | {
    # With none at all a browser says "Origin: null" of our own forms (Fetch, “append a request Origin
    # header”), which Django refuses.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
# A form that may be found, but carries a ticket which counts once; and what machines ask for now, not then.
OF_NOW = {"Cache-Control": "no-store"}
PATHS_OF_NOW = ("/subscribe/", "/webhooks/", "/healthz", "/readyz", "/metrics")


class SecurityHeaders:
    """Add the headers that an answer does not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around the rest of the application."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the application does, with the headers; to HEAD with nothing else (RFC 9110 9.3.2)."""
        response = self._get_response(request)
        if request.method == "HEAD" and not response.streaming:
            # The length stays. The server would drop the body too, but say so in the log each time.
            response.content = b""
        for name, value in _headers(request.path).items():
            response.headers.setdefault(name, value)
        return response


def _headers(path: str) -> dict[str, str]:
    if path.startswith((*THEIR_PATHS, *COUNTED_PATHS)):
        return EVERYWHERE | OF_ONE_READER
    if path.startswith(DESK):
        return EVERYWHERE | AT_THE_DESK
    if path.startswith(PATHS_OF_NOW):
        return EVERYWHERE | OF_NOW
    return EVERYWHERE
