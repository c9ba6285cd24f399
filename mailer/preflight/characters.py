"""Rules of single characters: broken, disguised, invisible, or a space too many."""

import re
import unicodedata
from collections.abc import Iterator

from mailer.manuscript.faults import quoted
from mailer.manuscript.repair import repair, unmended
from mailer.preflight.misread import misread
from mailer.preflight.page import HEADINGS, PLAIN
from mailer.preflight.values import Found, Matter
from mailer.preflight.writing import is_disguised, script_of

_WORD = re.compile(r"[^\W\d_]{2,}")
# Spaces without width, a byte-order mark, a soft hyphen, and what turns the direction of text around.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e\u202a-\u202e\u2066-\u2069]")
# They join letters in Persian, Hindi and others, and the parts of an emoji.
_JOINER = re.compile("[\u200c\u200d]")
_SPACE_BEFORE = re.compile(r"(?<=\w) +(?=[,.](?:\s|$))")
_SPACES = re.compile(r"(?<=\S) {2,}(?=\S)")


def broken(matter: Matter) -> Iterator[Found]:
    """Find letters of a text that was read in the wrong encoding."""
    for line in matter.page.lines:
        if "\ufffd" in line.text or unmended(line.text):
            offset = next((place for place, letter in enumerate(line.text) if letter in "\ufffdðπâβ"), 0)
            said = "is what is left of broken letters: write them anew"
            yield Found(f"{quoted(line.text[offset:].strip(), 20)} {said}", line.place(offset))
            continue
        _, repairs = repair(line.text)
        for each in repairs:
            offset = max(line.text.find(each.was), 0)
            said = f"is “{each.now}” in a wrong encoding: write that"
            yield Found(f"{quoted(each.was)} {said}", line.place(offset))
        for other in misread(line.text) if not repairs else ():
            meant = f"is most likely {quoted(other.meant)}, read in a wrong encoding" if other.meant else ""
            said = meant or "is what is left of letters in a wrong encoding"
            yield Found(f"{quoted(other.was, 40)} {said}: write it anew", line.place(other.start))


def disguised(matter: Matter) -> Iterator[Found]:
    """Find words in which a letter of another script passes for one of their own."""
    for line in matter.page.lines:
        for word in _WORD.finditer(line.words):
            if is_disguised(word[0]):
                said = "mixes letters of two scripts that look alike, and no search finds it: type it anew"
                yield Found(f"{quoted(word[0])} {said}", line.place(word.start()))


def invisible(matter: Matter) -> Iterator[Found]:
    """Find characters that nobody sees."""
    for line in matter.page.lines:
        offsets = [found.start() for found in _INVISIBLE.finditer(line.text)]
        offsets += [
            found.start() for found in _JOINER.finditer(line.text) if _joins_nothing(line.text, found.start())
        ]
        for offset in sorted(offsets):
            name = unicodedata.name(line.text[offset], "").lower()
            code = f"U+{ord(line.text[offset]):04X}"
            yield Found(f"An invisible character ({code}, {name}) stands here: delete it", line.place(offset))


def _joins_nothing(text: str, offset: int) -> bool:
    """Return whether a joiner stands beside a letter that joins with nothing, or beside none."""
    beside = (text[offset - 1 : offset], text[offset + 1 : offset + 2])
    return any(
        not each or each.isspace() or script_of(each) in {"LATIN", "CYRILLIC", "GREEK"} for each in beside
    )


def spaces(matter: Matter) -> Iterator[Found]:
    """Find a space before a comma or full stop anywhere, and several in a row where plain text shows them."""
    for line in matter.page.lines:
        text = line.words.rstrip()
        if found := _SPACE_BEFORE.search(text):
            yield Found("A space stands before a comma or full stop: delete it", line.place(found.start()))
        if line.kind in PLAIN | HEADINGS and line.words == line.text and (found := _SPACES.search(text)):
            yield Found("Several spaces stand in a row: keep one", line.place(found.start()))
