"""`python -m tests.strict_mjml`: our MJML in npm's mjml, strictly, and what both make of it side by side.

Outside the tests, since it wants Node (`npx`, which fetches the package once) and a Chromium. Ends with
status 1 if npm's mjml has anything to say, or the two letters do not look the same.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mjml import mjml2html
from PIL import Image, ImageChops

from mailer.manuscript.document import Document
from mailer.matrix.browser import Browser, find
from mailer.rendering import theme_reading
from mailer.rendering.assemble import assemble
from mailer.rendering.letter import mjml_of
from mailer.rendering.values import House, Look, Reading
from tests.rendering.conftest import the_edition, the_look

PACKAGE = "mjml@4.18.0"
WIDTHS, SCHEMES = (600, 375), ("light", "dark")
# Of a hundred pixels so many may differ: both round half a pixel their own way.
SAME = 0.5
_PICTURE = f"picture:{'ab' * 16}-1072x603.jpg"
_THEME = {
    "logo": {"light": _PICTURE, "dark": _PICTURE, "alt": "Orbit Weekly"},
    "type": {"headings": "sans", "text": "serif"},
    "footer": "Made by [friends](https://friends.example).",
}


def main() -> None:
    """Compile, look, and say what differs."""
    browser, npx = find(os.environ), shutil.which("npx")
    if browser is None or npx is None:
        raise SystemExit("This wants npx, which comes with Node, and a Chromium: install them and try again")
    good = True
    with tempfile.TemporaryDirectory() as folder, Browser(browser) as shown:
        for name, mjml in letters():
            theirs, said = _compiled(npx, mjml, Path(folder))
            ours = mjml2html(mjml, fonts={}, disable_comments=True)
            apart = {
                f"{width} {scheme}": _apart(shown, ours, theirs, width, scheme)
                for width in WIDTHS
                for scheme in SCHEMES
            }
            good = good and not said and max(apart.values()) <= SAME
            differing = ", ".join(f"{look} {share:.2f} %" for look, share in apart.items())
            said = said or "nothing found, strictly"
            sys.stdout.write(f"{name}: {said}; pixels that differ: {differing}\n")
    sys.exit(not good)


def letters() -> Iterator[tuple[str, str]]:
    """Yield the letters that are looked at, as MJML: plain, by interest, and with all that a theme brings."""
    edition, look = the_edition(), the_look()
    house = House("https://news.example")
    themed = replace(look, theme=theme_reading.read(_THEME)[0], house=house)
    yield "everything", _mjml(edition, look, Reading())
    yield "africa", _mjml(edition, look, Reading(frozenset({"africa"})))
    yield "right to left", _mjml(edition, replace(look, language="ar"), Reading())
    yield "theme and picture", _mjml(_pictured(edition), themed, Reading())


def _mjml(edition: Document, look: Look, reading: Reading) -> str:
    return mjml_of(assemble(edition, look, reading), look)


def _pictured(edition: Document) -> Document:
    *others, last = edition.sections
    first, *rest = last.stories
    shown = replace(first, summary=f"![A dish]({_PICTURE})\n\n{first.summary}")
    return replace(edition, sections=(*others, replace(last, stories=(shown, *rest))))


def _compiled(npx: str, mjml: str, folder: Path) -> tuple[str, str]:
    """Return what npm's mjml makes of it, and what it says about it."""
    source, made = folder / "letter.mjml", folder / "letter.html"
    source.write_text(mjml, encoding="utf-8")
    command = [npx, "--yes", PACKAGE, "--config.validationLevel=strict", str(source), "-o", str(made)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or not made.exists():
        return "", done.stderr.strip() or f"status {done.returncode}"
    return made.read_text(encoding="utf-8"), done.stderr.strip()


def _apart(browser: Browser, ours: str, theirs: str, width: int, scheme: str) -> float:
    """Return how many pixels of a hundred differ between the two as they are seen."""
    pictures = []
    for html in (ours, theirs):
        browser.look(width, scheme)
        browser.load(html)
        pictures.append(Image.open(io.BytesIO(browser.picture(width))).convert("L"))
    one, other = pictures
    size = (width, max(one.height, other.height))
    seen = [Image.new("L", size, 127) for _ in pictures]
    for sheet, picture in zip(seen, pictures, strict=True):
        sheet.paste(picture)
    # A shade that nobody tells apart is no difference.
    differing = ImageChops.difference(*seen).point(lambda shade: 255 if shade > 24 else 0)
    return 100 * sum(differing.histogram()[255:]) / (size[0] * size[1])


if __name__ == "__main__":
    main()
