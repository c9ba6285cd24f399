"""Import people from a CSV file, whole or not at all, unless the bad rows are to be put aside."""

import csv
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from subscribers import changes, suppressions
from subscribers.csvfiles.errors import ConsentMissingError, CsvError
from subscribers.csvfiles.formulas import shielded
from subscribers.csvfiles.looking import Layout, Wishes, look
from subscribers.csvfiles.topics import Topics
from subscribers.enrolling import Arrival, Enrolled, enrol
from subscribers.models import List
from subscribers.reading import Fault, Table

WHAT = "subscribers import"  # in the audit log
SHOWN = 20  # faults that an error names; a file of the wrong kind has one in every row
SAMPLES = 3  # rows that a dry run shows
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


class UncertainEncodingError(CsvError):
    """What the file is encoded in can be found, but not for certain; nothing was imported."""

    def __init__(self, layout: Layout) -> None:
        """Name what it may be."""
        found = layout.encoding
        super().__init__(
            f"{layout.file} may be {found.shown}, or {', '.join(found.others)}, or another: see how it reads"
            f" with --dry-run, then name it with --encoding {found.codec}"
        )


@dataclass(frozen=True)
class Imported:
    """What became of a file, or would in a dry run; `bad` rows were put aside in `bad_file`."""

    people: Enrolled
    bad: int
    bad_file: Path | None
    layout: Layout
    unknown_tags: tuple[str, ...] = ()  # words of a peer's tags that are no interests here
    samples: tuple[Arrival, ...] = ()  # the first sound rows
    faults: tuple[Fault, ...] = ()  # the first bad ones

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Return the headers of the columns that were not used."""
        return self.layout.ignored


def import_csv(
    newsletter: List,
    file: Path,
    *,
    by: str,
    at: dt.datetime,
    consent: str = "",
    wishes: Wishes | None = None,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    shown: Callable[[Layout], None] | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Put the people of a CSV file on a list; `consent` says where and how those agreed whose rows do not.

    A row without interests means everything; a file without such columns leaves the interests of people on
    the list as they are. What else happens to each: see `enrolling.enrol`. `shown` is told what was found
    before anything is written; a dry run writes nothing at all, not even bad rows.
    Raises CsvError, of which BadRowsError names the rows.
    """
    topics = Topics.of(newsletter)
    layout = look(file, topics, wishes or Wishes())
    if shown:
        shown(layout)
    consent = consent.strip()
    if not dry_run:
        _refuse_doubt(layout, consent)
    with ExitStack() as stack:
        text = stack.enter_context(file.open(encoding=layout.encoding.codec, newline=""))
        # In a dry run, consent is as good as given: it shows what else there is.
        table = Table(layout, text, topics, consent=consent or ("dry run" if dry_run else ""), at=at)
        sieve = _Sieve(layout, aside=skip_bad_rows and not dry_run, keep_on=skip_bad_rows or dry_run)
        people = enrol(
            newsletter,
            stack.enter_context(sieve).sound(_watched(table, file, text, progress)),
            how=consent,
            at=at,
            source=f"imported from {layout.called}"[: suppressions.LONGEST_SOURCE],
            alone=True,
            dry_run=dry_run,
            wrote=_Audit(newsletter, layout.called, by=by, at=at, sieve=sieve, consent=consent).write,
            progress=(lambda done, total: progress("writing", done, total)) if progress else None,
        )
    return Imported(
        people,
        sieve.count,
        sieve.path if sieve.opened else None,
        layout,
        unknown_tags=table.unknown_tags,
        samples=tuple(sieve.samples),
        faults=tuple(sieve.faults),
    )


def _refuse_doubt(layout: Layout, consent: str) -> None:
    if not layout.encoding.certain:
        raise UncertainEncodingError(layout)
    if not consent and not layout.tells_consent:
        raise ConsentMissingError(
            "Say where and how these people agreed, with --consent or a column of the file: without that"
            " nobody may be written to"
        )


def _watched(table: Table, file: Path, text: TextIO, progress: Progress | None) -> Iterator[Arrival | Fault]:
    """Pass the rows on, telling now and then how far into the file they are."""
    if not progress:
        yield from table.people()
        return
    size = file.stat().st_size
    for number, row in enumerate(table.people()):
        if number % _REPORT_EVERY == 0:
            progress("reading", text.buffer.tell(), size)
        yield row


class _Sieve:
    """Lets sound rows through; the others end the import, or go into FILE.bad.csv, made for the first."""

    def __init__(self, layout: Layout, *, aside: bool, keep_on: bool) -> None:
        self.path = layout.file.with_name(f"{layout.file.name}.bad.csv")
        self.count = 0
        self.opened = False
        self.faults: list[Fault] = []
        self.samples: list[Arrival] = []
        self._layout, self._aside, self._keep_on = layout, aside, keep_on
        self._stack = ExitStack()

    def __enter__(self) -> "_Sieve":  # noqa: PYI034 - nobody inherits from it
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def sound(self, rows: Iterator[Arrival | Fault]) -> Iterator[Arrival]:
        """Pass sound rows on. Raises BadRowsError after the last row if any was bad and none may be."""
        for row in rows:
            if isinstance(row, Arrival):
                if len(self.samples) < SAMPLES:
                    self.samples.append(row)
                yield row
                continue
            self.count += 1
            if self.count <= SHOWN:
                self.faults.append(row)
            if self._aside:
                self._put_aside(row)
        if self.count and not self._keep_on:
            raise BadRowsError(self._layout.file, self.faults, self.count)

    def _put_aside(self, row: Fault) -> None:
        if not self.opened:
            # It holds people's addresses: for its owner's eyes only.
            opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._written = csv.writer(
                self._stack.enter_context(os.fdopen(opened, "w", encoding="utf-8", newline=""))
            )
            self._written.writerow(["line", "reason", *self._layout.header])
            self.opened = True
        # Whoever opens it in a spreadsheet did not write what it holds.
        self._written.writerow([row.line, str(row), *map(shielded, row.row)])


class _Audit:
    """The one line of the audit log, written with the first range and brought up to date with each other."""

    def __init__(
        self, newsletter: List, file: str, *, by: str, at: dt.datetime, sieve: _Sieve, consent: str
    ) -> None:
        self._line = changes.Growing(WHAT, by=by, at=at, newsletter=newsletter, subject=file[:200])
        self._sieve, self._consent = sieve, consent

    def write(self, people: Enrolled) -> None:
        """Note what all ranges came to so far, in the transaction of the last of them."""
        counts: dict[str, Any] = {
            "new": people.new,
            "updated": people.updated,
            "unchanged": people.unchanged,
            "unsubscribed": people.unsubscribed,
            "suppressed": people.suppressed,
            "ended": people.ended,
            "not_subscribed": people.outsiders,
            "duplicates": people.duplicates,
            "bad": self._sieve.count,
        }
        after = {name: count for name, count in counts.items() if count}
        self._line.write(after | ({"consent": self._consent} if self._consent else {}))
