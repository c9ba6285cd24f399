"""Import people from a CSV file, whole or not at all, unless the bad rows are to be put aside."""

import csv
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from subscribers.enrolling import Arrival, Enrolled, enrol
from subscribers.interests import Interests
from subscribers.models import List
from subscribers.reading import CsvError, Fault, Table

SHOWN = 20  # faults that an error names; a file of the wrong kind has one in every row
_REPORT_EVERY = 5_000  # rows

# Called with "reading" or "writing", how much is done and how much there is: octets, then rows.
Progress = Callable[[str, int, int], None]


class BadRowsError(CsvError):
    """Rows are wrong and nothing was imported; `faults` holds the first of `count`."""

    def __init__(self, file: Path, faults: list[Fault], count: int) -> None:
        """Name each fault on a line of its own, then what to do."""
        self.file, self.faults, self.count = file, faults, count
        lines = [f"{file}:{fault.line}: {fault}" for fault in faults]
        if count > len(faults):
            lines.append(f"… and {count - len(faults):,} more")
        wrong = "1 row is wrong" if count == 1 else f"{count:,} rows are wrong"
        lines.append(f"{wrong} and nothing was imported: mend the file, or use --skip-bad-rows")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Imported:
    """What became of a file; `bad` rows were put aside in `bad_file`."""

    people: Enrolled
    bad: int
    bad_file: Path | None
    ignored_columns: tuple[str, ...]


def import_csv(
    newsletter: List,
    file: Path,
    *,
    consent: str,
    at: dt.datetime,
    skip_bad_rows: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Put the people of a CSV file on a list; `consent` says where and how they agreed.

    A row without interests means everything; a file without that column leaves the interests of people on
    the list as they are. What else happens to each: see `enrolling.enrol`.
    Raises CsvError, of which BadRowsError names the rows.
    """
    if not (consent := consent.strip()):
        raise CsvError("Say where and how these people agreed: without that nobody may be written to")
    if not file.is_file():
        raise CsvError(f"{file} is not a file that can be read")
    with ExitStack() as stack:
        text = stack.enter_context(file.open(encoding="utf-8-sig", newline=""))
        table = Table(file, text)
        rows = _watched(table.people(Interests.of(newsletter)), file, text, progress)
        aside = stack.enter_context(_Aside(file, table.header)) if skip_bad_rows else None
        people = enrol(
            newsletter,
            aside.sound(rows) if aside else _all_sound(rows, file),
            how=consent,
            at=at,
            progress=(lambda done, total: progress("writing", done, total)) if progress else None,
        )
    bad = aside.count if aside else 0
    return Imported(people, bad, aside.path if aside and bad else None, table.ignored)


def _watched(
    rows: Iterator[Arrival | Fault], file: Path, text: TextIO, progress: Progress | None
) -> Iterator[Arrival | Fault]:
    """Pass the rows on, telling now and then how far into the file they are."""
    size = file.stat().st_size
    for number, row in enumerate(rows):
        if progress and number % _REPORT_EVERY == 0:
            progress("reading", text.buffer.tell(), size)
        yield row


def _all_sound(rows: Iterator[Arrival | Fault], file: Path) -> Iterator[Arrival]:
    """Pass sound rows on. Raises BadRowsError after the last row if any was not."""
    faults: list[Fault] = []
    count = 0
    for row in rows:
        if isinstance(row, Arrival):
            yield row
            continue
        count += 1
        if count <= SHOWN:
            faults.append(row)
    if count:
        raise BadRowsError(file, faults, count)


class _Aside:
    """FILE.bad.csv, which holds the rows put aside; made when the first one comes."""

    def __init__(self, file: Path, header: list[str]) -> None:
        self.path = file.with_name(f"{file.name}.bad.csv")
        self.count = 0
        self._header = header
        self._stack = ExitStack()

    def __enter__(self) -> "_Aside":  # noqa: PYI034 - nobody inherits from it
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def sound(self, rows: Iterator[Arrival | Fault]) -> Iterator[Arrival]:
        """Pass sound rows on; put the others aside with their line and reason."""
        for row in rows:
            if isinstance(row, Arrival):
                yield row
                continue
            if not self.count:
                # It holds people's addresses: for its owner's eyes only.
                opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                written = csv.writer(
                    self._stack.enter_context(os.fdopen(opened, "w", encoding="utf-8", newline=""))
                )
                written.writerow(["line", "reason", *self._header])
            self.count += 1
            written.writerow([row.line, str(row), *row.row])
