"""Installations that run, and their command line, as tests of a normal day use them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEYS = {"MAILER_HASH_KEY": "h" * 40, "MAILER_SECRET_KEY": "s" * 40}
FOREIGN = ("MAILER_", "SENDGRID_", "SMTP_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "TESTS_")


def an_environment(folder: Path) -> dict[str, str]:
    """Return the environment of an installation in a folder; its sweep looks every second."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    own = {"MAILER_DATA_DIR": str(folder / "data"), "HOME": str(folder), "MAILER_SWEEP": "1"}
    return kept | KEYS | own


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
