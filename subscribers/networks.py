"""The network that a request came from: it tells where somebody was, and not who."""

import ipaddress
import re

_BITS_KEPT = {4: 24, 6: 48}
# Some proxies write the port too: 203.0.113.9:4711, [2001:db8::9]:4711.
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<four>[0-9.]+))(?::[0-9]+)?", re.ASCII)


def minimised(address: str) -> str:
    """Return the /24 or /48 that an IP address is in, "203.0.113.0/24"; '' for what is no address."""
    address = address.strip()
    if found := _WITH_PORT.fullmatch(address):
        address = found["six"] or found["four"] or ""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    # A socket for both families writes 203.0.113.9 as ::ffff:203.0.113.9, of which a /48 would be everybody.
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, _BITS_KEPT[ip.version]), strict=False))


def visitor(near: str, forwarded: str) -> str:
    """Return a visitor's IP address, '' for none: what the nearest proxy wrote, if it is of our own network.

    `near` is whom the connection is with, `forwarded` the X-Forwarded-For that came over it; whatever stands
    further left in it, the visitor may have written.
    """
    last = forwarded.rpartition(",")[2].strip()
    chosen = last if last and _is_ours(near) else near
    if found := _WITH_PORT.fullmatch(chosen):
        chosen = found["six"] or found["four"] or ""
    try:
        return str(ipaddress.ip_address(chosen.partition("%")[0]))
    except ValueError:
        return ""


def _is_ours(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return True  # a socket on this machine has no address
