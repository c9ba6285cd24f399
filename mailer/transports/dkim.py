"""DKIM (RFC 6376), relaxed/relaxed, for letters that mime.py composed; the signature itself is a library's.

The general libraries take 15 ms for a message where RSA takes 1.2; here one form of message is enough.
"""

import base64
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mailer.transports.relay import Dkim

SHORTEST_KEY = 1024  # bits: RFC 8301 §3.2
# In this order; From twice, so that none can be added beside it (RFC 6376 §8.15). Both List-Unsubscribe
# fields must be among them, or no mailbox provider shows its own button (RFC 8058 §4).
SIGNED = (
    *("from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")
_SPACES = re.compile(rb"[ \t]{2,}|\t")


class DkimKeyError(Exception):
    """The key is none that DKIM signs with; the message says what to write instead."""


class Signer:
    """Signs messages; loading the key once."""

    def __init__(self, dkim: Dkim) -> None:
        """Load the key. Raises DkimKeyError."""
        try:
            key = load_pem_private_key(dkim.key.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise DkimKeyError("is no private key in PEM form without a password") from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SHORTEST_KEY:
            raise DkimKeyError(f"is no RSA key of at least {SHORTEST_KEY} bits; 2048 are usual")
        self._key = key
        self._frame = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={dkim.domain}; s={dkim.selector};\r\n"

    def signed(self, message: bytes) -> bytes:
        """Return the message with its signature before it."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = {found[1].lower(): found[2] for found in _FIELD.finditer(head + b"\r\n")}
        names = [name for name in SIGNED if name.encode() in fields]
        body_hash = base64.b64encode(hashlib.sha256(_relaxed(body)).digest()).decode()
        listed = _folded(":".join([*names, "from"]), ":")
        unsigned = f" {self._frame} h={listed};\r\n bh={body_hash};\r\n b="
        covered = b"".join(b"%s:%s\r\n" % (name.encode(), _one_line(fields[name.encode()])) for name in names)
        covered += b"dkim-signature:" + _one_line(unsigned.encode())
        proof = base64.b64encode(self._key.sign(covered, padding.PKCS1v15(), hashes.SHA256())).decode()
        lines = "\r\n ".join(proof[at : at + 72] for at in range(0, len(proof), 72))
        return f"DKIM-Signature:{unsigned}{lines}\r\n".encode("ascii") + message


def _relaxed(body: bytes) -> bytes:
    """Return the body as RFC 6376 §3.4.4 compares it; regular expressions would take longer than RSA."""
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def _one_line(value: bytes) -> bytes:
    """Return a field's value as RFC 6376 §3.4.2 compares it."""
    return _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _folded(words: str, at: str) -> str:
    """Break a long list behind a separator."""
    half = words.find(at, len(words) // 2) + 1
    return f"{words[:half]}\r\n {words[half:]}"
