"""The relay that takes our letters, read from SMTP_URL, and the name under which they are signed."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit


class Tls(StrEnum):
    """How the way to the relay is kept private."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}
_FORM = "write it as smtp://user:password@host:587 or smtps://user:password@host:465"

# A name or an address of either kind, as the URL has it without brackets.
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


class RelayUrlError(Exception):
    """An SMTP_URL that cannot be used; the message says what to write instead, without repeating it."""


@dataclass(frozen=True)
class Relay:
    """The server that takes our letters; `user` '' is none. A certificate is always verified."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Dkim:
    """Whose name letters are signed with; the key is a private RSA key in PEM form."""

    domain: str
    selector: str
    key: str = field(repr=False)


def parse(value: str) -> Relay:
    """Return the relay that `value` names: smtp:// for STARTTLS, smtps:// for TLS from the first byte.

    Raises RelayUrlError.
    """
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RelayUrlError(f"is no address: {_FORM}") from error
    if (
        parts.scheme not in {"smtp", "smtps"}
        or not host
        or not _HOST.fullmatch(host)
        or parts.path not in {"", "/"}
        or parts.fragment
    ):
        raise RelayUrlError(f"is no address of a mail server: {_FORM}")
    tls = _tls(parts)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise RelayUrlError(f"has a user without a password, or the reverse: {_FORM}")
    if user and tls is Tls.NONE and not _is_here(host):
        raise RelayUrlError("would send its password unencrypted: leave ?tls=none out")
    if any(character in user + password for character in "\0\r\n"):
        raise RelayUrlError("has a line break in its user or password: write the password alone")
    return Relay(host, port or PORTS[tls], tls, user, password)


def _tls(parts: SplitResult) -> Tls:
    match parts.scheme, parts.query:
        case "smtps", "":
            return Tls.IMPLICIT
        case "smtp", "":
            return Tls.STARTTLS
        case "smtp", "tls=none":
            return Tls.NONE
    raise RelayUrlError("takes nothing behind its ? but tls=none, and that only with smtp://")


def _is_here(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
