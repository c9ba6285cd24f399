"""A client that hides nothing: what came back over the wire, byte for byte, or how it ended."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from mailer.sandbox.application import Sandbox


def request(sandbox: Sandbox, body: bytes, *, length: int | None = None) -> bytes:
    """Return the bytes of a request to send."""
    return (
        f"POST /v3/mail/send HTTP/1.1\r\nHost: {urlsplit(sandbox.url).netloc}\r\n"
        "Authorization: Bearer SG.any\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    ).encode() + body


def connect(sandbox: Sandbox, patience: float = 20) -> socket.socket:
    address = urlsplit(sandbox.url)
    return socket.create_connection((address.hostname, address.port), timeout=patience)


def exchange(sandbox: Sandbox, body: dict[str, Any], patience: float = 20) -> bytes:
    """Return all that came back; raises ConnectionResetError or TimeoutError as the socket does."""
    with connect(sandbox, patience) as connection:
        connection.sendall(request(sandbox, json.dumps(body).encode()))
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found
