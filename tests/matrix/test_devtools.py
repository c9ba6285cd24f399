"""What is asked of a browser over its pipe, and what becomes of one that does not answer."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.matrix.devtools import BrowserError, Wire
from tests.matrix.conftest import a_program


def wire(*command: str, answers_within: float = 20) -> Wire:
    return Wire(command, environ=dict(os.environ), answers_within=answers_within)


def test_an_answer_is_found_among_what_is_told_meanwhile(fake_browser: Callable[..., str]) -> None:
    browser = wire(fake_browser())
    assert browser.ask("Target.createTarget", url="about:blank") == {"targetId": "t"}
    assert browser.ask("Page.enable", "s") == {}
    browser.close()


def test_one_that_ends_says_so(fake_browser: Callable[..., str]) -> None:
    browser = wire(fake_browser(dies=0))
    with pytest.raises(BrowserError, match="the browser ended by itself"):
        browser.ask("Page.captureScreenshot", "s")
    with pytest.raises(BrowserError, match="the browser ended by itself"):
        browser.ask("Page.captureScreenshot", "s")
    browser.close()


def test_one_that_is_silent_is_not_waited_for_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.matrix.devtools._ENDS_WITHIN", 0.1)
    program = a_program(tmp_path / "silent", "#!/bin/sh\nexec sleep 600\n")
    browser = wire(program, answers_within=0.1)
    with pytest.raises(BrowserError, match=r"the browser did not answer within 0\.1 seconds"):
        browser.ask("Target.createTarget")
    browser.close()
    assert browser._process.returncode == -9


def test_what_it_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    answer = r'{"id":1,"error":{"message":"no such thing"}}\0'
    program = a_program(
        tmp_path / "refusing", f"#!/bin/sh\nread -r line <&3 &\nprintf '{answer}' >&4\nwait\n"
    )
    browser = wire(program)
    with pytest.raises(BrowserError, match=r"the browser refused Nothing\.do: no such thing"):
        browser.ask("Nothing.do")
    browser.close()
