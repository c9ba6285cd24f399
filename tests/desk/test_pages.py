"""What every page of the desk is made of."""

import datetime as dt
import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from mailer.desk.pages import local

MOST = 60_000  # bytes of scripts, compressed, that all pages may have together
OURS = ("edition.js", "board.js", "send.js", "passkeys.js")
OF_PACKAGES = ("account/js/onload.js", "mfa/js/webauthn-json.js", "mfa/js/webauthn.js")


def test_all_scripts_of_all_pages_together_are_light() -> None:
    files = [Path(str(finders.find(name))) for name in (*OURS, *OF_PACKAGES)]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < MOST


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Tue 1 December 2026, 09:00"),
        ({"day": False}, "09:00"),
        ({"near": dt.datetime(2026, 11, 28, tzinfo=dt.UTC)}, "Tue 1 December, 09:00"),
        ({"near": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, "Tue 1 December 2026, 09:00"),
    ],
)
def test_a_moment_is_told_by_the_lists_own_clock(options: dict[str, object], said: str) -> None:
    moment = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)
    assert local(moment, "Africa/Nairobi", **options) == said  # type: ignore[arg-type]  # by name
    assert local(None, "Africa/Nairobi") == ""
