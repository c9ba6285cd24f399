"""The number that tells two programs on one copy apart."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.tracking.fingerprints import MOST, fingerprint

SECRET = "k" * 40


@given(st.integers(0, 2**63 - 1), st.text(), st.text())
def test_it_fits_the_column_and_is_nothing_only_for_nothing(delivery: int, agent: str, network: str) -> None:
    made = fingerprint(SECRET, delivery, agent, network)
    assert made == fingerprint(SECRET, delivery, agent, network)
    assert 1 <= made <= MOST if agent or network else made == 0


def test_another_program_network_copy_or_key_makes_another() -> None:
    made = {
        fingerprint(SECRET, 7, "Firefox", "203.0.113.0/24"),
        fingerprint(SECRET, 7, "Firefox", "198.51.100.0/24"),
        fingerprint(SECRET, 7, "Safari", "203.0.113.0/24"),
        fingerprint(SECRET, 8, "Firefox", "203.0.113.0/24"),
        fingerprint("l" * 40, 7, "Firefox", "203.0.113.0/24"),
        fingerprint(SECRET, 7, "", "203.0.113.0/24"),
        fingerprint(SECRET, 7, "Firefox", ""),
    }
    assert len(made) == 7
