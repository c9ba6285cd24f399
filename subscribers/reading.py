"""Read people from a table whose layout is known: each row becomes someone arriving, or a fault.

A fault has its line and column; nothing here writes anything.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from subscribers.addresses import AddressError, address_key, parse
from subscribers.csvfiles import cells
from subscribers.csvfiles.choices import Choices
from subscribers.csvfiles.columns import ATTRIBUTE
from subscribers.csvfiles.errors import CellError, CsvError
from subscribers.csvfiles.evidence import Evidence
from subscribers.csvfiles.formulas import bare
from subscribers.csvfiles.looking import Layout, not_decoded
from subscribers.csvfiles.topics import Topics
from subscribers.enrolling import Arrival

__all__ = ["CsvError", "Fault", "Table"]

# What needs no more than an address, a name, a language and interests is read by a shorter way.
_PLAIN = frozenset({"email", "name", "first_name", "last_name", "locale", "interests", "tags"})


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
    """A CSV file of a known layout, opened as text."""

    def __init__(
        self, layout: Layout, text: TextIO, topics: Topics, *, consent: str, at: dt.datetime
    ) -> None:
        """Read what stands above the people. `consent` is for rows that state none. Raises CsvError."""
        self._layout, self._width = layout, len(layout.columns)
        self._email = layout.place("email") or 0
        self._name, self._locale = layout.place("name"), layout.place("locale")
        self._first, self._last = layout.place("first_name"), layout.place("last_name")
        self._json, self._single = layout.place("attributes"), layout.beginning(ATTRIBUTE)
        self._text_only, self._tracked = layout.place("text_only"), layout.place("tracked")
        self._choices = Choices(layout, topics)
        self._evidence = Evidence(layout, consent_given=bool(consent), at=at)
        self._plain = layout.peer is None and {column.target for column in layout.used} <= _PLAIN
        self._rows = layout.shape.reader(text)
        with self._faults_named():
            while not any(next(self._rows, ["the end"])):  # empty lines above the header
                pass

    @property
    def unknown_tags(self) -> tuple[str, ...]:
        """Return tags of the rows read so far that are no interests; the first hundred."""
        return tuple(self._choices.unknown_tags)

    def people(self) -> Iterator[Arrival | Fault]:
        """Yield what each row is, in order; empty lines are nothing. Raises CsvError."""
        rows, first = self._rows, self._layout.shape.above + 1
        with self._faults_named():
            line = rows.line_num + first
            for row in rows:
                if row:
                    try:
                        yield self._arrival(line, row)
                    except CellError as error:
                        yield Fault(line, error.column, error.reason, tuple(row))
                line = rows.line_num + first

    def _arrival(self, line: int, row: list[str]) -> Arrival:
        if len(row) != self._width:
            row = self._fitted(row)
        if "'" in "".join(row):
            row = [bare(cell) for cell in row]
        try:
            address = parse(row[self._email])
        except AddressError as error:
            raise CellError("email", error.reason) from None
        everything, interests = self._choices.of(row)
        key, name = address_key(address.canonical), self._called(row)
        locale = "" if self._locale is None else cells.locale(row[self._locale])
        if self._plain:
            return Arrival(line, address.written, address.canonical, key, name, locale, everything, interests)
        standing, ended_at = self._evidence.standing(row)
        return Arrival(
            line,
            address.written,
            address.canonical,
            key,
            name,
            locale,
            everything,
            interests,
            standing=standing.value,
            how=self._evidence.how(row, standing),
            agreed_at=self._evidence.agreed_at(row),
            since=self._evidence.since(row),
            ended_at=ended_at,
            attributes=self._attributes(row),
            text_only=self._flag(row, self._text_only, "text_only"),
            tracked=self._flag(row, self._tracked, "tracked"),
            paused_until=self._evidence.paused_until(row, standing),
        )

    def _fitted(self, row: list[str]) -> list[str]:
        """Return a row of as many fields as the header; a short one ends with empty ones."""
        if any(row[self._width :]):
            raise CellError(
                "",
                f"{len(row)} fields where the first line names {self._width};"
                f" a text with a comma needs quotes",
            )
        return row[: self._width] + [""] * (self._width - len(row))

    def _called(self, row: list[str]) -> str:
        if self._name is not None and (name := row[self._name]):
            return cells.name(name)
        if self._first is None and self._last is None:
            return ""
        first = "" if self._first is None else row[self._first]
        return cells.name(cells.joined(first, "" if self._last is None else row[self._last]))

    def _attributes(self, row: list[str]) -> str | None:
        said = {}
        if self._json is not None and (text := row[self._json].strip()):
            said = cells.attributes(text)
        for place, name in self._single:
            if text := cells.evidence(row[place]):
                said[name] = text
        return cells.written(said) if said else None

    @staticmethod
    def _flag(row: list[str], place: int | None, column: str) -> bool | None:
        return None if place is None or not row[place].strip() else cells.flag(row[place], column)

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Turn what Python says of a file that is no CSV into a line that helps."""
        file = self._layout.file
        try:
            yield
        except UnicodeError:
            raise not_decoded(file, self._layout.encoding) from None
        except csv.Error as error:
            place = f"{file}:{self._rows.line_num + self._layout.shape.above}"
            # csv has no error of its own for it. A quotation mark without its pair swallows lines until then.
            if "field limit" in str(error):
                raise CsvError(
                    f"{place}: a field is longer than {csv.field_size_limit():,} characters;"
                    f" shorten it, or close the quotation mark that it begins with"
                ) from None
            raise CsvError(
                f"{place}: this is not CSV ({error}); look for a quotation mark without its pair"
            ) from None
