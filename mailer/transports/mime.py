"""A letter as MIME: composed once for all readers of a batch, and completed for each by joining bytes.

Everything is ASCII in lines of at most 76 characters, but for those that hold an address, which may not be
folded; no line begins with a dot, so that SMTP has none to double.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime

from mailer.rendering.values import LEAVE_MARK, MARKS, PREFERENCES_MARK, TOKEN_MARK
from mailer.transports import headers
from mailer.transports.encoding import Body, encoded
from mailer.transports.request import Envelope, Reader

ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"  # RFC 8058 §3.1
# No quoted-printable line holds "=_", and no base64 line begins with a dash.
_BOUNDARY = b"=_letter"


class EnvelopeError(Exception):
    """What the readers of a batch share cannot be written on a letter; the message says what."""


@dataclass(frozen=True)
class Letter:
    """One variant, ready but for what is each reader's own."""

    envelope: Envelope
    shared: bytes  # the header fields that all readers have, MIME's among them
    text: Body
    html: Body | None

    def digest(self, readers: Iterable[Reader]) -> str:
        """Return the SHA-256 of the letter and of whom it goes to, hex."""
        made = hashlib.sha256(self.shared)
        for body in filter(None, (self.text, self.html)):
            for piece in body.pieces:
                made.update(piece[0].start + piece[0].lines + piece[0].rest)
        made.update(",".join(str(reader.delivery) for reader in readers).encode())
        return made.hexdigest()

    def for_reader(self, reader: Reader) -> bytes:
        """Return the whole message for one reader, without the dot that ends it in SMTP."""
        values = {
            LEAVE_MARK: reader.leave_url,
            PREFERENCES_MARK: reader.preferences_url,
            TOKEN_MARK: reader.token,
        }
        parts = [*self._own(reader), self.shared]
        if self.html is None:
            parts += self.text.parts(values)
        else:
            parts += (b"--", _BOUNDARY, b"\r\n", _content("text/plain", self.text), b"\r\n")
            parts += self.text.parts(values)
            parts += (b"\r\n--", _BOUNDARY, b"\r\n", _content("text/html", self.html), b"\r\n")
            parts += self.html.parts(values)
            parts += (b"\r\n--", _BOUNDARY, b"--\r\n")
        return b"".join(parts)

    def _own(self, reader: Reader) -> list[bytes]:
        """Return the header fields that are one reader's own."""
        envelope = self.envelope
        fields = [
            headers.mailbox("To", reader.name, reader.address),
            f"Message-ID: <{message_id(envelope, reader)}>\r\n".encode("ascii"),
        ]
        if envelope.automatic or not reader.leave_url:
            return fields
        # Never folded inside an address: some mail programs then follow half of it.
        leave = f"List-Unsubscribe: <{headers.uri(reader.leave_url)}>"
        if mailto := _mailbox_for(envelope, reader.leave_token):
            leave += f",\r\n <mailto:{mailto}?subject=unsubscribe>"
        return [*fields, f"{leave}\r\n".encode("ascii"), ONE_CLICK]


def compose(envelope: Envelope, *, now: dt.datetime) -> Letter:
    """Return the letter; `now` is its date. Raises EnvelopeError where no relay could take it."""
    for what, address in (("sender", envelope.sender_address), ("reply address", envelope.reply_to)):
        if address and not headers.is_address(address):
            raise EnvelopeError(f"the list's {what} is no address that SMTP takes: change it on the list")
    if not envelope.sender_address:
        raise EnvelopeError("the list has no sender: set one on the list")
    text = encoded(envelope.text, MARKS)
    html = encoded(envelope.html, (*MARKS, TOKEN_MARK)) if envelope.html else None
    fields = [
        f"Date: {format_datetime(now)}\r\n".encode("ascii"),
        headers.mailbox("From", envelope.sender_name, envelope.sender_address),
        headers.unstructured("Subject", envelope.subject),
    ]
    if envelope.reply_to:
        fields.append(headers.mailbox("Reply-To", "", envelope.reply_to))
    fields += _of_a_notice() if envelope.automatic else _of_a_list(envelope)
    fields += (b"MIME-Version: 1.0\r\n", _content("text/plain", text) if html is None else _ALTERNATIVE)
    return Letter(envelope, b"".join([*fields, b"\r\n"]), text, html)


_ALTERNATIVE = b'Content-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n'


def _of_a_notice() -> list[bytes]:
    return [b"Auto-Submitted: auto-generated\r\n"]  # RFC 3834 §5


def _of_a_list(envelope: Envelope) -> list[bytes]:
    list_id = f"{headers.token(envelope.list_slug)}.{headers.host(envelope.list_host)}"
    # RFC 2919; and a word that keeps vacation notices away (RFC 3834 §2).
    fields = [f"List-Id: <{list_id}>\r\n".encode("ascii"), b"Precedence: bulk\r\n"]
    if envelope.content:
        fields.append(f"X-Content-SHA256: {headers.token(envelope.content)}\r\n".encode("ascii"))
    return fields


def _content(kind: str, body: Body) -> bytes:
    return (
        f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {body.encoding}\r\n'
    ).encode("ascii")


def message_id(envelope: Envelope, reader: Reader) -> str:
    """Return a name that says which copy, so that a relay's log can be asked for it."""
    return f"{reader.delivery}.{headers.token(envelope.attempt)}@{headers.host(envelope.list_host)}"


def return_path(envelope: Envelope, reader: Reader) -> str:
    """Return the envelope's sender: where a bounce of this very copy comes back to."""
    return _mailbox_for(envelope, reader.bounce_token) or envelope.sender_address


def _mailbox_for(envelope: Envelope, word: str) -> str:
    """Return the bounce address with `word` behind its plus; '' where either is missing or cannot be used."""
    local, _, domain = envelope.bounce_address.rpartition("@")
    address = f"{local}+{word}@{domain}"
    return address if local and word and headers.is_address(address) else ""
