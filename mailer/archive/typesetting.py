"""Lines of words for a picture: in runs of one font and one direction, broken where a column ends.

Pillow sets what it is given with one font. A line of several scripts is cut into runs; those of words that
run the other way keep their order among themselves, as the Unicode Bidirectional Algorithm (UAX #9) has it,
but without its deeper levels, which titles do not have.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter

from PIL import ImageFont, features

from mailer.archive.passages import WITHOUT_SPACES

# Tried in this order; the last comes with Pillow and has the letters of English.
SERIFS = (
    *("Georgia Bold.ttf", "georgiab.ttf", "NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf"),
    *("LiberationSerif-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSerifDevanagari-Bold.ttf"),
    *("NotoSansDevanagari-Bold.ttf", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc"),
    *("NotoSansEthiopic-Bold.ttf", "NotoSerifEthiopic-Bold.ttf", "NotoNastaliqUrdu-Bold.ttf"),
)
_NO_CHARACTER = "\uffff"
# More than a picture has room for.
_LONGEST = 400
# Written otherwise where no font has them.
_PLAIN = dict(zip("‘’“”–—·…\u00a0", ("'", "'", '"', '"', "-", "-", "-", "...", " "), strict=True))
# Figures, and marks on a letter (UAX #9).
_WITH_BEFORE = {"EN", "AN", "NSM"}
# A word with the space after it; of a script without spaces a character, with the signs after it.
_PIECE = re.compile(rf"[{WITHOUT_SPACES}][^\w\s]*\s*|[^\s{WITHOUT_SPACES}]+\s*")

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Run:
    """Words that one font sets in one direction: ltr | rtl."""

    text: str
    font: Font
    way: str

    @property
    def direction(self) -> str | None:
        """Return the direction as Pillow is told it: nothing where a font is set without libraqm."""
        return self.way if self.font.layout_engine == ImageFont.Layout.RAQM else None

    @property
    def width(self) -> float:
        """Return how much of the line it takes, in pixels."""
        return self.font.getlength(self.text, direction=self.direction)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Return text on one line with what some font has: emoji and letters without one are left out."""
    return " ".join("".join(_written(character) for character in text[:_LONGEST]).split())


def width(text: str, size: int) -> float:
    """Return the length of a line in pixels."""
    return sum(run.width for run in runs(text, size))


def broken(text: str, size: int, column: int) -> list[str]:
    """Return text in lines that fit the column; a word that is longer than that is broken anywhere."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if width(lines[-1] + piece.rstrip(), size) <= column:
            lines[-1] += piece
            continue
        lines.append("")
        for part in [piece] if width(piece.rstrip(), size) <= column else piece:
            if width(lines[-1] + part.rstrip(), size) > column:
                lines.append("")
            lines[-1] += part
    return [line.strip() for line in lines if line.strip()]


def shortened(text: str, size: int, column: int) -> str:
    """Return text as far as it fits the column, and an ellipsis where it goes on."""
    more, cut = plain("…"), text
    while cut and width(cut if cut == text else f"{cut}{more}", size) > column:
        cut = cut[:-1].rstrip()
    return text if cut == text else f"{cut}{more}"


@lru_cache(maxsize=1024)
def runs(text: str, size: int) -> tuple[Run, ...]:
    """Return a line (of what `plain` left) as runs from left to right."""
    base = next(filter(None, map(_strong, text)), "ltr")
    parts: list[list[Run]] = []
    for way, pairs in groupby(zip(_ways(text, base), text, strict=True), key=itemgetter(0)):
        words = "".join(character for _, character in pairs)
        part = [Run(said, font, way) for place, said in _by_font(words) if (font := _font(place, size))]
        parts.append(part[::-1] if way == "rtl" else part)
    return tuple(run for part in (parts[::-1] if base == "rtl" else parts) for run in part)


def _written(character: str) -> str:
    """Return a character as it can be set, '' for not at all."""
    for each in (character, _PLAIN.get(character, "")):
        if each and all(part == " " or _font_of(part) is not None for part in each):
            return each
    return ""


def _strong(character: str) -> str:
    """Return which way a letter runs, '' for a sign or a figure."""
    kind = unicodedata.bidirectional(character)
    return "rtl" if kind in {"R", "AL"} else "ltr" if kind == "L" else ""


def _ways(text: str, base: str) -> list[str]:
    """Return which way each character runs: figures and marks as the letter before, signs as both sides."""
    before, ways = base, []
    for character in text:
        before = _strong(character) or before
        ways.append(
            before if _strong(character) or unicodedata.bidirectional(character) in _WITH_BEFORE else ""
        )
    after = base
    for place in range(len(text) - 1, -1, -1):
        if ways[place]:
            after = ways[place]
        else:
            earlier = next((way for way in reversed(ways[:place]) if way), base)
            ways[place] = after if after == earlier else base
    return ways


def _by_font(text: str) -> list[tuple[int, str]]:
    """Return text in parts, each with the place of a font that has it: the same as long as that goes."""
    parts: list[tuple[int, str]] = []
    for character in text:
        if parts and (character == " " or _has(parts[-1][0], character)):
            parts[-1] = (parts[-1][0], parts[-1][1] + character)
        else:
            parts.append((_font_of(character) or 0, character))
    return parts


@lru_cache(maxsize=8192)
def _font_of(character: str) -> int | None:
    """Return the place of the first font that has a character; None where none has, or it cannot be set."""
    if _strong(character) == "rtl" and not features.check("raqm"):
        return None
    return next((place for place in range(len(SERIFS) + 1) if _has(place, character)), None)


@lru_cache(maxsize=8192)
def _has(place: int, character: str) -> bool:
    font = _font(place, 24)
    return font is not None and bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@cache
def _font(place: int, size: int) -> Font | None:
    try:
        if place < len(SERIFS):
            return ImageFont.truetype(SERIFS[place], size)
        own = ImageFont.load_default(size)
    except OSError:
        return None
    return own if isinstance(own, Font) else None  # a Pillow without FreeType has no font of that size
