"""Which browser is taken, and what it is told of us."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.matrix import browser
from mailer.matrix.devtools import BrowserError
from tests.matrix.conftest import a_program


def test_the_browser_that_is_named_is_taken_or_none(tmp_path: Path) -> None:
    program = a_program(tmp_path / "mine", "#!/bin/sh\n")
    assert browser.find({"MAILER_CHROMIUM": program}) == program
    assert browser.find({"MAILER_CHROMIUM": str(tmp_path / "none")}) is None


def test_else_the_first_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find({}) is None
    program = a_program(tmp_path / "google-chrome", "#!/bin/sh\n")
    assert browser.find({"MAILER_CHROMIUM": ""}) == program


def test_a_picture_is_what_the_browser_says(fake_browser: Callable[..., str]) -> None:
    with browser.Browser(fake_browser()) as page:
        page.load("<p>Hello")
        page.look(375, "dark")
        assert page.picture(375) == b"PNG"


def test_no_secret_of_ours_reaches_it_and_its_folder_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.secret")
    monkeypatch.setenv("MAILER_SECRET_KEY_FILE", "/run/secret")
    told = tmp_path / "told.json"
    program = a_program(
        tmp_path / "telling",
        f"#!{sys.executable}\nimport json, os, sys\n"
        f"json.dump([dict(os.environ), sys.argv], open({str(told)!r}, 'w'))\n",
    )
    with pytest.raises(BrowserError):
        browser.Browser(program)
    environ, words = json.loads(told.read_text())
    assert [name for name in environ if name.startswith(("SENDGRID_", "MAILER_", "DATABASE_"))] == []
    assert "PATH" in environ
    (profile,) = (word.partition("=")[2] for word in words if word.startswith("--user-data-dir="))
    assert not Path(profile).parent.exists()


def test_who_is_not_root_has_the_browsers_sandbox_where_it_works(
    fake_browser: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    start = browser.Browser._start

    def watched(self: browser.Browser, command: list[str], within: float) -> None:
        started.append(command)
        start(self, command, within)

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(browser.Browser, "_start", watched)
    browser.Browser(fake_browser()).close()
    assert ["--no-sandbox" in command for command in started] == [False]
    started.clear()
    with pytest.raises(BrowserError):
        browser.Browser("/bin/false")
    assert ["--no-sandbox" in command for command in started] == [False, True]
