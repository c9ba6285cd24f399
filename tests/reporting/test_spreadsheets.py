import csv
import datetime as dt
import io

import pytest

from mailer.reporting import spreadsheets


def test_values_are_written_as_the_command_line_writes_them() -> None:
    at = dt.datetime(2026, 12, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    text = spreadsheets.written(("a", "b"), [(at, None), (0, ("china", "africa")), ('say "hi"', -3)])
    assert text == '\ufeffa,b\r\n2026-12-01T09:00:00Z,\r\n0,china;africa\r\n"say ""hi""",-3\r\n'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM", "\t=1", "＝1", "'=1"])
def test_no_cell_is_run(cell: str) -> None:
    text = spreadsheets.written(("a",), [(cell,), ((cell, "x"),)])
    assert [row[0] for row in csv.reader(io.StringIO(text))][1:] == [f"'{cell}", f"'{cell};x"]
