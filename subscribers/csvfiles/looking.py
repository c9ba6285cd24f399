"""Look at a file before anything is written: what it is written in, who wrote it, which column is what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subscribers.addresses import AddressError, parse
from subscribers.csvfiles import columns, encodings, peers, shapes
from subscribers.csvfiles.columns import Column
from subscribers.csvfiles.encodings import Encoding
from subscribers.csvfiles.errors import CsvError
from subscribers.csvfiles.headers import plain
from subscribers.csvfiles.peers import Peer
from subscribers.csvfiles.shapes import Shape
from subscribers.csvfiles.topics import Topics

_HEAD = 1 << 16  # characters that are looked at
_OWN = {"email", "name", "locale", "interests", "status", "since", "consent", "consent at", "attributes"}


@dataclass(frozen=True)
class Wishes:
    """What a person says of a file; '' and nothing are left to be found."""

    encoding: str = ""
    delimiter: str = ""
    columns: tuple[str, ...] = ()  # each as `Their Header=email`


@dataclass(frozen=True)
class Layout:
    """What was found about a file."""

    file: Path
    encoding: Encoding
    shape: Shape
    columns: tuple[Column, ...]
    peer: Peer | None = None

    @property
    def called(self) -> str:
        """Return the file's name for evidence and the audit log, which hold no addresses."""
        return "a file" if "@" in self.file.name else self.file.name

    @property
    def own(self) -> bool:
        """Return whether our own export wrote it: it knows interests that nobody can choose any more."""
        return {plain(column.header) for column in self.columns} >= _OWN

    @property
    def header(self) -> list[str]:
        """Return the names of the columns as they are written, without spaces around."""
        return [column.header for column in self.columns]

    @property
    def used(self) -> tuple[Column, ...]:
        """Return the columns that are read."""
        return tuple(column for column in self.columns if column.used)

    def places(self, target: str) -> list[int]:
        """Return where the columns of a target stand, in the order in which they count."""
        return [column.place for column in self.columns if column.target == target]

    def place(self, target: str) -> int | None:
        """Return where the one column of a target stands, if there is one."""
        return next(iter(self.places(target)), None)

    def beginning(self, beginning: str) -> list[tuple[int, str]]:
        """Return place and rest of each target that begins so, as `attribute:` does."""
        return [
            (column.place, column.target.removeprefix(beginning))
            for column in self.columns
            if column.target.startswith(beginning)
        ]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the headers of those that are not."""
        return tuple(column.header for column in self.columns if not column.used and column.header)

    @property
    def tells_consent(self) -> bool:
        """Return whether rows say for themselves where and how people agreed."""
        return self.peer is not None or self.place("consent") is not None

    def described(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "encoding": self.encoding.shown,
            "certain": self.encoding.certain,
            "delimiter": self.shape.delimiter,
            "peer": self.peer.name if self.peer else None,
            "columns": {column.header: column.target for column in self.used},
            "not_used": list(self.ignored),
        }


def look(file: Path, topics: Topics, wishes: Wishes) -> Layout:
    """Return what `file` is, by its octets, its first lines and what a person says of it. Raises CsvError."""
    if not file.is_file():
        raise CsvError(f"{file} is not a file that can be read")
    encoding = encodings.named(wishes.encoding) if wishes.encoding else encodings.find(file)
    wanted = columns.parse_map(wishes.columns, topics)
    head = _head(file, encoding)
    shape = shapes.find(
        head,
        shapes.named(wishes.delimiter) if wishes.delimiter else "",
        lambda header: columns.known(header, wanted, topics),
    )
    table = shapes.rows(shape, head)
    if not table:
        raise CsvError(f"{file} is empty: its first line must name the columns, email,name,interests")
    header, sample = table[0], table[1:]
    peer = peers.of(header)
    try:
        found = columns.assign(header, wanted, peer.columns if peer else {}, topics)
    except CsvError as error:
        raise CsvError(f"{file}:{1 + shape.above}: {error}") from None
    return Layout(file, encoding, shape, _with_address(file, shape, found, sample), peer)


def not_decoded(file: Path, encoding: Encoding) -> CsvError:
    """Return the error of a file that is not in its encoding, naming the line."""
    line = encodings.first_line_not(encoding.codec, file)
    return CsvError(
        f"{file}:{line}: this is not {encoding.shown}; save the file as “CSV UTF-8”, or name its encoding"
        f" with --encoding"
    )


def _head(file: Path, encoding: Encoding) -> str:
    try:
        with file.open(encoding=encoding.codec, newline="") as text:
            return text.read(_HEAD)
    except UnicodeError:  # a missing mark of UTF-16 is no UnicodeDecodeError
        raise not_decoded(file, encoding) from None


def _with_address(
    file: Path, shape: Shape, found: tuple[Column, ...], sample: Sequence[Sequence[str]]
) -> tuple[Column, ...]:
    """Return the columns with one that is the address: for want of a name, the one that holds addresses."""
    if any(column.target == "email" for column in found):
        return found
    place = f"{file}:{1 + shape.above}"
    if any(_is_address(column.header) for column in found):
        raise CsvError(
            f"{place}: there is no column email: the first line is a person's; put a line above it that names"
            f" the columns, email,name,interests"
        )
    holding = [
        column
        for column in found
        if not column.used and sample and all(_is_address(_cell(row, column.place)) for row in sample)
    ]
    if len(holding) == 1:
        return tuple(
            Column(column.place, column.header, "email") if column is holding[0] else column
            for column in found
        )
    there = ", ".join(f"“{column.header}”" for column in found)
    raise CsvError(
        f"{place}: there is no column email among {there}; the first line must name the columns, and"
        f' --map "Their Header=email" says which it is'
    )


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _is_address(text: str) -> bool:
    try:
        parse(text)
    except AddressError:
        return False
    return True
