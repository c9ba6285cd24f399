"""Tell a list of subscribers that went to the wrong place from an edition."""

import re

_COLUMNS = re.compile(r"[,;\t]")
_ADDRESS = re.compile(r"<?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?")
_HEADERS = frozenset({"email", "e-mail", "mail", "email address", "e-mail address", "email_address"})
_LONGEST_HEADER = 40  # characters; more is a sentence


def lists_subscribers(text: str) -> bool:
    """Return whether `text` is plainly a CSV file of addresses.

    That is a line of short names, email one of them, above addresses or nothing; or a cell with an address
    and nothing else in most lines.
    """
    rows = [_cells(line) for line in text.split("\n") if line.strip()]
    if not rows:
        return False
    header, below = rows[0], rows[1:]
    titled = not _HEADERS.isdisjoint(map(str.casefold, header)) and max(map(len, header)) <= _LONGEST_HEADER
    if titled and (_has_address(below[0]) if below else len(header) > 1):
        return True
    return sum(map(_has_address, rows)) * 2 > len(rows)


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("\"'").strip() for cell in _COLUMNS.split(line)]


def _has_address(cells: list[str]) -> bool:
    return any(_ADDRESS.fullmatch(cell) for cell in cells)
