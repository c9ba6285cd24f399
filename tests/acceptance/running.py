"""Installations that run, and their command line, as tests of a normal day use them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.surroundings import KEYS, fresh


def an_environment(folder: Path) -> dict[str, str]:
    """Return the environment of an installation in a folder; its sweep looks every second."""
    return fresh(folder) | KEYS | {"MAILER_SWEEP": "1"}


def mailer(environ: Mapping[str, str], *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
    """Run a command of the product; return what it prints for scripts."""
    done = subprocess.run(
        [sys.executable, "-m", "mailer", *words, "--json"],
        env=dict(environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
