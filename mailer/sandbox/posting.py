"""One POST from the service's side of the world: an event told, or a reader who leaves."""

import http.client
import threading
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

TIMEOUT = 10.0  # seconds for one post
TAKEN = range(200, 300)
NO_ANSWER = 0
PIECES, BREATH = 4, 0.02  # of a body that trickles; seconds between them


def post(url: str, body: bytes, headers: Mapping[str, str], *, trickled: bool = False) -> int:
    """Return the status of one POST, or NO_ANSWER; no proxy is asked and no redirect followed."""
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        sized = dict(headers) | {"Content-Length": str(len(body))}
        connection.request("POST", target, _pieces(body) if trickled else body, sized)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return NO_ANSWER
    finally:
        connection.close()


def _pieces(body: bytes) -> Iterator[bytes]:
    """Yield the body bit by bit, so that whoever reads it has to wait for the rest."""
    size = len(body) // PIECES + 1
    breath = threading.Event()
    for start in range(0, len(body), size):
        if start:
            breath.wait(BREATH)
        yield body[start : start + size]
