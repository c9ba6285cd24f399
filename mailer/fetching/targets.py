"""An address that a stranger wrote, taken apart once; what two programs could read in two ways is refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, urlsplit

import idna

from mailer.fetching.values import Refusal, RefusedError

Address = IPv4Address | IPv6Address

LONGEST = 2_048  # characters
# Programs drop these, keep them, or take them for others.
TWO_WAYS = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_LONGEST_HOST = 253  # RFC 1035 §2.3.4
_DEFAULT = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(?:\[(?P<six>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>[0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Browsers take a host that ends so for an IPv4 address (URL Standard, §3.5 "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# RFC 6761, 6762, 7686, 8375, and what people call their own networks.
_OWN = frozenset(
    "localhost localdomain local internal lan intranet home corp private arpa onion invalid".split()  # noqa: SIM905 - a list of names reads better so
)
# What a path and a query may hold as it is (RFC 3986 §3.3, §3.4); all else is percent-encoded.
_PATH, _QUERY = "/:@!$&'()*+,;=~%-._", "/:@!$&'()*+,;=~%-._?"


@dataclass(frozen=True)
class Target:
    """Whom to ask and for what; `address` where the host is one rather than a name."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None = None

    @property
    def url(self) -> str:
        """Return the address in ASCII, as it is asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def target_of(url: str, ports: frozenset[int]) -> Target:
    """Return what an address means, if it can mean one thing only; raises RefusedError.

    Nothing is looked up, and no network judged: that is for what the host's name leads to.
    """
    if len(url) > LONGEST:
        raise RefusedError(Refusal.LENGTH)
    if TWO_WAYS.search(url):
        raise RefusedError(Refusal.CHARACTERS)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise RefusedError(Refusal.HOST) from None
    if parts.scheme not in _DEFAULT:
        raise RefusedError(Refusal.SCHEME)
    if "@" in parts.netloc:
        raise RefusedError(Refusal.USER)
    authority = _AUTHORITY.fullmatch(parts.netloc)
    if authority is None:
        raise RefusedError(Refusal.HOST)
    address = _six(authority["six"]) if authority["six"] is not None else None
    host = str(address) if address else _name(authority["name"])
    port = int(authority["port"] or _DEFAULT[parts.scheme])
    if port not in ports:
        raise RefusedError(Refusal.PORT)
    path = quote(parts.path or "/", safe=_PATH) + (
        f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
    )
    return Target(parts.scheme, host, port, path, address or _four(host))


def _six(written: str) -> IPv6Address:
    try:
        address = IPv6Address(written)
    except ValueError:
        raise RefusedError(Refusal.HOST) from None
    if address.scope_id:  # names a network card of this machine
        raise RefusedError(Refusal.HOST)
    return address


def _name(written: str) -> str:
    """Return a host in small ASCII letters, as browsers read it."""
    host = written.lower()
    if not host.isascii():
        if len(host) > _LONGEST_HOST:
            raise RefusedError(Refusal.HOST)
        try:
            host = idna.encode(host, uts46=True).decode().lower()
        except UnicodeError:
            raise RefusedError(Refusal.HOST) from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if _four(host) is None:
            raise RefusedError(Refusal.NUMBER)
        return host
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise RefusedError(Refusal.HOST)
    if len(labels) == 1 or labels[-1] in _OWN:
        raise RefusedError(Refusal.NAME)
    return host


def _four(host: str) -> Address | None:
    """Return the address that four decimal numbers without leading noughts are."""
    try:
        return ip_address(host)
    except ValueError:
        return None
