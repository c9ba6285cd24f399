"""Bodies of a letter, encoded once and completed for each reader: ASCII, in lines of at most 76 characters.

No encoded line begins with a dot or with "From ", so that nothing on the way has a reason to touch it.
"""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

LONGEST_LINE = 76  # RFC 2045 §6.7 and §6.8, without the line's end
_OCTETS = LONGEST_LINE // 4 * 3  # of which base64 makes such a line

# Every octet as quoted-printable writes it inside a line (RFC 2045 §6.7).
_PLAIN = {ord("\t"), *range(ord(" "), ord("~") + 1)} - {ord("=")}
_QUOTED = {octet: f"={octet:02X}" for octet in range(256) if octet not in _PLAIN}


@dataclass(frozen=True)
class Body:
    """An encoded text: its fixed pieces, and between them the names of values that each reader has."""

    encoding: Literal["quoted-printable", "base64"]
    # Each as it follows upon 0, 1 or 2 octets that wait for company; quoted-printable needs only the first.
    pieces: tuple[tuple["Piece", ...], ...]
    marks: tuple[str, ...]

    def parts(self, values: Mapping[str, str]) -> list[bytes]:
        """Return the bytes for the reader whose `values` these are, to be joined."""
        if self.encoding == "base64":
            return self._in_base64(values)
        # A letter that is counted has one value some forty times.
        written = {mark: _value(values[mark]) for mark in self._distinct}
        parts = [self.pieces[0][0].lines]
        for mark, piece in zip(self.marks, self.pieces[1:], strict=True):
            parts += (written[mark], piece[0].lines)
        return parts

    @cached_property
    def _distinct(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.marks))

    def _in_base64(self, values: Mapping[str, str]) -> list[bytes]:
        """Encode what lies between the prepared lines: a piece's end, a value, the next's start."""
        octets = {mark: values[mark].encode("utf-8", "replace") for mark in self._distinct}
        first = self.pieces[0][0]
        parts, rest = [first.lines], first.rest
        for mark, piece in zip(self.marks, self.pieces[1:], strict=True):
            between = rest + octets[mark]
            following = piece[len(between) % 3]
            between += following.start
            # All of it, but for a piece so short that it does not fill the last three octets.
            whole = len(between) // 3 * 3
            parts += (base64_lines(between[:whole]), following.lines)
            rest = between[whole:] + following.rest
        parts.append(base64_lines(rest))
        return parts


@dataclass(frozen=True)
class Piece:
    """Fixed text: `lines` are ready; `start` and `rest` are the octets before and after them (base64)."""

    lines: bytes
    start: bytes = b""
    rest: bytes = b""


@lru_cache(maxsize=32)  # a variant goes to many batches in turn, and takes milliseconds to encode
def encoded(text: str, marks: tuple[str, ...]) -> Body:
    """Return `text` encoded in whichever way is shorter, open where `marks` stand."""
    pattern = re.compile(f"({'|'.join(map(re.escape, marks))})")
    found = pattern.split(_lines_of(text))
    # With one group, what matched stands at the odd places.
    fixed, between = [piece.encode("utf-8", "replace") for piece in found[::2]], tuple(found[1::2])
    quoted = [quoted_printable(octets, open_end=n < len(between)) for n, octets in enumerate(fixed)]
    if sum(map(len, quoted)) <= sum(map(len, fixed)) * 1.4:
        return Body("quoted-printable", tuple((Piece(lines),) for lines in quoted), between)
    return Body("base64", tuple(_aligned(octets) for octets in fixed), between)


def _lines_of(text: str) -> str:
    """End every line with CRLF, the last too (RFC 2046 §4.1.1)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.endswith("\n") else f"{text}\n").replace("\n", "\r\n")


def quoted_printable(octets: bytes, *, open_end: bool) -> bytes:
    """Encode a piece of text that begins on a line of its own.

    With `open_end`, what follows is a value on its own line: the piece ends with a soft line break, unless it
    ends with the text's own.
    """
    *lines, last = octets.split(b"\r\n")
    written = [f"{_soft(_closed(_escaped(line)), LONGEST_LINE)}\r\n" for line in lines]
    if last:
        text = _escaped(last)
        written.append(
            f"{_soft(text, LONGEST_LINE - 1)}=\r\n" if open_end else _soft(_closed(text), LONGEST_LINE)
        )
    return "".join(written).encode("ascii")


@lru_cache(maxsize=4)  # the same value stands in both parts, one after the other
def _value(value: str) -> bytes:
    """Encode a reader's value as a line of its own that does not end the text's line."""
    return f"{_soft(_escaped(value.encode('utf-8', 'replace')), LONGEST_LINE - 1)}=\r\n".encode("ascii")


def _escaped(octets: bytes) -> str:
    return octets.decode("latin-1").translate(_QUOTED)


def _closed(line: str) -> str:
    """Show white space at a line's end, which would get lost."""
    return f"{line[:-1]}={ord(line[-1]):02X}" if line.endswith((" ", "\t")) else line


def _soft(text: str, last: int) -> str:
    """Break an encoded line with soft breaks, never inside an =XX; its last has at most `last` characters."""
    lines = []
    text = _guarded(text)
    while len(text) > last:
        cut = LONGEST_LINE - 1
        while "=" in text[cut - 2 : cut]:
            cut -= 1
        lines.append(text[:cut] + "=\r\n")
        text = _guarded(text[cut:])
    lines.append(text)
    return "".join(lines)


def _guarded(line: str) -> str:
    """Keep a line from beginning as the end of a message (RFC 5321 §4.5.2) or of a mailbox's letter does."""
    if line.startswith("."):
        return f"=2E{line[1:]}"
    return f"=46{line[1:]}" if line.startswith("From ") else line


def _aligned(octets: bytes) -> tuple[Piece, ...]:
    """Prepare base64 for a piece that follows upon 0, 1 or 2 octets."""
    pieces = []
    for waiting in range(3):
        start = -waiting % 3
        end = start + (len(octets) - start) // 3 * 3 if len(octets) >= start else start
        pieces.append(Piece(base64_lines(octets[start:end]), octets[:start], octets[end:]))
    return tuple(pieces)


def base64_lines(octets: bytes) -> bytes:
    """Return base64 in lines that end with CRLF; nothing for nothing."""
    if len(octets) <= _OCTETS:  # as a reader's value is, of which a letter has many
        return binascii.b2a_base64(octets, newline=False) + b"\r\n" if octets else b""
    return b"".join(
        binascii.b2a_base64(octets[at : at + _OCTETS], newline=False) + b"\r\n"
        for at in range(0, len(octets), _OCTETS)
    )
