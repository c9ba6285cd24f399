"""Take the pictures of a letter: phone and desktop, light and dark, and a small one of each scheme."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.matrix.browser import Browser

PHONE, DESKTOP = 375, 680  # CSS pixels; a letter is 600 wide, and has its ground on both sides
_TOP = 520  # CSS pixels of a letter that a small picture shows


@dataclass(frozen=True)
class Picture:
    """One view of a letter, and what its file's name ends with."""

    ending: str
    width: int
    scheme: str
    height: int | None = None
    scale: float = 1.0


PICTURES = (
    Picture("phone-light", PHONE, "light"),
    Picture("phone-dark", PHONE, "dark"),
    Picture("desktop-light", DESKTOP, "light"),
    Picture("desktop-dark", DESKTOP, "dark"),
    Picture("small-light", PHONE, "light", _TOP, 0.8),
    Picture("small-dark", PHONE, "dark", _TOP, 0.8),
)

# The small ones, by scheme.
SMALL = {"light": "small-light", "dark": "small-dark"}


def taken(browser: Browser, html: str) -> Iterator[tuple[Picture, bytes]]:
    """Yield each picture of a letter as PNG. Raises BrowserError."""
    browser.load(html)
    for picture in sorted(PICTURES, key=lambda each: (each.width, each.scheme)):
        browser.look(picture.width, picture.scheme)
        yield picture, browser.picture(picture.width, height=picture.height, scale=picture.scale)
