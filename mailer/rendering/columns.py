"""Set plain text in columns: wrapped, hung, and as wide as it looks, East Asian writing included."""

import re
import unicodedata
from functools import lru_cache

COLUMNS = 76

# What a line of plain text begins with: quotation marks, then perhaps an indent and a bullet or a number.
_OPENING = re.compile(r"(?P<quotes>(?:> )*)(?P<hung> *(?:- |\d{1,4}\. )?)")
_SPACES_OR_WORD = re.compile(r" +|[^ ]+")
# As much of a line of plain words as fits, or one word that does not; most lines of English are such.
_PLAIN_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*")
_FITS = re.compile(rf"[!-~](?:[ -~]{{0,{COLUMNS - 2}}}[!-~])?(?= |$)|[!-~]+")
# Chinese and Japanese have no spaces: a line may end after any character but before none of these.
_NEVER_FIRST = "、。，．：；？！）］｝」』】〕〉》”’…—·・ー々"
_ZERO_WIDTH_JOINER = "\u200d"
# Makes a narrow sign the emoji of the same meaning, which is wide.
_EMOJI_STYLE = "\ufe0f"
# What is joined to an emoji is drawn into it.
_JOINED = re.compile(f"{_ZERO_WIDTH_JOINER}.")


def width(text: str) -> int:
    """Return how many columns `text` takes (Unicode Standard Annex #11)."""
    return len(text) if text.isascii() else sum(map(_columns, _JOINED.sub("", text)))


def wrapped(text: str) -> str:
    """Return `text` with no line wider than 76 columns, but for words that are; none ends in a space."""
    return "\n".join(_wrapped_line(line.rstrip()) for line in text.split("\n"))


def underlined(title: str, sign: str) -> str:
    """Return a heading, wrapped, above a row of signs as long as its longest line."""
    lines = wrapped(title).split("\n")
    return "\n".join([*lines, sign * max(map(width, lines))])


@lru_cache(maxsize=4096)
def _wrapped_line(line: str) -> str:
    # No character takes more than two columns.
    if 2 * len(line) <= COLUMNS or width(line) <= COLUMNS:
        return line
    opening = _OPENING.match(line)
    if not (opening and opening[0]) and _PLAIN_WORDS.fullmatch(line):
        return "\n".join(_FITS.findall(line))
    quotes, hung = opening.group("quotes", "hung") if opening else ("", "")
    hanging = quotes + " " * len(hung)
    lines: list[str] = []
    current, used = quotes + hung, width(hanging)
    is_begun = False
    for piece in _pieces(line[len(hanging) :]):
        columns = width(piece)
        if is_begun and used + columns > COLUMNS:
            lines.append(current.rstrip())
            current, used, is_begun = hanging, width(hanging), False
        if is_begun or not piece.isspace():
            current, used, is_begun = current + piece, used + columns, True
    return "\n".join([*lines, current.rstrip()])


def _pieces(text: str) -> list[str]:
    """Split text into what a line end must not part: words, wide characters and runs of spaces."""
    pieces: list[str] = []
    for run in _SPACES_OR_WORD.findall(text):
        if run.isascii():
            pieces.append(run)
            continue
        before = ""
        for character in run:
            if before and _hold_together(before, character):
                pieces[-1] += character
            else:
                pieces.append(character)
            before = character
    return pieces


def _hold_together(before: str, after: str) -> bool:
    return (
        not (_is_wide(before) or _is_wide(after))
        or after in _NEVER_FIRST
        or _is_mark(after)
        or before == _ZERO_WIDTH_JOINER
    )


def _columns(character: str) -> int:
    if character == _EMOJI_STYLE:
        return 1
    if _is_mark(character):
        return 0
    return 2 if _is_wide(character) else 1


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}
