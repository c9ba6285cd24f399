"""What commands print: JSON and CSV for scripts, short tables for people, tab-separated lines on a pipe."""

import csv
import datetime as dt
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from rich.console import Console

# A name from outside must not move the cursor, ring a bell or break a line of the table.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")

# Characters of an error's line: of one that repeats a book it was given, the beginning and the end.
_LONGEST = 2_000
_BEGINNING, _END = 1_400, 500


def prepare() -> None:
    """Make stdout and stderr carry every text, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def written_out() -> Iterator[None]:
    """Write at the end what stdout holds back. Raises OSError where it takes no more."""
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            # Otherwise Python tries again at its own end, and fails with words of its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise


def emit(data: object, *, as_json: bool, table: Callable[[], None]) -> None:
    """Print `data` as JSON (UTF-8, moments in UTC with a Z), or call `table` to print it for a person."""
    if as_json:
        sys.stdout.write(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode() + "\n")
    else:
        table()


def emit_lines(items: Iterable[object]) -> None:
    """Print a JSON list of any length, an item a line, without holding it."""
    separator = "[\n"
    for item in items:
        sys.stdout.write(separator + orjson.dumps(item, option=orjson.OPT_UTC_Z).decode())
        separator = ",\n"
    sys.stdout.write("[]\n" if separator.startswith("[") else "\n]\n")


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table of any length as CSV (RFC 4180, but for plain line feeds), a row as it comes.

    For scripts, which want what is there: numbers ungrouped, `true` and `false`, moments as in JSON,
    several values with ";" between them, mappings as JSON, nothing as an empty field. A text stays as it is,
    so one that begins like a formula is no safe thing to open in a spreadsheet. Only a terminal is spared
    what would steer it.
    """
    steady = sys.stdout.isatty()
    # One that ends lines with a line feed leaves a carriage return unquoted, and readers end a row at it.
    writer = csv.writer(_Lines(), lineterminator=_Lines.END)
    writer.writerow(headings)
    for row in rows:
        cells = [_field(cell) for cell in row]
        writer.writerow([_CONTROL.sub(" ", cell) for cell in cells] if steady else cells)


class _Lines:
    """Takes a CSV writer's rows, each in one call, and ends them as every other line here ends."""

    END = "\r\n"

    def write(self, row: str) -> int:
        return sys.stdout.write(row.removesuffix(self.END) + "\n")


def _field(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return ";".join(_field(item) for item in value)
        case dict():
            return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode() if value else ""
        case _:
            return str(value)


def say(line: str) -> None:
    """Print one line for a person."""
    sys.stdout.write(_CONTROL.sub(" ", line) + "\n")


def warn(line: str) -> None:
    """Print one line on stderr, where it disturbs no script."""
    sys.stderr.write(_CONTROL.sub(" ", line) + "\n")


def shown(line: str) -> str:
    """Return an error's line as a terminal may have it: without what would steer it, and no book."""
    clean = _CONTROL.sub(" ", line)
    return clean if len(clean) <= _LONGEST else f"{clean[:_BEGINNING]} … {clean[-_END:]}"


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table; numbers stand on the right. `empty` is said on stderr where there are no rows."""
    written = [list(row) for row in rows]
    if not written:
        warn(empty)
        return
    if not sys.stdout.isatty():
        for line in (headings, *written):
            sys.stdout.write("\t".join(_text(cell) for cell in line) + "\n")
        return
    from rich import box  # noqa: PLC0415 - a tenth of a second that JSON and pipes need not pay
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        numeric = all(isinstance(row[place], int) for row in written)
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in written:
        table.add_row(*(Text(_text(cell, grouped=True)) for cell in row))
    _console().print(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print a name and a value on each line."""
    width = 0 if not sys.stdout.isatty() else max(map(len, facts), default=0) + 2
    for name, value in facts.items():
        gap = "\t" if not width else " " * (width - len(name))
        sys.stdout.write(f"{name}{gap}{_text(value, grouped=bool(width))}\n")


def _text(cell: object, *, grouped: bool = False) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return f"{cell:,}" if grouped else str(cell)
        case dt.datetime():
            return cell.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
        case list() | tuple():
            return ", ".join(_text(item) for item in cell)
        case _:
            return _CONTROL.sub(" ", str(cell))


def _console() -> "Console":
    from rich.console import Console  # noqa: PLC0415 - see above

    return Console(highlight=False, emoji=False)
