import pytest

from subscribers.networks import minimised


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        (" 203.0.113.9 ", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", ""),
        ("nobody", ""),
        ("203.0.113.9, 10.0.0.1", ""),
        ("203.0.113.9:4711", "203.0.113.0/24"),
        ("[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1::/48"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1::/48"),
        ("[]:4711", ""),
        ("203.0.113.9:port", ""),
    ],
)
def test_of_an_address_only_its_network_is_left(address: str, network: str) -> None:
    assert minimised(address) == network
