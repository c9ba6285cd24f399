"""The forms in which people are exported: rows as `exporting` reads them in, text out."""

import csv
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TextIO

import orjson

from subscribers.csvfiles.formulas import shielded

COLUMNS = (
    *("email", "name", "locale", "interests", "status", "since"),
    *("consent", "consent_at", "attributes", "suppressed", "paused_until", "text_only", "tracked"),
)

Row = tuple[Any, ...]  # the columns that `exporting.READ` selects
# Many rows hold few combinations; people who all differ must not fill the memory.
_MOST_KNOWN = 10_000

Slugs = Callable[[int], tuple[str, ...]]  # of an interests' bits


class AsCsv:
    """Writes rows as CSV: RFC 4180, but for plain line feeds."""

    def __init__(self, out: TextIO, slugs: Slugs, *, raw: bool) -> None:
        """Write to `out`; `raw`: also what a spreadsheet would run."""
        self._out = out
        self._chosen = lru_cache(maxsize=_MOST_KNOWN)(lambda bits: ";".join(slugs(bits)))
        self._safe = str if raw else shielded

    def begin(self) -> None:
        """Write the names of the columns."""
        self._lines([COLUMNS])

    def write(self, rows: list[Row]) -> None:
        """Write a line for each row."""
        self._lines(map(self._cells, rows))

    def end(self) -> None:
        """Write nothing: the last line is the end of it."""

    def _cells(self, row: Row) -> tuple[str, ...]:
        address, name, locale, everything, bits, status, since, *more = row
        how, agreed_at, attributes, suppressed, paused_until, text_only, tracked = more
        safe = self._safe
        return (
            safe(address),
            safe(name),
            safe(locale),
            "" if everything else self._chosen(bits),
            status,
            _iso(since),
            safe(how) if how else "",
            _iso(agreed_at) if agreed_at else "",
            "" if attributes == "{}" else _readable(attributes),
            suppressed or "",
            _iso(paused_until) if paused_until else "",
            # As nearly everybody has it, it is not said: an import of it then changes nobody's mind.
            "yes" if text_only else "",
            "" if tracked else "no",
        )

    def _lines(self, rows: Iterable[Iterable[str]]) -> None:
        # Told to end lines with a line feed, the writer would leave a carriage return without quotes.
        lines: list[str] = []
        csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerows(rows)
        self._out.write("".join([f"{line[:-2]}\n" for line in lines]))


class AsJson:
    """Writes rows as a JSON list, an object a line."""

    def __init__(self, out: TextIO, slugs: Slugs) -> None:
        """Write to `out`."""
        self._out = out
        self._slugs = lru_cache(maxsize=_MOST_KNOWN)(slugs)
        self._before = "[\n"

    def begin(self) -> None:
        """Write nothing yet: how a list begins depends on whether it is empty."""

    def write(self, rows: list[Row]) -> None:
        """Write an object for each row."""
        if rows:
            objects = [orjson.dumps(self._object(row)).decode() for row in rows]
            self._out.write(self._before + ",\n".join(objects))
            self._before = ",\n"

    def end(self) -> None:
        """Close the list."""
        self._out.write("[]\n" if self._before.startswith("[") else "\n]\n")

    def _object(self, row: Row) -> dict[str, Any]:
        address, name, locale, everything, bits, status, since, *more = row
        how, agreed_at, attributes, suppressed, paused_until, text_only, tracked = more
        return {
            "email": address,
            "name": name,
            "locale": locale,
            "everything": bool(everything),
            "interests": self._slugs(bits),
            "status": status,
            "since": _iso(since),
            "consent": how,
            "consent_at": _iso(agreed_at) if agreed_at else None,
            "attributes": orjson.Fragment(attributes),
            "suppressed": suppressed,
            "paused_until": _iso(paused_until) if paused_until else None,
            "text_only": bool(text_only),
            "tracked": bool(tracked),
        }


def _iso(text: str) -> str:
    """Return a moment as ISO 8601 has it, from the text that either database has for it in UTC."""
    day, _, clock = text.removesuffix("+00").partition(" ")
    seconds, _, fraction = clock.partition(".")
    return f"{day}T{seconds}.{fraction:0<6}Z" if fraction else f"{day}T{seconds}Z"


@lru_cache(maxsize=_MOST_KNOWN)  # few cities, many people
def _readable(attributes: str) -> str:
    """Return JSON as both databases would have it, with letters as they are."""
    return json.dumps(json.loads(attributes), ensure_ascii=False, sort_keys=True)
