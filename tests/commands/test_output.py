import contextlib
import datetime as dt
import json
from collections.abc import Callable
from typing import TextIO, cast

import pytest

from mailer.commands import output


class Terminal:
    """A terminal that is 100 columns wide and keeps what it was told."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def shown_on(terminal: Terminal, *printing: Callable[[], None]) -> str:
    # Here and not in the fixture: pytest puts its own stdout back before each test begins.
    with contextlib.redirect_stdout(cast("TextIO", terminal)):
        for prints in printing:
            prints()
    return terminal.written


ROWS = [("space-digest", 1_000_000), ("second", 7)]


def test_json_is_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    moment = dt.datetime(2026, 3, 24, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    output.emit({"name": "Zoë", "at": moment}, as_json=True, table=lambda: pytest.fail("printed both"))
    assert json.loads(capsys.readouterr().out) == {"name": "Zoë", "at": "2026-03-24T14:00:00+02:00"}


def test_a_pipe_gets_plain_columns(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows(["list", "active"], ROWS, empty="none")
    assert capsys.readouterr().out == "list\tactive\nspace-digest\t1000000\nsecond\t7\n"


def test_on_a_terminal_numbers_stand_on_the_right(terminal: Terminal) -> None:
    written = shown_on(terminal, lambda: output.print_rows(["list", "active"], ROWS, empty="none"))
    million, seven = (line.rstrip() for line in written.splitlines() if "digest" in line or "second" in line)
    assert million.endswith(" 1,000,000")
    assert seven.endswith("         7")
    assert len(million) == len(seven)


def test_no_color_is_obeyed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    written = shown_on(terminal, lambda: output.print_rows(["list"], [("x",)], empty="none"))
    assert "x" in written
    assert "\x1b[3" not in written


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[2JNina", " [2JNina"),
        ("Ni\tna", "Ni na"),
        ("Nina\nOmar", "Nina Omar"),
        ("\u202eaniN", " aniN"),
    ],
)
def test_a_name_cannot_steer_the_terminal(terminal: Terminal, name: str, shown: str) -> None:
    written = shown_on(
        terminal,
        lambda: output.print_rows(["name"], [(name,)], empty="none"),
        lambda: output.print_facts({"name": name}),
        lambda: output.say(name),
    )
    assert written.count(shown) == 3
    assert name not in written


def test_what_is_empty_is_said_where_it_disturbs_no_script(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows(["list"], [], empty="There is no list yet.")
    assert capsys.readouterr() == ("", "There is no list yet.\n")


def test_values_are_written_as_people_read_them(capsys: pytest.CaptureFixture[str]) -> None:
    moment = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)
    output.print_facts({"at": moment, "public": True, "tracked": False, "none": None, "some": ["a", "b"]})
    assert (
        capsys.readouterr().out == "at\t2026-03-24 12:00 UTC\npublic\tyes\ntracked\tno\nnone\t\nsome\ta, b\n"
    )
