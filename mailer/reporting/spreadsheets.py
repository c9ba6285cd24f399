"""A report for spreadsheets: what one of them would run as a formula has an apostrophe before it."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence

from subscribers.csvfiles.formulas import shielded

# Without it Excel takes UTF-8 for the code page of its country.
MARK = "\ufeff"


def written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV (RFC 4180): moments in UTC, several values with ";" between them, None empty."""
    file = io.StringIO()
    file.write(MARK)
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(cells(rows))
    return file.getvalue()


def cells(rows: Iterable[Sequence[object]]) -> Iterator[list[object]]:
    """Yield rows that no spreadsheet runs anything of."""
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case int():
            return value
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return shielded(";".join(map(str, value)))
        case _:
            return shielded(str(value))
