"""The suite can fail: the protocol is broken on purpose, and each break is found."""

import pytest

from tests.faults.breaks import BREAKS
from tests.faults.conftest import Runs

pytestmark = pytest.mark.timeout(600)

# Those that a few runs show, and the invariant that tells of them.
QUICK = {"one-short": "I3", "forgery-believed": "I9", "in-flight-rescued": "I1", "no-second-look": "I4"}


def test_a_broken_protocol_is_caught(runs: Runs) -> None:
    results = runs("--breaks", *(f"--break={name}" for name in QUICK), "--runs", "20")
    told = {line["broken"]: " ".join(line["violations"]) for line in results}
    assert sorted(told) == sorted(QUICK)
    for name, invariant in QUICK.items():
        assert invariant in told[name], (name, told[name])


def test_every_break_says_which_rule_falls() -> None:
    assert len(BREAKS) >= 15
    assert all(broken.rule.endswith(".") for broken in BREAKS.values())
