"""The picture of an edition for those who share its address: 1200 × 630, set like the head of a page.

Its words are set with the fonts of the machine; where none has a character it is left out, and where no words
are left the rules of a page stand alone: whoever shows the picture shows the title beside it.
"""

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from mailer.archive import typesetting
from mailer.rendering.palette import COLOURS, INTERESTS

WIDTH, HEIGHT = 1200, 630
_MARGIN, _SHEET = 96, 56
_COLUMN = WIDTH - 2 * _MARGIN
_MOST_LINES = 4
# Where the title ends at the latest; the date stands beneath.
_FOOT = 496
# Tried for a title, the largest that fits.
_SIZES = (76, 68, 60, 52, 46)


@dataclass(frozen=True)
class Card:
    """What the picture says: the list's name, the edition's title, its date as the list writes it.

    `right_to_left` is how the title runs.
    """

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
    writer = _Writer(pen, right_to_left=card.right_to_left)
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
    """Sets lines of text from the side where the title begins, each as its own letters run."""

    def __init__(self, pen: ImageDraw.ImageDraw, *, right_to_left: bool) -> None:
        self._pen = pen
        self._rtl = right_to_left

    def line(self, text: str, size: int, top: int, colour: str) -> bool:
        """Write one line, shortened to the column; return whether there was a font for it."""
        return self._write(typesetting.shortened(typesetting.plain(text), size, _COLUMN), size, top, colour)

    def block(self, text: str, top: int, colour: str) -> bool:
        """Write a title in up to four lines, as large as it fits; return whether there was a font for it."""
        text = typesetting.plain(text)
        for size in _SIZES:
            lines = typesetting.broken(text, size, _COLUMN)
            leading = int(size * (1.22 if text.isascii() else 1.5))
            most = min(_MOST_LINES, (_FOOT - top) // leading)
            if len(lines) <= most or size == _SIZES[-1]:
                break
        if len(lines) > most:
            rest = " ".join(lines[most - 1 :])
            lines = [*lines[: most - 1], typesetting.shortened(rest, size, _COLUMN)]
        for place, line in enumerate(lines):
            self._write(line, size, top + place * leading, colour)
        return bool(lines)

    def _write(self, text: str, size: int, top: int, colour: str) -> bool:
        """Write a line, each run with the first font that has it, on one baseline."""
        left = WIDTH - _MARGIN - typesetting.width(text, size) if self._rtl else _MARGIN
        runs = typesetting.runs(text, size)
        baseline = top + max((run.font.getmetrics()[0] for run in runs), default=0)
        for run in runs:
            self._pen.text(
                (left, baseline), run.text, font=run.font, fill=colour, direction=run.direction, anchor="ls"
            )
            left += run.width
        return bool(runs)
