"""The list that all manuscripts here belong to, and the pasted editions that there are."""

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def interests() -> dict[str, str]:
    return {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}


@pytest.fixture(scope="session")
def samples() -> Path:
    return CHECKOUT / "mailer" / "samples"


@pytest.fixture(scope="session")
def pasted() -> Path:
    return Path(__file__).parent / "pasted"
