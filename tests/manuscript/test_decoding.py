"""Bytes are text in one of a few encodings, or a clear word says what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.decoding import MOST_BYTES, decode
from mailer.manuscript.faults import ManuscriptError, NotText


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        ("China’s 🔺".encode(), "China’s 🔺", ""),
        ("China’s".encode("utf-8-sig"), "China’s", ""),
        ("China’s".encode("utf-16"), "China’s", "the file is UTF-16"),
        (b"\xfe\xff" + "China’s".encode("utf-16-be"), "China’s", "the file is UTF-16"),
        ("China’s café".encode("cp1252"), "China’s café", "the file is windows-1252"),
    ],
)
def test_text_is_decoded_and_a_rare_encoding_is_named(data: bytes, text: str, note: str) -> None:
    decoded, told = decode(data)
    assert decoded == text
    assert told.startswith(note)
    assert bool(told) == bool(note)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (bytes(range(256)), "the file is data, not text"),
        (b"words \x1b[1m" * 20, "the file is data, not text"),
        ("China".encode("utf-16-le"), "the file is data, not text"),
        (b"\x89PNG\r\n\x1a\n", "the file is a PNG image"),
        (b"%PDF-1.7 words", "the file is a PDF file"),
        (b"PK\x03\x04words", "the file is a zip archive or an office document"),
        (b"{\\rtf1 words}", "the file is a rich text file"),
        (b"\n<!DOCTYPE html><p>words", "the file is a web page"),
        (b"\xff\xfea", "the file says it is UTF-16 but is broken"),
        (b"\xef\xbb\xbfab\xff", "the file says it is UTF-8 but is broken at byte 2"),
        (b"a" * (MOST_BYTES + 1), "the file has 2,000,001 bytes"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(data: bytes, reason: str) -> None:
    with pytest.raises(NotText) as caught:
        decode(data)
    assert caught.value.faults[0].message.startswith(reason)


@pytest.mark.parametrize("text", ["---\ntitle: a\x1bb\n---\n", "a\x07b", "of the size of a word\0"])
def test_a_slip_of_the_keyboard_makes_no_data_of_a_text(text: str) -> None:
    assert decode(text.encode()) == (text, "")


def test_not_being_text_is_an_error_like_the_others() -> None:
    assert issubclass(NotText, ManuscriptError)


@given(st.binary())
def test_any_bytes_are_text_or_not(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except NotText:
        return
    assert text.strip()
