"""Text that was read in the wrong encoding, beyond what import mends: any script, in any list.

Two kinds. UTF-8 read in an encoding of one byte a letter: `РљРёС‚Р°Р№` is `Китай`. And an encoding of one
byte a letter read in the Latin one: `Êîñìîñ` is `Космос`. Leads and followers (Unicode §3.9, table 3-7) take
turns in no language, so that real text is left alone: `tests/preflight/test_misread.py` measures it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mailer.preflight.writing import COMMON, script_of, scripts

# What UTF-8 was read in. Windows for Cyrillic and Arabic, DOS, Unix, a Mac; Latin and Greek are import's.
_PAGES = ("cp1251", "cp1256", "cp866", "koi8-r", "mac_roman", "cp437", "cp1253")
# What was read in windows-1252, and the script that it is in.
_READ_AS_LATIN = {"cp1251": "CYRILLIC", "cp1256": "ARABIC", "cp1253": "GREEK", "cp1255": "HEBREW"}
_FEW, _SEVERAL, _MANY = 2, 3, 4
# Of what was read as Latin: so many letters in all, or in one word.
_LETTERS, _LONG_WORD = 8, 5
_FIRST_EMOJI, _LAST_EMOJI = "\U0001f000", "\U0001faff"
# What was lost for good: GBK read as UTF-8 and back, memory that Chinese debuggers fill, a row of `?` for
# each word.
_LOST = re.compile(
    "锟斤拷|烫{4,}|屯{3,}"
    r"|(?<![^\s\[(«“\"'])\?{3,}(?: \?{2,})+(?!\?)"
    r"|(?:(?<![^\[(«“])|(?<=[.!…:;] )|(?<=^# )|(?<=^## ))\?{5,}(?=\]|\s*[^\W\d_])"
)
# Chinese of which import could mend a part alone: the lead and one or two followers of what lost a byte.
_HALF_MENDED = re.compile(
    "(?<![^\\s\u3000-\u9fff\uff00-\uffef])[äåæçèé][\u0080-\u00bf‘-‟†-›€™œŸŽž]{1,2}(?=[\u4e00-\u9fff])"
)
_LATIN_RUN = re.compile("[À-ÿŠšŽžŒœŸƒˆ‹›€„…†‡‰‘’“”•–—˜™]{3,}")
_CYRILLIC_VOWELS = frozenset("аеёиоуыэюяіїє")
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ue000-\uf8ff€⺁-⿕]{3,}")


@dataclass(frozen=True)
class Misread:
    """What stands in a line from `start` on, and what it most likely was; '' where that is lost."""

    start: int
    was: str
    meant: str = ""


def misread(text: str) -> Iterator[Misread]:
    """Yield what was misread in one line, once for each encoding."""
    if lost := _LOST.search(text):
        yield Misread(lost.start(), lost[0])
    if text.isascii():
        return
    if half := _HALF_MENDED.search(text):
        yield Misread(half.start(), half[0])
    for page in _PAGES:
        if found := _in_turns(text, page):
            yield found
            return
    if found := _as_latin(text) or _as_chinese(text):
        yield found


@cache
def _bytes_of(page: str) -> dict[str, int]:
    """Return the way back to bytes; programs fill a page's holes from Latin ones, or leave controls."""
    table: dict[str, int] = {}
    for byte in range(0x80, 0x100):
        for filled_from in (page, "cp1252", "latin-1"):
            try:
                table.setdefault(bytes([byte]).decode(filled_from), byte)
            except UnicodeDecodeError:
                continue
            break
    return table


@cache
def _turns(page: str) -> re.Pattern[str]:
    """Return what UTF-8 looks like in a page: leads and followers, taking turns."""
    table = _bytes_of(page)

    def letters(first: int, last: int) -> str:
        return "[" + "".join(re.escape(each) for each, byte in table.items() if first <= byte <= last) + "]"

    follower = letters(0x80, 0xBF)
    forms = ((0xC2, 0xDF, 1), (0xE0, 0xEF, 2), (0xF0, 0xF4, 3))
    units = "|".join(f"{letters(first, last)}{follower}{{{more}}}" for first, last, more in forms)
    return re.compile(f"(?:{units})+")


