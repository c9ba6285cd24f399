"""Bytes become text, or a clear word about what they are instead."""

import codecs

from mailer.manuscript.characters import BYTE_ORDER_MARK, printable
from mailer.manuscript.faults import NotText

# A hundred times the longest edition anyone has sent; beyond it, somebody picked the wrong file.
MOST_BYTES = 2_000_000

# How files begin that are no plain text, and what to call them.
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich text file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
)
_HTML = (b"<!doctype html", b"<html")
_WIDE = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Text has tabs and line ends, at times a form feed, and a slip of the keyboard; more of the other
# controls is data, and so is every fourth letter a zero, as in UTF-16 without its mark.
_SLIPS, _FEW_CONTROLS = 8, 0.01
_MANY_ZEROS = 0.25
_SPACES = frozenset("\t\n\v\f\r")
_FIRST_PRINTED, _DELETE, _LAST_CONTROL = 0x20, 0x7F, 0x9F


def decode(data: bytes) -> tuple[str, str]:
    """Return `data` as text without its byte-order mark, and a sentence about its encoding, '' for UTF-8.

    Accepts UTF-8, UTF-16 with a byte-order mark, and windows-1252 for what is neither.
    Raises NotText for nothing at all, for too much, and for what is no text.
    """
    if len(data) > MOST_BYTES:
        raise NotText(
            f"the file has {len(data):,} bytes, and an edition at most {MOST_BYTES:,}: is it the right one?"
        )
    text, note = _decoded(data)
    controls = sum(_is_control(character) for character in text)
    if text.count("\0") > len(text) * _MANY_ZEROS or controls > _SLIPS + len(text) * _FEW_CONTROLS:
        raise NotText("the file is data, not text: export the edition as plain text (UTF-8) and import that")
    if not printable(text).strip().strip(BYTE_ORDER_MARK):
        raise NotText("the file is empty: write or paste the edition first")
    return text, note


def _decoded(data: bytes) -> tuple[str, str]:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            raise NotText(f"the file is {name}: export the edition as plain text (UTF-8) and import that")
    if data.lstrip()[:20].lower().startswith(_HTML):
        raise NotText("the file is a web page: copy its text as one sees it, and import that")
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return _strictly(data.removeprefix(mark), encoding), "" if encoding == "utf-8" else _note(
                "UTF-16"
            )
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        # Holes become the controls that Latin-1 has there, and are judged as such.
        return "".join(map(_western, data)), _note("windows-1252")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding[:6].rstrip("-").upper()
        raise NotText(
            f"the file says it is {name} but is broken at byte {error.start:,}: save it again as UTF-8"
        ) from error


def _western(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _note(encoding: str) -> str:
    return f"the file is {encoding}, not UTF-8: look whether quotes and accents are right"


def _is_control(character: str) -> bool:
    code = ord(character)
    return (code < _FIRST_PRINTED and character not in _SPACES) or _DELETE <= code <= _LAST_CONTROL
