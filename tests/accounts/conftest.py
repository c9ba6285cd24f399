"""Signing in, with passwords that are hashed as in production but for the work."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from tests.browsing import browser, launched, url  # noqa: F401 - fixtures are found by their names


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 1_024)
    monkeypatch.setattr(Argon2PasswordHasher, "parallelism", 1)