def _in_turns(text: str, page: str) -> Misread | None:
    """Return UTF-8 that was read in `page`: from the first passage that is nothing else to the last."""
    table = _bytes_of(page)
    found = [
        (run.start(), run.end(), meant, _is_evident(run[0], meant))
        for run in _turns(page).finditer(text)
        if (meant := _decoded(bytes(table[each] for each in run[0])))
    ]
    sure = [(start, end) for start, end, _, evident in found if evident]
    if not sure:
        return None
    first, last = sure[0][0], sure[-1][1]
    pieces, after = [], first
    for start, end, meant, _ in found:
        if first <= start and end <= last:
            pieces += [text[after:start], meant]
            after = end
    return Misread(first, text[first:last], "".join(pieces))


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


def _is_evident(was: str, meant: str) -> bool:
    """Return whether a passage is nothing but UTF-8 misread: three letters of one script, or two long ones.

    Where all that was read is letters it may be a word by chance, so that short ones prove nothing.
    """
    if _FIRST_EMOJI <= max(meant) <= _LAST_EMOJI:
        return True
    letters = [each for each in meant if unicodedata.category(each)[0] in "LM"]
    known = scripts(meant)
    stray = any(script_of(each) == COMMON and each.isalpha() for each in letters)
    if len(known) != 1 or known["LATIN"] or stray:
        return False
    if known["CYRILLIC"] and not all(_is_plain_cyrillic(each) for each in letters):
        return False
    is_long = len(was) >= 3 * len(meant)
    if was.isalpha():
        return not is_long and len(letters) >= _MANY
    return len(letters) >= (_FEW if is_long else _SEVERAL)


def _is_plain_cyrillic(letter: str) -> bool:
    return "а" <= letter.lower() <= "џ"


def _as_latin(text: str) -> Misread | None:
    """Return text of another script that was read as Latin: words that are nothing but letters with signs."""
    runs = [run for run in _LATIN_RUN.finditer(text) if _is_alone(text, run)]
    if not runs:
        return None
    best, most = None, 0
    for page, script in _READ_AS_LATIN.items():
        read = [(run, _read(run[0], page)) for run in runs]
        sure = [(run, meant) for run, meant in read if _is_word(meant, script)]
        letters = sum(len(meant) for _, meant in sure)
        longest = max((len(meant) for _, meant in sure), default=0)
        # One word without small and capital letters may be an alphabet: åäö ÅÄÖ.
        is_word = script != "ARABIC" and longest >= _LONG_WORD
        if letters > most and ((letters >= _LETTERS and len(sure) > 1 and longest > _SEVERAL) or is_word):
            first, last = sure[0][0].start(), sure[-1][0].end()
            best = Misread(first, text[first:last], _read(text[first:last], page))
            most = letters
    return best


def _is_alone(text: str, run: re.Match[str]) -> bool:
    """Return whether no other letter touches a run."""
    beside = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
    return not any(each.isalnum() for each in beside)


def _read(text: str, page: str) -> str:
    """Return windows-1252's letters as those of `page`, '' where one of them is none there."""
    latin = _bytes_of("cp1252")
    try:
        return bytes(ord(each) if each < "\x80" else latin[each] for each in text).decode(page)
    except (KeyError, UnicodeDecodeError):
        return ""


def _is_word(meant: str, script: str) -> bool:
    """Return whether this is a word as its script is written."""
    word = "".join(each for each in meant if each.isalpha())
    if len(word) < _SEVERAL or any(script_of(each) != script for each in word):
        return False
    if word not in {word.lower(), word.upper(), word[:1].upper() + word[1:].lower()}:
        return False
    return script != "CYRILLIC" or not _CYRILLIC_VOWELS.isdisjoint(word.lower())


def _as_chinese(text: str) -> Misread | None:
    """Return UTF-8 that was read as GBK: rare signs, whose bytes are common words."""
    for run in _HAN.finditer(text):
        try:
            meant = run[0].encode("gb18030").decode(errors="replace")
        except UnicodeEncodeError:
            continue
        signs = meant.count("\ufffd")
        if scripts(meant)["CJK"] >= _FEW and scripts(meant)["CJK"] + 2 >= len(meant) and signs <= 2:  # noqa: PLR2004 - its ends
            return Misread(run.start(), run[0], meant.strip("\ufffd"))
    return None
