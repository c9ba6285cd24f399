"""Read people from a table of text: email, and if wanted name, interests (set apart by ";") and locale.

Each row becomes someone arriving or a fault with its line and column; nothing here writes anything.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from subscribers import names
from subscribers.addresses import AddressError, address_key, parse
from subscribers.enrolling import Arrival
from subscribers.errors import SubscribersError
from subscribers.interests import Interests, UnknownInterestError

COLUMNS = ("email", "name", "interests", "locale")

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_LOCALE = 35  # characters; the column's


class CsvError(SubscribersError):
    """The file cannot be imported; nothing was."""


class _RowError(Exception):
    """One row cannot be used: a column ('' for the whole row) and the reason."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row; `row` is as it was written."""

    line: int
    column: str  # '' when it is the row as a whole
    reason: str
    row: tuple[str, ...]

    def __str__(self) -> str:
        """Return the column and the reason."""
        return f"{self.column}: {self.reason}" if self.column else self.reason


class Table:
    """A CSV file whose first line names its columns."""

    def __init__(self, file: Path, text: TextIO) -> None:
        """Read the first line. Raises CsvError."""
        self._file = file
        self._rows = csv.reader(text, strict=True)
        with self._faults_named():
            self.header = next(self._rows, [])
        names = [name.strip().lower() for name in self.header]
        if not any(names):
            raise CsvError(f"{file} is empty: its first line must name the columns, email,name,interests")
        if "email" not in names:
            raise CsvError(
                f"{file}:1: there is no column email; the first line must name the columns,"
                f" set apart by commas: email,name,interests"
            )
        if twice := [name for name in COLUMNS if names.count(name) > 1]:
            raise CsvError(f"{file}:1: the column {twice[0]} is there twice; keep one")
        self.ignored = tuple(name for name in names if name not in COLUMNS)
        self._places = {name: names.index(name) for name in COLUMNS if name in names}

    def people(self, interests: Interests) -> Iterator[Arrival | Fault]:
        """Yield what each row is, in order; empty lines are nothing. Raises CsvError."""
        known: dict[str, tuple[bool, int]] = {}  # few combinations, many rows
        with self._faults_named():
            line = self._rows.line_num + 1
            for row in self._rows:
                if row:
                    try:
                        yield self._arrival(line, row, interests, known)
                    except _RowError as error:
                        column, reason = error.args
                        yield Fault(line, column, reason, tuple(row))
                line = self._rows.line_num + 1

    def _arrival(
        self, line: int, row: list[str], interests: Interests, known: dict[str, tuple[bool, int]]
    ) -> Arrival:
        width = len(self.header)
        if len(row) > width:
            raise _RowError(
                "", f"{len(row)} fields where the first line names {width}; a text with a comma needs quotes"
            )
        value = {name: row[place] if place < len(row) else "" for name, place in self._places.items()}
        try:
            address = parse(value["email"])
        except AddressError as error:
            raise _RowError("email", error.reason) from None
        everything, bits = None, None
        if (chosen := value.get("interests")) is not None:
            if chosen not in known:
                known[chosen] = _chosen(chosen, interests)
            everything, bits = known[chosen]
        return Arrival(
            line=line,
            address=address.written,
            canonical=address.canonical,
            address_key=address_key(address.canonical),
            name=_name(value.get("name", "")),
            locale=_locale(value.get("locale", "")),
            everything=everything,
            interests=bits,
        )

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Turn what Python says of a file that is no CSV in UTF-8 into a line that helps."""
        try:
            yield
        except UnicodeDecodeError:
            raise CsvError(
                f"{self._file}:{_first_line_not_utf8(self._file)}: this is not UTF-8; save the file as"
                f" “CSV UTF-8” and import it again"
            ) from None
        except csv.Error as error:
            place = f"{self._file}:{self._rows.line_num}"
            # csv has no error of its own for it. A quotation mark without its pair swallows lines until then.
            if "field limit" in str(error):
                raise CsvError(
                    f"{place}: a field is longer than {csv.field_size_limit():,} characters;"
                    f" shorten it, or close the quotation mark that it begins with"
                ) from None
            raise CsvError(
                f"{place}: this is not CSV ({error}); look for a quotation mark without its pair"
            ) from None


def _chosen(text: str, interests: Interests) -> tuple[bool, int]:
    slugs = [slug for part in text.split(";") if (slug := part.strip().lower())]
    try:
        return not slugs, interests.bits(slugs)
    except UnknownInterestError as error:
        raise _RowError("interests", str(error)) from None


def _name(text: str) -> str:
    try:
        return names.parse(text)
    except names.NameTextError as error:
        raise _RowError("name", str(error)) from None


def _locale(text: str) -> str:
    locale = text.strip()
    if locale and not (_LOCALE.fullmatch(locale) and len(locale) <= _LONGEST_LOCALE):
        raise _RowError("locale", "no language tag such as en or pt-BR")
    return locale


def _first_line_not_utf8(file: Path) -> int:
    """Return its number: the decoder reads ahead, so that where it stopped says little."""
    with file.open("rb") as octets:
        for number, line in enumerate(octets, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1
