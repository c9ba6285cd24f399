"""Which addresses are of the public internet: nothing else is ever connected to."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from mailer.fetching.targets import Address

# What `is_global` takes for public in some version of Python, or is public and yet leads inside.
_FOUR = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "100.64.0.0/10",  # behind a provider's NAT (RFC 6598); Alibaba's metadata
            "168.63.129.16/32",  # Azure's own, in every virtual machine
            "192.0.0.0/24",  # protocols' own (RFC 6890); Oracle's metadata
            "192.0.2.0/24",  # documentation (RFC 5737), here and below
            "192.88.99.0/24",  # relays to 6to4 (RFC 7526)
            "198.18.0.0/15",  # measurements (RFC 2544)
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, what is reserved, and broadcast
        ),
    )
)
# Only what has been given out as unicast (RFC 4291 §2.4): that leaves out IPv4-mapped and -compatible,
# NAT64 (64:ff9b::/96), one's own (fc00::/7, fd00:ec2::254 among them), link-local and multicast ...
_UNICAST = IPv6Network("2000::/3")
_SIX = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # ... and of it Teredo, ORCHID and other protocols' own (RFC 2928)
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4, which holds an IPv4 address (RFC 3056)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
# ISATAP ends so, before an IPv4 address (RFC 5214 §6.1).
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


def is_public(address: Address) -> bool:
    """Return whether anybody on the internet would reach an address, and by it no other."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _FOUR)
    return _is_public_six(address)


def _is_public_six(address: IPv6Address) -> bool:
    if address.scope_id or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return address in _UNICAST and address.is_global and not any(address in network for network in _SIX)
