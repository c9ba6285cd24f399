"""The suite as a test calls it: in a process of its own, which holds no connection and forks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Runs = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def runs(pytestconfig: pytest.Config, tmp_path: Path) -> Runs:
    """Run the suite on the database of this test run; return its results, whatever they are."""
    database: str = pytestconfig.getoption("--database")

    def run(*options: str) -> list[dict[str, Any]]:
        results = tmp_path / "results.jsonl"
        command = [sys.executable, "-m", "tests.faults", "--database", database, "--results", str(results)]
        # It crashes and restarts its database server: that must be no other test's.
        environ = {name: value for name, value in os.environ.items() if name != "TESTS_POSTGRESQL"}
        done = subprocess.run(
            [*command, *options], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert results.exists(), done.stdout + done.stderr
        return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]

    return run
