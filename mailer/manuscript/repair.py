"""Mend text whose UTF-8 was read as windows-1252 or windows-1253, and nothing else.

Each non-ASCII character of UTF-8 is two to four bytes; read in a one-byte encoding it becomes that many
characters, the first from one set (the leads), the others from another (the followers). Such a sequence
is mended where real text would hardly hold it: `é»` closes a quotation, `â€™` does nothing in any language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

# Followers that real text puts after a letter: closing quotes, dots, dashes, signs, spaces.
_NATURAL = frozenset("\u00a0\u00ad«»‘’“”‚„‹›…–—•·™®°ºª¹²³´")
_LEADS = re.compile("[\u00c2-\u00f4\u0386-\u03ce]")
_REMNANT = re.compile("[ðπ]Ÿ|[âβ]€|\ufffd")
_CONTINUATION = range(0x80, 0xC0)
_FIRST_PRINTED = 0xA0  # below, Latin-1 has controls
_FIRST_OF_TWO, _FIRST_OF_THREE, _FIRST_OF_FOUR, _BEYOND = 0xC2, 0xE0, 0xF0, 0xF5
_LONG = 3

_JOINER, _CLOSING_QUOTE, _EMOJI_STYLE = "\u200d", "”", "\ufe0f"


@dataclass(frozen=True)
class Repair:
    """What was mended on a line: `was` became `now`."""

    line: int
    was: str
    now: str


@dataclass(frozen=True)
class _Sequence:
    """Characters that together are the bytes of one character."""

    start: int
    end: int
    lead: str
    meant: str
    evident: bool  # real text would hardly hold it
    natural: bool  # every follower may stand after a letter
    in_a_row: bool = False  # it touches another sequence, as in a word without ASCII


@dataclass(frozen=True)
class _Misreading:
    """A one-byte encoding that UTF-8 was read in."""

    bytes_of: dict[str, int]
    usual_leads: str  # leads of the common letters with accents, which stand alone in a word
    lone_pairs: bool  # a pair is evident with a usual lead, or beside another


def _bytes_of(encoding: str) -> dict[str, int]:
    """Return the way back to bytes; programs fill an encoding's holes from windows-1252 or leave controls."""
    table: dict[str, int] = {}
    for byte in range(0x80, 0x100):
        for filled_from in (encoding, "cp1252", "latin-1"):
            try:
                table.setdefault(bytes([byte]).decode(filled_from), byte)
            except UnicodeDecodeError:
                continue
            break
        if byte < _FIRST_PRINTED:
            table.setdefault(chr(byte), byte)
    return table


# In Greek, capitals with signs after them are common enough that a pair alone proves nothing.
_MISREADINGS = (
    _Misreading(_bytes_of("cp1252"), "ÂÃ", lone_pairs=True),
    _Misreading(_bytes_of("cp1253"), "", lone_pairs=False),
)


def repair(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Return `text` mended, and what was mended, line by line.

    Repairing twice changes nothing more: text misread several times over is mended in one go.
    """
    mended = text
    while (better := _once(mended)) != mended:
        mended = better
    lines = zip(text.split("\n"), mended.split("\n"), strict=True)
    repairs = tuple(_difference(number, was, now) for number, (was, now) in enumerate(lines, 1) if was != now)
    return mended, repairs


def unmended(text: str) -> tuple[int, ...]:
    """Return the numbers of lines that still hold broken characters: bytes of theirs were lost."""
    return tuple(number for number, line in enumerate(text.split("\n"), 1) if _REMNANT.search(line))


def _once(text: str) -> str:
    for misreading in _MISREADINGS:
        sequences = list(_sequences(text, misreading))
        if not any(sequence.evident for sequence in sequences):
            continue
        proven = {sequence.lead for sequence in sequences if sequence.evident} | set(misreading.usual_leads)
        pieces, after = [], 0
        for sequence in sequences:
            if sequence.evident or sequence.lead in proven or not sequence.natural or sequence.in_a_row:
                pieces += [text[after : sequence.start], sequence.meant]
                after = sequence.end
        text = "".join(pieces) + text[after:]
    return text


def _sequences(text: str, misreading: _Misreading) -> Iterator[_Sequence]:
    found = list(_bare_sequences(text, misreading))
    touching = {later.start for earlier, later in pairwise(found) if earlier.end == later.start}
    touched = {earlier.end for earlier, later in pairwise(found) if earlier.end == later.start}
    for sequence in found:
        in_a_row = sequence.start in touching or sequence.end in touched
        evident = in_a_row and misreading.lone_pairs and not sequence.natural
        yield replace(sequence, evident=sequence.evident or evident, in_a_row=in_a_row)


def _bare_sequences(text: str, misreading: _Misreading) -> Iterator[_Sequence]:
    position = 0
    while match := _LEADS.search(text, position):
        sequence = _sequence_at(text, match.start(), misreading)
        if sequence:
            yield sequence
        position = sequence.end if sequence else match.end()


def _sequence_at(text: str, start: int, misreading: _Misreading) -> _Sequence | None:
    lead = misreading.bytes_of.get(text[start], 0)
    if not _FIRST_OF_TWO <= lead < _BEYOND:
        return None
    length = 2 + (lead >= _FIRST_OF_THREE) + (lead >= _FIRST_OF_FOUR)
    run = text[start : start + length]
    followers = [misreading.bytes_of.get(character, 0) for character in run[1:]]
    natural = all(character in _NATURAL or _may_follow(character) for character in run[1:])
    if len(run) == length and all(byte in _CONTINUATION for byte in followers):
        try:
            meant = bytes([lead, *followers]).decode()
        except UnicodeDecodeError:
            return None
        usual = misreading.lone_pairs and text[start] in misreading.usual_leads
        evident = not natural and (length >= _LONG or usual)
        return _Sequence(start, start + length, text[start], meant, evident, natural)
    return _lost_byte(text, start, bytes([lead, *followers]))


def _may_follow(letter: str) -> bool:
    """Return whether `letter` stands inside words; the one that emoji make, Ÿ, does not."""
    return letter.isalpha() and letter != "Ÿ"


def _lost_byte(text: str, start: int, read: bytes) -> _Sequence | None:
    """Recognise a sequence whose last byte was a hole in the encoding and was dropped.

    Of the characters that end in such a byte, text holds three: the joiner inside an emoji, the
    closing quote, and the sign that asks for an emoji's colours.
    """
    end = start + 2
    if read[:2] == b"\xe2\x80":
        meant = _JOINER if text[end : end + 1] in {"π", "ð", "β", "â"} else _CLOSING_QUOTE
    elif read[:2] == b"\xef\xb8":
        meant = _EMOJI_STYLE
    else:
        return None
    return _Sequence(start, end, text[start], meant, evident=False, natural=False)


def _difference(line: int, was: str, now: str) -> Repair:
    """Leave out what both begin and end with."""
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    return Repair(line, was[start : len(was) - end], now[start : len(now) - end])
