"""Find what a file is encoded in, by strict decoding first and by how likely the words are after that.

UTF-8 that decodes is UTF-8, and a byte order mark is taken at its word. Among the encodings of one or two
octets a letter nothing is proof: several of them decode nearly any file. What is chosen then is certain only
if its words read as words and those of the others do not; otherwise a person has to say.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from subscribers.csvfiles import likelihood
from subscribers.csvfiles.errors import CsvError

_PIECE = 1 << 20  # octets
_LONGEST_LINE = 1 << 16  # octets of a line that are looked at
_SAMPLE = 1 << 16  # octets of lines outside ASCII that are looked at
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    # Before UTF-16: the mark of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# What can be told apart, by the names that --encoding takes.
_LEGACY = {"gb18030": "GB18030", "windows-1251": "windows-1251", "windows-1252": "windows-1252"}
# These are no encodings of a text file, or give what no database takes.
_NOT_OF_FILES = frozenset(
    ("utf-7", "idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem")
)


@dataclass(frozen=True)
class Encoding:
    """What a file is read with; where it is not `certain`, `others` may be meant, by their names."""

    codec: str
    shown: str
    certain: bool = True
    others: tuple[str, ...] = ()


def named(name: str) -> Encoding:
    """Return the encoding that a person named. Raises CsvError."""
    try:
        found = codecs.lookup(name.strip())
    except LookupError:
        found = None
    of_text = found and found._is_text_encoding  # noqa: SLF001 - there is no other way to ask
    if found is None or not of_text or found.name.replace("_", "-") in _NOT_OF_FILES:
        raise CsvError(
            f"There is no encoding {name!r}; there are utf-8, utf-16, windows-1251, windows-1252, gb18030 and"
            f" others"
        )
    # A mark is no part of the first header.
    return Encoding("utf-8-sig" if found.name == "utf-8" else found.name, found.name)


def find(file: Path) -> Encoding:
    """Return what `file` is encoded in. Raises CsvError where that is no text, or broken UTF-8."""
    with file.open("rb") as octets:
        head = octets.read(_SAMPLE)
    for mark, codec, shown in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, shown)
    if b"\0" in head:
        return _without_mark(file, head)
    if _decodes(file, "utf-8"):
        return Encoding("utf-8", "UTF-8")
    return _legacy(file)


def first_line_not(codec: str, file: Path) -> int:
    """Return the number of the first line not in `codec`; 1 where its line ends are not those of ASCII."""
    if "a\n".encode(codec).removeprefix(codecs.BOM_UTF8) != b"a\n":
        return 1
    with file.open("rb") as octets:
        for number, line in enumerate(octets, start=1):
            try:
                line.decode(codec)
            except UnicodeError:
                return number
    return 1


def _without_mark(file: Path, head: bytes) -> Encoding:
    """Return which UTF-16 it is: read in the wrong order, ASCII turns into letters of the east."""
    orders = {"utf-16-le": "UTF-16, little-endian", "utf-16-be": "UTF-16, big-endian"}
    fitting = [codec for codec in orders if likelihood.of_utf16(head, codec) and _decodes(file, codec)]
    if len(fitting) != 1:
        raise CsvError(
            f"{file} is no text: it holds octets of zero; save it as “CSV UTF-8”, or name its encoding with"
            f" --encoding"
        )
    return Encoding(fitting[0], orders[fitting[0]])


def _legacy(file: Path) -> Encoding:
    sample, sound, first_broken, broken = bytearray(), 0, 0, 0
    for number, line in enumerate(_lines(file), start=1):
        if line.isascii():
            continue
        try:
            line.decode()
            sound += 1
        except UnicodeDecodeError:
            broken += 1
            first_broken = first_broken or number
        if len(sample) < _SAMPLE:
            sample += line
    if sound >= broken:
        raise CsvError(
            f"{file}:{first_broken}: this line is not UTF-8, though others are; mend it, or name the file's"
            f" encoding with --encoding"
        )
    readings: dict[str, float] = {}
    texts: dict[str, str] = {}
    for codec in _LEGACY:
        if _decodes(file, codec):
            texts[codec] = bytes(sample).decode(codec, errors="replace")
            readings[codec] = likelihood.OF[codec](texts[codec])
    if not readings:
        raise CsvError(
            f"{file}:{first_broken}: this is not UTF-8, nor {', '.join(_LEGACY.values())}; save the file as"
            f" “CSV UTF-8”, or name its encoding with --encoding"
        )
    best = max(readings, key=lambda codec: readings[codec])
    # Two that read alike, as where nothing but quotation marks lies outside ASCII, are no doubt.
    rivals = [codec for codec in readings if readings[codec] > likelihood.NOT and texts[codec] != texts[best]]
    certain = readings[best] >= likelihood.SURE and not rivals
    others = () if certain else tuple(codec for codec in _LEGACY if codec != best)
    return Encoding(best, _LEGACY[best], certain=certain, others=others)


def _decodes(file: Path, codec: str) -> bool:
    """Return whether the whole file does, strictly."""
    decoder = codecs.getincrementaldecoder(codec)()
    with file.open("rb") as octets:
        try:
            for piece in iter(partial(octets.read, _PIECE), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as octets:
        yield from iter(partial(octets.readline, _LONGEST_LINE), b"")
