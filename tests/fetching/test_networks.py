"""Which addresses are public."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.fetching.networks import is_public

# IANA's registries of special-purpose addresses, and what leads into such by a way around.
SPECIAL = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
    *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"),
    *("2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
)
PUBLIC = ("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "168.63.129.17")
PUBLIC_SIX = ("2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::200e", "2c0f:f248::1")


@pytest.mark.parametrize("network", SPECIAL)
def test_no_end_of_a_special_network_is_public(network: str) -> None:
    known = ip_network(network)
    assert not is_public(known[0])
    assert not is_public(known[-1])
    assert not is_public(known[known.num_addresses // 2])


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_SIX])
def test_what_the_world_reaches_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_an_address_of_a_network_card_is_not_public() -> None:
    assert not is_public(ip_address("2606:4700:4700::1111%eth0"))


@given(st.ip_addresses())
def test_what_is_public_is_so_in_python_too_and_holds_no_other_address(address: object) -> None:
    known = ip_address(str(address))
    if is_public(known):
        assert known.is_global
        assert not known.is_multicast
        assert not known.is_reserved
        assert not getattr(known, "ipv4_mapped", None)
        assert not getattr(known, "sixtofour", None)
        assert not getattr(known, "teredo", None)
