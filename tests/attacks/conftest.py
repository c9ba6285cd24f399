"""Attacks are on the pages; whom they ring for is not to come."""

import pytest

from mailer import doorbell


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    bells: list[tuple[str, int]] = []
    monkeypatch.setattr(doorbell, "ring", lambda task, number: bells.append((task, number)))
    return bells
