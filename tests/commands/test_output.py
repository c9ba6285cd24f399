import contextlib
import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.commands import output
from subscribers.vocabulary import Status


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


def printed_as_csv(capsys: pytest.CaptureFixture[str], *rows: Sequence[object]) -> str:
    output.print_csv(["name", "value"], rows)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (1_000_000, "1000000"),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (dt.datetime(2026, 3, 24, 14, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2026-03-24T12:00:00Z"),
        (dt.datetime(2026, 3, 24, 12, 0, 0, 5, tzinfo=dt.UTC), "2026-03-24T12:00:00.000005Z"),
        (dt.date(2026, 3, 24), "2026-03-24"),
        (["china", "south-asia"], "china;south-asia"),
        ((), ""),
        ({}, ""),
        ({"name": "Zoë", "days": 30}, '"{""name"":""Zoë"",""days"":30}"'),
        (Status.ACTIVE, "active"),
        ("Doe, Jane", '"Doe, Jane"'),
        ('the "Second"', '"the ""Second"""'),
    ],
)
def test_csv_holds_values_as_scripts_read_them(
    capsys: pytest.CaptureFixture[str], value: object, field: str
) -> None:
    assert printed_as_csv(capsys, ("x", value)) == f"name,value\nx,{field}\n"


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1234", "-5", "@home", "\t=1+1", "'quoted"])
def test_csv_for_scripts_leaves_a_formula_as_it_is(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert printed_as_csv(capsys, ("x", text)) == f"name,value\nx,{text}\n"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_text_comes_back_from_csv_as_it_went_in(rows: list[tuple[str, str]]) -> None:
    written = io.StringIO(newline="")
    with contextlib.redirect_stdout(written):
        output.print_csv(["name", "value"], rows)
    written.seek(0)
    assert list(csv.reader(written, strict=True)) == [["name", "value"], *map(list, rows)]


def test_csv_of_nothing_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed_as_csv(capsys) == "name,value\n"


def test_csv_is_written_as_rows_come(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[tuple[str, int]]:
        yield "first", 1
        assert capsys.readouterr().out == "name,value\nfirst,1\n"
        yield "second", 2

    output.print_csv(["name", "value"], rows())


def test_csv_cannot_steer_a_terminal_either(terminal: Terminal) -> None:
    written = shown_on(terminal, lambda: output.print_csv(["name", "value"], [("\x1b[2JNina", "Ni\nna")]))
    assert written == "name,value\n [2JNina,Ni na\n"
