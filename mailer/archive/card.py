"""The picture of an edition for those who share its address: 1200 × 630, set like the head of a page.

Its words are set with the first font of the machine that has all their characters; where there is none they
are left out, and the rules of a page stand alone: whoever shows the picture shows the title beside it.
"""

import io
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont, features

from mailer.rendering.palette import COLOURS, INTERESTS

WIDTH, HEIGHT = 1200, 630
_MARGIN, _SHEET = 96, 56
_COLUMN = WIDTH - 2 * _MARGIN
_MOST_LINES = 4
# Where the title ends at the latest; the date stands beneath.
_FOOT = 496
# Tried in this order; the last comes with Pillow and has the letters of English.
_SERIFS = (
    *("Georgia Bold.ttf", "georgiab.ttf", "NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf"),
    *("LiberationSerif-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSerifDevanagari-Bold.ttf"),
    *("NotoSansDevanagari-Bold.ttf", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc"),
    *("NotoSansEthiopic-Bold.ttf", "NotoSerifEthiopic-Bold.ttf", "NotoNastaliqUrdu-Bold.ttf"),
)
_NO_CHARACTER = "\uffff"
_SIZES = (76, 68, 60, 52, 46)
_PLAIN = str.maketrans("‘’“”–—·\u00a0", "''\"\"--- ")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Card:
    """What the picture says: the list's name, the edition's title, its date as the list writes it."""

    name: str
    title: str
    date: str = ""
    right_to_left: bool = False
    # Places in the list of the interests that the edition carries: a rule in each one's colour.
    interests: tuple[int, ...] = ()


@lru_cache(maxsize=64)
def draw(card: Card) -> bytes:
    """Return the picture as PNG; the same card gives the same bytes on the same machine."""
    image = Image.new("RGB", (WIDTH, HEIGHT), COLOURS["ground"].light)
    pen = ImageDraw.Draw(image)
    pen.rectangle((_SHEET, _SHEET, WIDTH - _SHEET, HEIGHT), fill=COLOURS["paper"].light)
    pen.rectangle((_SHEET, _SHEET, WIDTH - _SHEET, _SHEET + 7), fill=COLOURS["masthead"].light)
    writer = _Writer(pen, right_to_left=card.right_to_left and bool(features.check("raqm")))
    writer.line(card.name, 34, 96, COLOURS["ink"].light)
    pen.rectangle((_MARGIN, 164, WIDTH - _MARGIN, 165), fill=COLOURS["hairline"].light)
    if not writer.block(card.title, 208, COLOURS["ink"].light):
        for top, width in ((232, 1.0), (304, 0.86), (376, 0.48)):
            pen.rectangle(_from_start(width, top, 26, card), fill=COLOURS["hairline"].light)
    writer.line(card.date, 28, 520, COLOURS["muted"].light)
    colours = card.interests[: len(INTERESTS)]
    left = _MARGIN if card.right_to_left else WIDTH - _MARGIN + 16 - 56 * len(colours)
    for place, colour in enumerate(reversed(colours) if card.right_to_left else colours):
        start = left + 56 * place
        pen.rectangle((start, 536, start + 39, 541), fill=INTERESTS[colour % len(INTERESTS)].light)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _from_start(share: float, top: int, height: int, card: Card) -> tuple[int, int, int, int]:
    width = int(_COLUMN * share)
    left = WIDTH - _MARGIN - width if card.right_to_left else _MARGIN
    return (left, top, left + width, top + height)


class _Writer:
    """Sets lines of text from the side where they begin."""

    def __init__(self, pen: ImageDraw.ImageDraw, *, right_to_left: bool) -> None:
        self._pen = pen
        self._rtl = right_to_left

    def line(self, text: str, size: int, top: int, colour: str) -> bool:
        """Write one line, shortened to the column; return whether there was a font for it."""
        font, text = _font_for(text, size)
        if font is None or not text:
            return False
        while text and font.getlength(text) > _COLUMN:
            text = f"{text[:-2].rstrip()}…" if not text.isascii() else f"{text[:-4].rstrip()}..."
        self._write(text, font, top, colour)
        return True

    def block(self, text: str, top: int, colour: str) -> bool:
        """Write a title in up to four lines, as large as it fits; return whether there was a font for it."""
        lines: list[str] = []
        for size in _SIZES:
            font, said = _font_for(text, size)
            if font is None or not said:
                return False
            lines = _broken(said, font)
            leading = int(size * (1.22 if said.isascii() else 1.5))
            most = min(_MOST_LINES, (_FOOT - top) // leading)
            if len(lines) <= most or size == _SIZES[-1]:
                if len(lines) > most:
                    lines = [*lines[: most - 1], f"{lines[most - 1][:-3].rstrip()} ..."]
                for number, line in enumerate(lines):
                    self._write(line, font, top + number * leading, colour)
                break
        return bool(lines)

    def _write(self, text: str, font: Font, top: int, colour: str) -> None:
        if self._rtl:
            left = WIDTH - _MARGIN - font.getlength(text)
            self._pen.text((left, top), text, font=font, fill=colour, direction="rtl")
        else:
            self._pen.text((_MARGIN, top), text, font=font, fill=colour)


def _broken(text: str, font: Font) -> list[str]:
    """Return text in lines that fit the column; scripts without spaces are broken anywhere."""
    lines = [""]
    pieces = [f" {word}" for word in text.split()] if " " in text else list(text)
    for piece in pieces:
        longer = lines[-1] + piece if lines[-1] else piece.strip()
        if not lines[-1] or font.getlength(longer) <= _COLUMN:
            lines[-1] = longer
        else:
            lines.append(piece.strip())
    return lines


def _font_for(text: str, size: int) -> tuple[Font | None, str]:
    """Return the first font that has every character of a text, and the text as it is set with it."""
    for name in _SERIFS:
        font = _font(name, size)
        if font is not None and all(_has(font, each) for each in set(text) - {" "}):
            return font, text
    simple = text.translate(_PLAIN)
    return (ImageFont.load_default(size), simple) if simple.isascii() else (None, "")


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@lru_cache(maxsize=8192)
def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    return bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))
