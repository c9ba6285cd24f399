"""What commands print: JSON for scripts, short tables on a terminal, tab-separated lines on a pipe."""

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


def say(line: str) -> None:
    """Print one line for a person."""
    sys.stdout.write(_CONTROL.sub(" ", line) + "\n")


def warn(line: str) -> None:
    """Print one line on stderr, where it disturbs no script."""
    sys.stderr.write(_CONTROL.sub(" ", line) + "\n")


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
