"""The suite can fail: the protocol is broken on purpose, and the break is found."""

import pytest

from tests.faults.conftest import Runs

pytestmark = [pytest.mark.database, pytest.mark.timeout(280)]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("one-short", "I3"),
        ("split-in-two", "I2"),
        ("forgery-believed", "I9"),
        ("no-second-look", "I4"),
    ],
)
def test_a_broken_protocol_is_caught(runs: Runs, broken: str, told: str) -> None:
    (result,) = runs("--breaks", "--break", broken, "--runs", "12")
    assert any(violation.startswith(told) for violation in result["violations"]), result["violations"]
